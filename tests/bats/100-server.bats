# SPDX-License-Identifier: BSD-2-Clause
# rump_server and rump.halt as programs: addresses, detaching, sockets that are left or in use.

load ../lib/helpers

@test "the server's command returns when the kernel answers" {
	server_start
	run_rump ls /rump
	assert_success
}

@test "the socket is the owner's only" {
	server_start
	run stat -c '%F %a' "${RUMP_SERVER#unix://}"
	assert_output 'socket 600'
}

@test "rump.halt ends the server and removes the socket" {
	server_start
	run_tool rump.halt
	assert_success
	wait_for 10 server_is_gone "$RUMP_SERVER"
	[ ! -e "${RUMP_SERVER#unix://}" ]
}

server_is_gone() {
	! server_pid "$1" >/dev/null
}

@test "SIGTERM ends the server and removes the socket" {
	server_start
	kill "$(server_pid "$RUMP_SERVER")"
	wait_for 10 server_is_gone "$RUMP_SERVER"
	[ ! -e "${RUMP_SERVER#unix://}" ]
}

@test "rump.halt without a server says so" {
	RUMP_SERVER=unix://$RUMP_SCRATCH/nobody run_tool rump.halt
	assert_failure
	assert_output --partial nobody
}

@test "the socket of a server that was killed is taken over" {
	server_start
	kill -KILL "$(server_pid "$RUMP_SERVER")"
	wait_for 10 server_is_gone "$RUMP_SERVER"
	[ -S "${RUMP_SERVER#unix://}" ]
	server_start
	run_rump ls /rump
	assert_success
}

@test "the socket of a live server is refused, and the server unharmed" {
	server_start
	run_tool rump_server "$RUMP_SERVER"
	assert_failure
	assert_output --partial 'a server is running there'
	run_rump ls /rump
	assert_success
}

@test "a file that is no socket is not removed" {
	echo precious >"$RUMP_SCRATCH/file"
	run_tool rump_server "unix://$RUMP_SCRATCH/file"
	assert_failure
	run cat "$RUMP_SCRATCH/file"
	assert_output precious
}

@test "a directory that is not there is an error with its name" {
	run_tool rump_server "unix://$RUMP_SCRATCH/missing/kernel"
	assert_failure
	assert_output --partial missing/kernel
}

@test "a path too long for a socket is an error" {
	run_tool rump_server "unix://$RUMP_SCRATCH/$(printf 'x%.0s' {1..120})"
	assert_failure
}

@test "wrong usage is exit status 100" {
	run_tool rump_server
	assert_failure 100
	run_tool rump_server --no-such-option
	assert_failure 100
}

@test "an address of no known kind is refused by name" {
	run_tool rump_server gopher://there
	assert_failure
	assert_output --partial gopher
}

@test "a tcp address that others can reach must be asked for" {
	run_tool rump_server "tcp://0.0.0.0:$(free_port)"
	assert_failure
}

@test "with -s the server stays in the foreground" {
	local pid
	rump_server -s "unix://$RUMP_SCRATCH/stay" >/dev/null 2>&1 3>&- &
	pid=$!
	echo $pid >>"$RUMP_SCRATCH/background"
	export RUMP_SERVER=unix://$RUMP_SCRATCH/stay
	wait_for 10 hijack ls /rump
	run server_pid "$RUMP_SERVER"
	assert_output "$pid"
}

@test "a server at tcp:// on loopback serves the client library's tools" {
	local port
	port=$(free_port)
	server_start_at "tcp://127.0.0.1:$port"
	run_rump sh -c 'mkdir /rump/d && ls -d /rump/d'
	assert_output /rump/d
}

@test "twenty servers in a row leave no process and no file" {
	local i
	for i in {1..20}; do
		server_start "k$i"
		server_stop
	done
	run find "$RUMP_SCRATCH" -type s
	assert_output ''
}
