# SPDX-License-Identifier: BSD-2-Clause
# Packets on lo: a kernel's connections with itself go through its stack.

load ../lib/helpers
load ../lib/net_bus

setup() {
	server_start glass --net lo=packets --net "bus=test-$$-$BATS_TEST_NUMBER,addr=10.0.0.1/24,addr=fd00::1/64"
	cd "$RUMP_SCRATCH" || return
	uncapable ping
}

# talk ADDRESS [SOURCE]: a program talks to itself by TCP and UDP.
talk() {
	cat >talk.py <<-'EOF'
		import socket, sys, threading
		address, data = sys.argv[1], bytes(range(256)) * 8192
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		listener = socket.create_server((address, 0), family=family)
		def serve():
		    conn, peer = listener.accept()
		    while chunk := conn.recv(1 << 16):
		        conn.sendall(chunk)
		    conn.close()
		threading.Thread(target=serve).start()
		conn = socket.create_connection(listener.getsockname()[:2])
		threading.Thread(target=lambda: (conn.sendall(data), conn.shutdown(socket.SHUT_WR))).start()
		got = b""
		while chunk := conn.recv(1 << 16):
		    got += chunk
		print("tcp", got == data, conn.getpeername()[0], conn.getsockname()[0])
		one, two = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
		one.bind((address, 0))
		two.connect(one.getsockname()[:2])
		for size in 1, 1400, 60000:
		    two.send(b"x" * size)
		    message, peer = one.recvfrom(65535)
		    print("udp", len(message), peer[0])
		one.close()
		two.settimeout(30)
		try:
		    two.send(b"y")
		    print(two.recv(1))
		except OSError as error:
		    print(error)
	EOF
	run_rump python3 talk.py "$1"
	assert_success
	assert_output "tcp True $1 ${2:-$1}
udp 1 ${2:-$1}
udp 1400 ${2:-$1}
udp 60000 ${2:-$1}
[Errno 111] Connection refused"
}

@test "connections and datagrams to all addresses of the kernel are packets" {
	for address in 127.0.0.1 10.0.0.1 ::1 fd00::1; do
		talk "$address"
	done
	talk 127.8.9.10 127.0.0.1
}

@test "they are seen by a capture, and counted" {
	need tcpdump
	rump.capture -w all.pcapng lo &
	capture=$!
	wait_for 10 test -s all.pcapng
	talk 127.0.0.1
	wait_for 10 sees 'IP 127.0.0.1.[0-9]* > 127.0.0.1.[0-9]*: Flags \[S\]' 1
	wait_for 10 sees 'IP 127.0.0.1 > 127.0.0.1: ICMP 127.0.0.1 udp port [0-9]* unreachable' 1
	kill "$capture"
	run_rump sh -c 'ip -s link show lo | sed -n 4p'
	refute_output --regexp '^ *0 +0 '
}

# sees PATTERN TIMES
sees() {
	tcpdump -nr all.pcapng >text 2>/dev/null
	[ "$(grep -c "$1" text)" = "$2" ]
}

@test "tcpdump -i lo within the kernel" {
	need tcpdump
	hijack_bg dump.log tcpdump -l -n -i lo -c 2 icmp
	wait_for 10 grep -q 'listening on lo' dump.log
	run_rump ./ping -c 1 127.0.0.1
	assert_success
	wait_for 10 grep -q '^2 packets captured' dump.log
	grep -q 'IP 127.0.0.1 > 127.0.0.1: ICMP echo reply' dump.log
}

@test "ping, to all kinds of addresses, is answered as by Linux" {
	for address in 127.0.0.1 127.1.2.3 10.0.0.1 ::1 fd00::1; do
		run_rump ./ping -c 1 -W 30 "$address"
		assert_success
		assert_output --partial 'ttl=64'
	done
	# shellcheck disable=SC2016
	run_rump sh -c './ping -c 1 $(ip -6 -o addr show eth0 scope link | sed "s/.*inet6 //; s,/.*,,")%eth0'
	assert_success
}

@test "lo can be made slow and bad" {
	rump.fault lo delay 20ms
	run_rump ./ping -c 1 127.0.0.1
	assert_output --regexp 'time=[4-9][0-9]'
	rump.fault lo off
	rump.fault lo loss 100%
	run_rump ./ping -c 1 -W 1 127.0.0.1
	assert_failure 1
}

@test "without packets, a capture of lo says what to do" {
	server_start plain
	run_tool rump.capture lo
	assert_failure 111
	assert_output "rump.capture: lo: there are no packets, but in a kernel that was started with --net lo=packets"
}
