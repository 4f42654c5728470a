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
	capture=$!
	hijack_bg dump tcpdump -l -n -i tun0 -c 2 icmp
	wait_for 10 grep -q 'listening on tun0, link-type RAW' dump
	run_rump ./ping -n -c 1 10.9.0.5
	assert_success
	wait_for 10 grep -q '2 packets captured' dump
	grep -q 'IP 10.9.0.1 > 10.9.0.5: ICMP echo request' dump
	grep -q 'IP 10.9.0.5 > 10.9.0.1: ICMP echo reply' dump
	wait_for 10 captured_both
	kill $capture
}

captured_both() {
	[ "$(tcpdump -n -r capture icmp 2>/dev/null | wc -l)" -eq 2 ]
}
