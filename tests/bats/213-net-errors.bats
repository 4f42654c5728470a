# SPDX-License-Identifier: BSD-2-Clause
# What routers say about packets that do not get through, as the tools of a user show it.

load ../lib/helpers
load ../lib/net_bus

setup() {
	bus=test-$$-$BATS_TEST_NUMBER
	server_start far --net "bus=$bus-b,addr=10.1.0.1/24,gw=10.1.0.254,addr=fd01::1/64,gw=fd01::254"
	far=$RUMP_SERVER
	server_start router --net "bus=$bus,addr=10.0.0.254/24,addr=fd00::254/64,router" \
		--net "bus=$bus-b,addr=10.1.0.254/24,addr=fd01::254/64,router"
	router=$RUMP_SERVER
	server_start near --net "bus=$bus,addr=10.0.0.1/24,gw=10.0.0.254,addr=fd00::1/64,gw=fd00::254"
}

# hops ADDRESS...: the lines of a traceroute name these, one after the other.
hops() {
	local i=1

	assert_success
	for address; do
		assert_line --regexp "^ *${i}[.:|-]*  *$address( |\$)"
		((i++))
	done
}

@test "traceroute shows the hops by UDP, ICMP and TCP, for IPv4 and IPv6" {
	need traceroute
	run_rump traceroute -n -N 1 10.1.0.1
	hops 10.0.0.254 10.1.0.1
	run_rump traceroute -n -N 1 -I 10.1.0.1
	hops 10.0.0.254 10.1.0.1
	run_rump traceroute -n -N 1 -T -p 80 10.1.0.1
	hops 10.0.0.254 10.1.0.1
	run_rump traceroute -n -N 1 -6 fd01::1
	hops fd00::254 fd01::1
}

@test "tracepath shows the hops and finds the smallest MTU of the way" {
	need tracepath
	RUMP_SERVER=$router hijack ip link set eth1 mtu 1400
	RUMP_SERVER=$far hijack ip link set eth0 mtu 1400
	for to in 10.1.0.1 fd01::1; do
		run_rump tracepath -n "$to"
		assert_success
		assert_line --regexp "^ 2:  (10.0.0.254|fd00::254) .*pmtu 1400"
		assert_line --regexp "^ 2:  $to .*reached"
		assert_line --regexp "Resume: pmtu 1400 hops 2 back 2"
	done
}

@test "ping shows errors from routers and its own" {
	uncapable ping
	ping=$RUMP_SCRATCH/ping
	run_rump "$ping" -n -c 1 -t 1 10.1.0.1
	assert_line 'From 10.0.0.254 icmp_seq=1 Time to live exceeded'
	run_rump "$ping" -n -c 1 -t 1 fd01::1
	assert_line 'From fd00::254 icmp_seq=1 Time exceeded: Hop limit'
	run_rump "$ping" -n -c 1 10.9.9.9
	assert_line 'From 10.0.0.254 icmp_seq=1 Destination Net Unreachable'
	run_rump "$ping" -n -c 1 fd99::1
	assert_line 'From fd00::254 icmp_seq=1 Destination unreachable: No route'
	run_rump "$ping" -n -c 1 -M "do" -s 2000 10.1.0.1
	assert_line --regexp 'ping: local error: message too long, mtu=1500$'
	RUMP_SERVER=$router hijack ip link set eth1 mtu 1400
	run_rump "$ping" -n -c 1 -M "do" -s 1472 10.1.0.1
	assert_line 'From 10.0.0.254 icmp_seq=1 Frag needed and DF set (mtu = 1400)'
	run_rump "$ping" -n -c 1 -M "do" -s 1472 10.1.0.1
	assert_line --regexp 'ping: local error: message too long, mtu=1400$'
}

@test "a router that finds no host says so, with the packet" {
	cat >"$RUMP_SCRATCH/ask.py" <<-'END'
		import errno, select, socket, struct
		IP_RECVERR = 11
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
		sent = bytes(range(200))
		s.sendto(sent, ("10.1.0.99", 9))
		assert select.select([s], [], [], 20)[0]
		data, [(_, _, error)], _, to = s.recvmsg(1000, 1000, socket.MSG_ERRQUEUE)
		print(errno.errorcode[struct.unpack_from("I", error)[0]], to, data == sent)
	END
	run_rump /usr/bin/python3 "$RUMP_SCRATCH/ask.py"
	assert_output "EHOSTUNREACH ('10.1.0.99', 9) True"
}

@test "mtr reports the hops" {
	uncapable mtr-packet
	need mtr
	interval=1 # less is root's
	[ "$(id -u)" -ne 0 ] || interval=0.1
	for to in 10.1.0.1 fd01::1; do
		run_rump env MTR_PACKET="$RUMP_SCRATCH/mtr-packet" mtr -r -n -c 1 -i $interval -G 1 "$to"
		assert_success
		assert_line --regexp "^  1\.\|-- (10.0.0.254|fd00::254) +0.0%"
		assert_line --regexp "^  2\.\|-- $to +0.0%"
	done
}
