# SPDX-License-Identifier: BSD-2-Clause
# TCP through the stack, between two kernels, as programs see it.

# shellcheck disable=SC2154 # one, two, bus: of net_bus
load ../lib/helpers
load ../lib/net_bus

setup() {
	two_kernels v6
}

# ends SERVER-KERNEL CLIENT-KERNEL ADDRESS FILE
ends() {
	RUMP_SERVER=$1 hijack_bg "$4.server" /usr/bin/python3 "$BATS_TEST_DIRNAME/../lib/tcp_ends.py" server "$3" 8080
	wait_for 10 grep -q ready "$4.server"
	on "$2" /usr/bin/python3 "$BATS_TEST_DIRNAME/../lib/tcp_ends.py" client "$3" 8080 >"$4.client"
	wait_for 10 grep -q SO_ERROR "$4.server"
	background_stop
}

@test "connections end as on Linux, by resets and otherwise" {
	port=$(/usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../lib/tcp_ends.py" server 127.0.0.1 "$port" >host.server &
	wait_for 10 grep -q ready host.server
	timeout 30 /usr/bin/python3 "$BATS_TEST_DIRNAME/../lib/tcp_ends.py" client 127.0.0.1 "$port" >host.client
	wait
	ends "$one" "$two" 10.0.0.1 v4
	ends "$one" "$two" fd00::1 v6
	diff host.server v4.server
	diff host.client v4.client
	diff host.server v6.server
	diff host.client v6.client
}

@test "a line goes dead: SO_KEEPALIVE and TCP_USER_TIMEOUT notice" {
	local client

	cat >try.py <<-'END'
		import select, socket, subprocess, sys
		idle, busy = [socket.create_connection(("10.0.0.1", 80)) for i in range(2)]
		idle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
		for name, value in (socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 1):
		    idle.setsockopt(socket.IPPROTO_TCP, name, value)
		busy.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
		print("connected", flush=True)
		sys.stdin.read()
		busy.send(b"x")
		for s in busy, idle:
		    s.settimeout(30)
		    try:
		        s.recv(1)
		    except OSError as e:
		        print(e.strerror)
	END
	RUMP_SERVER=$one hijack_bg log socat TCP-LISTEN:80,fork,reuseaddr PIPE
	wait_for 10 on "$one" nc -z 10.0.0.1 80
	mkfifo go
	on "$two" /usr/bin/python3 try.py <go >says 2>&1 &
	client=$!
	exec 9>go
	wait_for 10 grep -q connected says
	fault "$one" eth0 loss 100%
	exec 9>&-
	wait "$client"
	run tail -n 2 says
	assert_output $'Connection timed out\nConnection timed out'
}

@test "ss shows the states of a connection" {
	need ss
	cat >try.py <<-'END'
		import socket, subprocess
		def state():
		    out = subprocess.run(["ss", "-Htan", "dport", "=", ":80"], stdout=subprocess.PIPE).stdout
		    return out.split()[:1]
		s = socket.create_connection(("10.0.0.1", 80))
		print(state())
		s.shutdown(socket.SHUT_WR)
		s.recv(1)
		s.close()
		print(state())
	END
	RUMP_SERVER=$one hijack_bg log socat TCP-LISTEN:80,fork,reuseaddr PIPE
	wait_for 10 on "$one" nc -z 10.0.0.1 80
	run on "$two" /usr/bin/python3 try.py
	assert_output $'[b\'ESTAB\']\n[b\'TIME-WAIT\']'
}
