# SPDX-License-Identifier: BSD-2-Clause
# ICMP's sockets and raw sockets: ping and traceroute.

load ../lib/helpers
load ../lib/net_bus

setup() {
	uncapable ping
	bus=test-$$-$BATS_TEST_NUMBER
	ping=$RUMP_SCRATCH/ping
}

# answered N: that many answers to N requests?
answered() {
	assert_success
	assert_output --partial "$1 packets transmitted, $1 received"
}

@test "ping of own addresses, without any interface" {
	server_start kernel
	run_rump "$ping" -n -c 1 127.0.0.1
	answered 1
	run_rump "$ping" -n -c 1 ::1
	answered 1
	run_rump busybox ping -c 1 127.0.0.1
	assert_success
}

@test "ping between kernels, small and in fragments, over a router" {
	server_start far --net "bus=$bus-b,addr=10.1.0.1/24,gw=10.1.0.254,addr=fd01::1/64,gw=fd01::254"
	server_start router --net "bus=$bus,addr=10.0.0.254/24,addr=fd00::254/64,router" \
		--net "bus=$bus-b,addr=10.1.0.254/24,addr=fd01::254/64,router"
	server_start near --net "bus=$bus,addr=10.0.0.1/24,gw=10.0.0.254,addr=fd00::1/64,gw=fd00::254"
	for address in 10.0.0.1 10.0.0.254 10.1.0.1 fd00::254 fd01::1; do
		run_rump "$ping" -n -c 2 -i 0.01 "$address"
		answered 2
	done
	run_rump "$ping" -n -c 1 -s 5000 10.1.0.1
	answered 1
	run_rump "$ping" -n -c 1 -W 1 10.0.0.99
	assert_failure 1
	# Each hop says its name.
	run_rump busybox traceroute -n -q 1 -w 5 10.1.0.1
	assert_line --regexp '^ 1  10\.0\.0\.254 '
	assert_line --regexp '^ 2  10\.1\.0\.1 '
}

@test "many neighbours, many addresses of one interface" {
	local addresses=() i

	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		addresses+=("addr=10.0.0.$i/24")
	done
	server_start many --net "bus=$bus,$(IFS=,; echo "${addresses[*]}"),addr=10.5.0.1/16"
	server_start one --net "bus=$bus,addr=10.0.0.99/24,addr=10.5.0.99/16"
	for i in 10.0.0.{1,2,3,4,5,6,7,8,9,10,11,12,1} 10.5.0.1; do
		run_rump "$RUMP_SCRATCH/ping" -n -c 1 "$i"
		answered 1
	done
}

@test "raw sockets see packets with their header, whatever the protocol" {
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	cat >"$RUMP_SCRATCH/receive.py" <<-'END'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
		print(s.type == socket.SOCK_RAW, s.proto, flush=True)
		data, peer = s.recvfrom(2000)
		print(data[0], data[9], data[20:], peer, flush=True)
	END
	cat >"$RUMP_SCRATCH/send.py" <<-'END'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
		s.sendto(b"hello", ("10.0.0.1", 0))
	END
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 "$RUMP_SCRATCH/receive.py"
	wait_for 10 grep -q 'True 253' "$RUMP_SCRATCH/log"
	run_rump /usr/bin/python3 "$RUMP_SCRATCH/send.py"
	assert_success
	wait_for 10 grep -qF "69 253 b'hello' ('10.0.0.2', 0)" "$RUMP_SCRATCH/log"
}

@test "link-local addresses with their interface: ping, UDP, TCP" {
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	address=$(RUMP_SERVER=$one hijack ip -6 -o addr show eth0 | grep -oE 'fe80[^/]*')
	for to in "$address%eth0" "$(hijack ip -6 -o addr show eth0 | grep -oE 'fe80[^/]*')%2"; do
		run_rump "$ping" -n -c 1 "$to"
		answered 1
	done
	cat >"$RUMP_SCRATCH/server.py" <<-'END'
		import socket, sys
		u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		u.bind((sys.argv[1], 53, 0, 2))
		t = socket.create_server((sys.argv[1], 80, 0, 2), family=socket.AF_INET6)
		print("ready", flush=True)
		data, peer = u.recvfrom(100)
		u.sendto(data, peer)
		c, peer = t.accept()
		c.sendall(b"hello")
		print(peer[3], c.getsockname() == t.getsockname(), flush=True)
	END
	cat >"$RUMP_SCRATCH/client.py" <<-'END'
		import socket, sys
		u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		u.settimeout(10)
		u.sendto(b"ping", (sys.argv[1], 53, 0, 2))
		print(u.recvfrom(100) == (b"ping", (sys.argv[1], 53, 0, 2)))
		t = socket.create_connection((sys.argv[1] + "%eth0", 80), timeout=10)
		print(t.recv(100), t.getpeername() == (sys.argv[1], 80, 0, 2), t.getsockname()[3])
		print(socket.getnameinfo(t.getpeername(), socket.NI_NUMERICHOST)[0][-5:])
	END
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 "$RUMP_SCRATCH/server.py" "$address"
	wait_for 10 grep -q ready "$RUMP_SCRATCH/log"
	run_rump /usr/bin/python3 "$RUMP_SCRATCH/client.py" "$address"
	assert_output $'True\nb\'hello\' True 2\n%eth0'
	wait_for 10 grep -q '2 True' "$RUMP_SCRATCH/log"
}
