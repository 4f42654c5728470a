# SPDX-License-Identifier: BSD-2-Clause
# /dev/net/tun in the rump kernel, and interfaces that are a tap or a switch of the host.

load ../lib/helpers
load ../lib/net_same

need_tun() {
	need_namespaces
	isolated sh -c ': <>/dev/net/tun' 2>/dev/null || skip 'no /dev/net/tun here'
}

setup() {
	need ip python3
	export RUMP_SERVER=unix://$RUMP_SCRATCH/isolated
}

# Who is the other end of a tun: answers pings for everybody, while the command in its arguments runs.
setup_file() {
	cat >"$BATS_FILE_TMPDIR/answer.py" <<-'END'
		import fcntl, ipaddress, os, struct, subprocess, sys, threading

		TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000

		def checksum(data):
		    data += b'\0' * (len(data) & 1)
		    n = sum(struct.unpack('!%dH' % (len(data) // 2), data))
		    while n >> 16:
		        n = (n & 0xffff) + (n >> 16)
		    return struct.pack('!H', ~n & 0xffff)

		def answer(p):
		    if p[0] >> 4 == 4 and p[9] == 1 and p[20] == 8:
		        icmp = b'\0' + p[21:22] + b'\0\0' + p[24:]
		        return p[:12] + p[16:20] + p[12:16] + icmp[:2] + checksum(icmp) + icmp[4:]
		    if p[0] >> 4 == 6 and p[6] == 58 and p[40] == 128:
		        icmp = b'\x81' + p[41:42] + b'\0\0' + p[44:]
		        pseudo = p[24:40] + p[8:24] + struct.pack('!II', len(icmp), 58)
		        return p[:8] + p[24:40] + p[8:24] + icmp[:2] + checksum(pseudo + icmp) + icmp[4:]

		tun = os.open('/dev/net/tun', os.O_RDWR)
		got = fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', b'tun%d', IFF_TUN | IFF_NO_PI))
		name = got[:16].rstrip(b'\0').decode()
		for command in (['addr', 'add', '10.9.0.1/24'], ['addr', 'add', 'fd00:9::1/64']):
		    subprocess.check_call(['ip', *command, 'dev', name])
		subprocess.check_call(['ip', 'link', 'set', name, 'up'])

		def serve():
		    while True:
		        reply = answer(os.read(tun, 2000))
		        if reply:
		            os.write(tun, reply)

		threading.Thread(target=serve, daemon=True).start()
		sys.exit(subprocess.call(sys.argv[1:]))
	END
}

@test "ip tuntap, and what ip and /sys show of tun and tap" {
	need_tun
	# A rump kernel has no queueing disciplines.
	net_same 'ip() { command ip "$@" | sed "s/pfifo_fast/noqueue/"; }
		ip tuntap add dev t0 mode tun user 1000; ip tuntap add dev t1 mode tap group 5 one_queue
		ip -d link show t0; ip -d link show t1; ip tuntap add dev t0 mode tun
		ip link set t0 up; ip addr add 10.9.0.1 peer 10.9.0.2 dev t0; ip -4 addr show t0; ip route
		ip link set t0 mtu 1400; ip link show t0 | head -n 1
		ip tuntap del dev t1 mode tun; ip tuntap del dev t1 mode tap; ip link show t1
		ip tuntap add dev t1 mode tap; ip link add name x type tun; ip link del t0; ip link show t1'
}

@test "ifconfig, route and the groups of a tun" {
	need_tun
	need ifconfig
	net_same 'ip() { command ip "$@" | sed "s/pfifo_fast/noqueue/"; }
		ip tuntap add dev t0 mode tun; ifconfig t0 10.0.0.1 pointopoint 10.0.0.2 up; ip -4 addr show t0; route -n
		ifconfig t0 10.0.3.1; ip -4 addr show t0; ifconfig t0 netmask 255.255.255.0; ip route
		ifconfig t0 add fd00::1/64; ip -6 addr show t0; ip -6 route; ip addr add 10.0.9.1/24 brd + dev t0
		ip -4 addr show t0; ip route show table local dev t0; cat /proc/net/dev_mcast; ip maddr show dev t0
		ip link set t0 multicast off; ip link set t0 promisc on; ip link show t0; ip link set t0 name tt
		ip link set tt mtu 67; ip link set tt address 02:00:00:00:00:01; ip -4 route get 10.0.9.2
		ip link add br0 type bridge; ip link set tt master br0; ip tuntap del dev tt mode tun; ip link show tt'
}

@test "the files of /sys/class/net that only tun and tap have" {
	server_start
	run_rump sh -c 'ip tuntap add dev t0 mode tun user 1000; cd /sys/class/net/t0
		cat type addr_len tun_flags owner group; ls ../lo/owner'
	assert_output --partial $'65534\n0\n0x1801\n1000\n-1\n'
	assert_output --partial "cannot access '../lo/owner'"
	run_rump ip tuntap
	assert_output 't0: tun persist user 1000'
}

@test "a program answers pings for a network" {
	server_start
	cp "$(command -v ping)" "$RUMP_SCRATCH/ping"
	run_rump python3 "$BATS_FILE_TMPDIR/answer.py" "$RUMP_SCRATCH/ping" -n -c 3 -i 0.1 10.9.0.77
	assert_output --partial '3 received'
	run_rump python3 "$BATS_FILE_TMPDIR/answer.py" "$RUMP_SCRATCH/ping" -n -c 3 -i 0.1 fd00:9::77
	assert_output --partial '3 received'
	run_rump ip link show tun0
	assert_output 'Device "tun0" does not exist.'
}

@test "tcpdump and rump.capture on tun show packets without a link's header" {
	need tcpdump
	server_start
	cd "$RUMP_SCRATCH" || return
	cp "$(command -v ping)" ping
	hijack_bg answers python3 "$BATS_FILE_TMPDIR/answer.py" tail -f /dev/null
	wait_for 10 hijack ip link show tun0 up
	wait_for 10 hijack ip addr show tun0 up to 10.9.0.1
	rump.capture tun0 >capture 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
	hijack_bg dump tcpdump -l -n -i tun0 -c 2 icmp
	wait_for 10 grep -q 'listening on tun0, link-type RAW' dump
	run_rump ./ping -n -c 1 10.9.0.5
	assert_success
	wait_for 10 grep -q '2 packets captured' dump
	grep -q 'IP 10.9.0.1 > 10.9.0.5: ICMP echo request' dump
	grep -q 'IP 10.9.0.5 > 10.9.0.1: ICMP echo reply' dump
	wait_for 10 captured_both
}

captured_both() {
	[ "$(tcpdump -n -r capture icmp 2>/dev/null | wc -l)" -eq 2 ]
}

# shellcheck disable=SC2154
# openvpn with a key that both have: its tunnel is a network of two.
@test "openvpn makes a tunnel between two kernels on a bus" {
	need openvpn
	local address

	load ../lib/net_bus
	two_kernels v4
	cp "$(command -v ping)" ping
	openvpn --genkey secret key
	for address in 1 2; do
		RUMP_SERVER=$([ $address = 1 ] && echo "$one" || echo "$two") hijack_bg vpn$address \
			openvpn --dev tun --proto udp --remote 10.0.0.$((3 - address)) --cipher AES-256-CBC \
			--ifconfig 10.8.0.$address 10.8.0.$((3 - address)) --secret key --ping 1
	done
	wait_for 20 grep -q 'Initialization Sequence Completed' vpn1
	wait_for 20 grep -q 'Initialization Sequence Completed' vpn2
	run on "$one" ./ping -n -c 3 -i 0.1 -s 1400 10.8.0.2
	assert_output --partial '3 received'
	run on "$two" ip -d addr show tun0
	assert_output --partial 'inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0'
	assert_output --partial 'tun type tun pi off'
	echo 'by the tunnel' >file
	RUMP_SERVER=$two hijack_bg server nc -l 10.8.0.2 7000
	wait_for 10 reached
	[ "$(cat server)" = 'by the tunnel' ]
}

reached() {
	on "$one" nc -N -w 5 10.8.0.2 7000 <file
}

@test "--net tap joins an interface of the host" {
	need_tun
	cd "$RUMP_SCRATCH" || return
	cp "$(command -v ping)" p
	# shellcheck disable=SC2016
	run isolated sh -c 'rump_server --net tap=t0,addr=10.7.0.2/24,addr=fd00:7::2/64 "$RUMP_SERVER" || exit
		trap rump.halt EXIT
		ip link set t0 up; ip addr add 10.7.0.1/24 dev t0; ip addr add fd00:7::1/64 dev t0 nodad
		./p -n -c 2 -i 0.1 10.7.0.2; ./p -n -c 2 -i 0.1 fd00:7::2
		LD_PRELOAD=$RUMPHIJACK_LIB ./p -n -c 2 -i 0.1 10.7.0.1
		rump_server --net tap=t0 "$RUMP_SERVER-2"
		rump_server --net tap=lo "$RUMP_SERVER-2"
		ip link del t0
		LD_PRELOAD=$RUMPHIJACK_LIB ip link show eth0' </dev/null 3>&-
	[ "$(grep -c '2 received' <<<"$output")" -eq 3 ]
	assert_line 'rump_server: --net tap=t0: tap=t0: Device or resource busy'
	assert_line 'rump_server: --net tap=lo: tap=lo: Invalid argument'
	assert_output --partial 'eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP>'
}

@test "--net tap without the right to it says so in a line" {
	need_tun
	[ "$(id -u)" -eq 0 ] || skip 'for root, who can become somebody else'
	run isolated setpriv --reuid 4711 --regid 4711 --clear-groups --inh-caps=-all \
		rump_server --net tap=t0 "unix:///tmp/rump-$$-nobody"
	assert_failure
	assert_output --regexp '^rump_server: --net tap=t0: tap=t0: (may not open|needs CAP_NET_ADMIN).*$'
	[ "${#lines[@]}" -eq 1 ]
}

@test "--net vde: two kernels on a switch of the host" {
	need vde_switch
	cd "$RUMP_SCRATCH" || return
	cp "$(command -v ping)" ping
	mkfifo commands # without an end, which would be the switch's
	vde_switch -s "$RUMP_SCRATCH/switch" <>commands >/dev/null 2>&1 3>&- &
	switch=$!
	echo $switch >>"$RUMP_SCRATCH/background"
	wait_for 10 test -e switch/ctl
	server_start one --net "vde=$RUMP_SCRATCH/switch,addr=10.7.0.1/24,addr=fd00:7::1/64"
	one=$RUMP_SERVER
	server_start two --net "vde=vde://$RUMP_SCRATCH/switch,addr=10.7.0.2/24,addr=fd00:7::2/64"
	run_rump ./ping -n -c 3 -i 0.1 10.7.0.1
	assert_output --partial '3 received'
	run_rump ./ping -n -c 3 -i 0.1 fd00:7::1
	assert_output --partial '3 received'
	kill $switch
	wait_for 10 without_carrier
}

without_carrier() {
	hijack ip link show eth0 | grep -q NO-CARRIER
}

@test "--net: where an interface leads is said once, and wrong words are told" {
	local words

	for words in bus=a,slirp mtu=1400 tap=,addr=10.0.0.1 vde=/nowhere/at/all tap=0123456789abcdef; do
		run rump_server --net "$words" "$RUMP_SERVER-3"
		assert_failure
		assert_output --partial "rump_server: --net $words: "
	done
}

@test "packets that are nearly right harm nobody" {
	server_start
	hijack sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	run_rump python3 "$RUMP_TOP/tests/lib/garbage.py" 1 1000
	assert_output "done"
	run_rump ip -br link
	assert_output --regexp '^lo +UNKNOWN[^'$'\n'']*$'
}
