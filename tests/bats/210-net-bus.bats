# SPDX-License-Identifier: BSD-2-Clause
# Kernels on one bus: real packets between real programs.

# shellcheck disable=SC2154 # one, two, bus: of net_bus
load ../lib/helpers
load ../lib/net_bus

setup() {
	two_kernels v6
}

on_bg() {
	RUMP_SERVER=$1 hijack_bg "$RUMP_SCRATCH/log" "${@:2}"
}

# listening KERNEL PORT: does a program of the kernel itself get through?
listening() {
	on "$1" nc -z "${3:-127.0.0.1}" "$2" 2>/dev/null
}

serve_files() {
	on_bg "$one" /usr/bin/python3 -m http.server --bind :: 80
	wait_for 10 listening "$one" 80
}

@test "a burst of datagrams arrives whole, in order, from one address" {
	cat >receive.py <<'E'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.0.0.1", 9000))
s.settimeout(30)
print("ready", flush=True)
got = [s.recvfrom(10) for _ in range(200)]
print([int(data) for data, _ in got] == list(range(200)), len({peer for _, peer in got}), flush=True)
E
	cat >send.py <<'E'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.0.0.2", 0))
s.setblocking(False)
for i in range(200):
    s.sendto(b"%d" % i, ("10.0.0.1", 9000))
E
	on_bg "$one" /usr/bin/python3 receive.py
	wait_for 10 grep -q ready log
	on "$two" /usr/bin/python3 send.py
	wait_for 30 grep -q 'True 1' log
}

@test "a web server answers over IPv4 and IPv6" {
	echo hello >file
	serve_files
	[ "$(on "$two" curl -sS http://10.0.0.1/file)" = hello ]
	[ "$(on "$two" curl -sS 'http://[fd00::1]/file')" = hello ]
	grep -q '^::ffff:10.0.0.2 ' log
	grep -q '^fd00::2 ' log
}

@test "a large file arrives whole, both ways" {
	head -c 20000000 /dev/urandom >file
	serve_files
	on "$two" curl -sS -o copy http://10.0.0.1/file
	cmp file copy
	RUMP_SERVER=$one hijack_bg received nc -l 10.0.0.1 81
	wait_for 10 grep -q '/rump-i-.*a000001\.51-' /proc/net/unix # nc takes only one connection
	on "$two" nc -N 10.0.0.1 81 <file
	background_stop
	cmp file received
}

@test "nobody listens, nobody is there, no way there" {
	run on "$two" curl -sS http://10.0.0.1:81/
	[[ $output == *"Couldn't connect"* && $status -eq 7 ]]
	cat >try.py <<-'END'
		import errno, socket, sys
		for address in sys.argv[1:]:
		    s = socket.socket()
		    print(errno.errorcode.get(s.connect_ex((address, 81)), 0))
	END
	run on "$two" /usr/bin/python3 try.py 10.0.0.1 10.0.0.99 192.0.2.1
	assert_output $'ECONNREFUSED\nEHOSTUNREACH\nENETUNREACH'
}

@test "connecting without waiting: not writable until it ends, then an error or none" {
	cat >try.py <<-'END'
		import errno, select, socket
		for port in 80, 81:
		    s = socket.socket()
		    s.setblocking(False)
		    p = select.epoll()
		    p.register(s, select.EPOLLOUT | select.EPOLLET)
		    p.poll(0)
		    print(errno.errorcode[s.connect_ex(("10.0.0.1", port))])
		    events = p.poll(10)[0][1]
		    print(bool(events & select.EPOLLOUT), bool(events & select.EPOLLERR))
		    error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
		    print(errno.errorcode[error] if error else s.getpeername())
		    if not error:
		        print(s.getsockname()[0])
	END
	serve_files
	run on "$two" /usr/bin/python3 try.py
	assert_output "$(printf '%s\n' EINPROGRESS 'True False' "('10.0.0.1', 80)" 10.0.0.2 \
		EINPROGRESS 'True True' ECONNREFUSED)"
}

@test "ends of streams: half closed both ways, backpressure, reset" {
	cat >server.py <<-'END'
		import socket
		s = socket.create_server(("10.0.0.1", 80))
		print("ready", flush=True)
		c, peer = s.accept()
		data = b""
		while part := c.recv(65536):
		    data += part
		c.sendall(b"got %d from %s" % (len(data), peer[0].encode()))
		c.close()
		c, peer = s.accept()
		c.recv(1)
		c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		c.close()  # with bytes unread: a reset
		c, peer = s.accept()
		c.recv(1, socket.MSG_PEEK)
		sent = 0
		c.setblocking(False)
		try:
		    while True:
		        sent += c.send(b"x" * 65536)
		except BlockingIOError:
		    pass
		c.setblocking(True)
		c.shutdown(socket.SHUT_WR)
		c.recv(65536)
		while c.recv(65536):
		    pass
		print("sent", sent, flush=True)
	END
	cat >client.py <<-'END'
		import socket
		s = socket.create_connection(("10.0.0.1", 80))
		s.sendall(b"a" * 3000000)
		s.shutdown(socket.SHUT_WR)
		print(s.recv(100).decode())
		print(s.recv(100))
		s = socket.create_connection(("10.0.0.1", 80))
		try:
		    while True:
		        s.send(b"a" * 100000)
		except (ConnectionResetError, BrokenPipeError) as e:
		    print("reset")
		s = socket.create_connection(("10.0.0.1", 80))
		s.send(b"a")
		n = 0
		while part := s.recv(65536):
		    n += len(part)
		s.close()
		print("received", n)
	END
	on_bg "$one" /usr/bin/python3 server.py
	wait_for 10 grep -q ready log
	run on "$two" /usr/bin/python3 client.py
	assert_line 'got 3000000 from 10.0.0.2'
	assert_line "b''"
	assert_line reset
	wait_for 10 grep -q '^sent' log
	assert_line "received $(sed -n 's/^sent //p' log)"
}

@test "datagrams, connected and not, refused, and to all" {
	cat >server.py <<-'END'
		import socket
		s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		s.bind(("::", 53))
		print("ready", flush=True)
		while True:
		    data, peer = s.recvfrom(70000)
		    s.sendto(b"%d %s" % (len(data), peer[0].encode()), peer)
	END
	cat >client.py <<-'END'
		import socket
		u = lambda f=socket.AF_INET: socket.socket(f, socket.SOCK_DGRAM)
		s = u(); s.settimeout(10)
		s.sendto(b"x" * 9000, ("10.0.0.1", 53)); print(s.recvfrom(100))
		s = u(); s.settimeout(10); s.connect(("10.0.0.1", 53))
		s.send(b"x"); print(s.recv(100), s.getsockname()[0], s.getpeername())
		s = u(socket.AF_INET6); s.settimeout(10)
		s.sendto(b"", ("fd00::1", 53)); print(s.recvfrom(100)[0])
		s = u(); s.settimeout(10)
		try:
		    s.sendto(b"x", ("10.0.0.255", 53))
		except PermissionError as e:
		    print(e.strerror)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
		s.sendto(b"abc", ("10.0.0.255", 53)); print(s.recvfrom(100))
		s = u(); s.settimeout(10); s.connect(("10.0.0.1", 54)); s.send(b"x")
		try:
		    s.recv(1)
		except ConnectionRefusedError as e:
		    print(e.strerror)
	END
	on_bg "$one" /usr/bin/python3 server.py
	wait_for 10 grep -q ready log
	run on "$two" /usr/bin/python3 client.py
	assert_output "$(cat <<-'END'
		(b'9000 ::ffff:10.0.0.2', ('10.0.0.1', 53))
		b'1 ::ffff:10.0.0.2' 10.0.0.2 ('10.0.0.1', 53)
		b'0 fd00::2'
		Permission denied
		(b'3 ::ffff:10.0.0.2', ('10.0.0.1', 53))
		Connection refused
	END
	)"
}

@test "bytes after a datagram, in its packet, count for nothing" {
	cat >server.py <<-'END'
		import socket
		r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		r.bind(("10.0.0.1", 53))
		print("ready", flush=True)
		r.settimeout(10); print(r.recvfrom(100))
	END
	cat >client.py <<-'END'
		import socket, struct
		def sum_of(b):
		    s = sum(struct.unpack("!%dH" % (len(b) // 2), b))
		    return ~(s + (s >> 16)) & 0xffff
		ends, data = bytes((10, 0, 0, 2, 10, 0, 0, 1)), b"datagram"
		size = 8 + len(data)
		pseudo = ends + struct.pack("!HH", 17, size)
		header = struct.pack("!HHH", 1111, 53, size)
		header += struct.pack("!H", sum_of(pseudo + header + data))
		packet = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 17, 0) + ends + header + data
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
		s.sendto(packet + b"after", ("10.0.0.1", 0))
	END
	on_bg "$one" /usr/bin/python3 server.py
	wait_for 10 grep -q ready log
	on "$two" /usr/bin/python3 client.py
	wait_for 10 grep -q "(b'datagram', ('10.0.0.2', 1111))" log
}

@test "own addresses are reached without packets" {
	echo hello >file
	serve_files
	[ "$(on "$one" curl -sS http://10.0.0.1/file)" = hello ]
	grep -q '^::ffff:10.0.0.1 ' log
}

@test "a kernel that dies is gone, and its successor is found" {
	local pid

	echo hello >file
	serve_files
	[ "$(on "$two" curl -sS http://10.0.0.1/file)" = hello ]
	pid=$(server_pid "$one")
	kill -KILL "$pid"
	wait_for 10 gone "$pid"
	background_stop
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	serve_files
	[ "$(on "$two" curl -sS --retry 3 --connect-timeout 10 http://10.0.0.1/file)" = hello ]
}

@test "a router between two buses" {
	server_start router --net "bus=$bus,addr=10.0.0.254/24,addr=fd00::254/64,router" \
		--net "bus=$bus-b,addr=10.1.0.254/24,addr=fd01::254/64,router"
	server_start far --net "bus=$bus-b,addr=10.1.0.1/24,gw=10.1.0.254,addr=fd01::1/64,gw=fd01::254"
	far=$RUMP_SERVER
	server_start near --net "bus=$bus,addr=10.0.0.9/24,gw=10.0.0.254,addr=fd00::9/64,gw=fd00::254"
	near=$RUMP_SERVER
	echo hello >file
	one=$far
	serve_files
	[ "$(on "$near" curl -sS http://10.1.0.1/file)" = hello ]
	[ "$(on "$near" curl -sS 'http://[fd01::1]/file')" = hello ]
	# The router knows no way there.
	run on "$near" curl -sS http://192.0.2.1/
	assert_failure
}

@test "eight kernels, each to each" {
	local i j

	for i in 1 2 3 4 5 6 7 8; do
		server_start "k$i" --net "bus=$bus-c,addr=10.2.0.$i/24"
		RUMP_SERVER=unix://$RUMP_SCRATCH/k$i hijack_bg "log$i" \
			socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:"echo $i"
	done
	for i in 1 2 3 4 5 6 7 8; do
		wait_for 10 listening "unix://$RUMP_SCRATCH/k$i" 80
		for j in 1 2 3 4 5 6 7 8; do
			[ "$(on "unix://$RUMP_SCRATCH/k$i" socat -u "TCP:10.2.0.$j:80" -)" = "$j" ]
		done
	done
}

@test "words that are not understood" {
	for spec in '' bus= 'bus=a,addr=1.2.3' 'bus=a,addr=10.0.0.1/33' 'bus=a/b' 'bus=a,mtu=1' \
		'bus=a,mac=1:2' 'addr=10.0.0.1/8' 'bus=a,what' 'bus=a,slirp' 'bus=a,forward=tcp:1:1' 'slirp,forward=tcp:1' 'bus=a,gw=10.0.0.1' 'bus=a,name=lo'; do
		run_tool rump_server --net "$spec" "unix://$RUMP_SCRATCH/x"
		[ "$status" -eq 111 ]
		[[ $output == *"--net $spec: "* ]]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "multicast reaches who has joined the group, by IPv4 and IPv6" {
	cat >receive.py <<-'END'
		import socket, struct
		u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		u.bind(("", 6666))
		u.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
		             socket.inet_aton("239.1.2.3") + socket.inet_aton("10.0.0.1"))
		v = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		v.bind(("::", 6667))
		v.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
		             socket.inet_pton(socket.AF_INET6, "ff15::1234") + struct.pack("@I", 2))
		print("ready", flush=True)
		for s in u, v:
		    data, peer = s.recvfrom(100)
		    print(data, peer[0], flush=True)
	END
	cat >send.py <<-'END'
		import socket, struct
		u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		u.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.0.0.2"))
		u.sendto(b"four", ("239.1.2.3", 6666))
		v = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		v.bind(("fd00::2", 0))
		v.sendto(b"six", ("ff15::1234", 6667, 0, 2))
	END
	on_bg "$one" /usr/bin/python3 receive.py
	wait_for 10 grep -q ready log
	on "$two" /usr/bin/python3 send.py
	wait_for 10 grep -q "b'four' 10.0.0.2" log
	wait_for 10 grep -q "b'six' fd00::2" log
}
