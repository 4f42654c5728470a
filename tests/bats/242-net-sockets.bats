# SPDX-License-Identifier: BSD-2-Clause
# Which sockets there are, and whose: ss, netstat, lsof, fuser.

load ../lib/helpers

setup() {
	need ss nc
	server_start kernel --net "bus=sockets$$-$BATS_TEST_NUMBER,name=rump7,addr=10.9.0.1/24"
	hijack_bg "$RUMP_SCRATCH/server" nc -l 127.0.0.1 7777
	server=$!
	wait_for 20 shows ss -tlnH 127.0.0.1:7777
}

# shows COMMAND... PATTERN
shows() {
	hijack "${@:1:$#-1}" 2>/dev/null | grep -qE -- "${*: -1}"
}

connect_client() {
	mkfifo "$RUMP_SCRATCH/input"
	hijack_bg "$RUMP_SCRATCH/client" sh -c "exec nc 127.0.0.1 7777 <'$RUMP_SCRATCH/input'"
	client=$!
	exec 4>"$RUMP_SCRATCH/input"
	wait_for 20 shows ss -tnH ESTAB.*:7777
}

@test "ss -p: programs of listeners and of both ends" {
	run_rump ss -tlnpH
	assert_output --regexp "127.0.0.1:7777 .*\"nc\",pid=$server,"
	connect_client
	run_rump ss -tnpH dport = :7777
	assert_output --regexp "\"nc\",pid=$client,"
	run_rump ss -tnpH sport = :7777
	assert_output --regexp "\"nc\",pid=$server,"
	run_rump ss -s
	assert_line --regexp '^TCP: +3 \(estab 2,'
}

@test "netstat -p, lsof -i, fuser: the same from /proc/net" {
	need netstat lsof fuser
	connect_client
	run_rump netstat -tanp
	assert_line --regexp "127.0.0.1:7777 +0.0.0.0:\* +LISTEN +$server/nc"
	assert_line --regexp "127.0.0.1:7777 +ESTABLISHED +$client/nc"
	run_rump lsof -nP -a -p "$server" -i
	assert_line --regexp "^nc +$server .* TCP 127.0.0.1:7777 \(LISTEN\)"
	run_rump fuser 7777/tcp
	assert_output --regexp "$server"
}

@test "ss -x, netstat -x: sockets with names in the kernel" {
	hijack_bg "$RUMP_SCRATCH/local" nc -lU /rump/tmp/sock
	local=$!
	wait_for 20 shows ss -xlnH /tmp/sock
	run_rump ss -xlpH
	assert_output --regexp "^u_str +LISTEN .* /tmp/sock .*pid=$local,"
	run_rump netstat -xlp
	assert_line --regexp "LISTENING .* $local/nc +/tmp/sock"
	run_rump grep -c /tmp/sock /proc/net/unix
	assert_output 1
}

@test "ss -u, ss -w: sockets without connections; a connection that leaves the kernel has one end here" {
	run_rump /usr/bin/python3 -c 'import os, socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 99))
os.system("ss -unlpH")'
	assert_output --regexp '127.0.0.1:99 .*"python3"'
	server_start other --net "bus=sockets$$-$BATS_TEST_NUMBER,addr=10.9.0.2/24"
	RUMP_SERVER=unix://$RUMP_SCRATCH/kernel hijack_bg "$RUMP_SCRATCH/remote" nc -l 10.9.0.1 80
	run_rump /usr/bin/python3 -c 'import os, socket, time
until = time.monotonic() + 20
while True:
    try:
        s = socket.create_connection(("10.9.0.1", 80)); break
    except ConnectionRefusedError:
        assert time.monotonic() < until
os.system("ss -tnpH")'
	assert_success
	[ "${#lines[@]}" -eq 1 ]
	assert_output --regexp 'ESTAB .* 10.9.0.2:[0-9]+ +10.9.0.1:80 .*"python3"'
}
