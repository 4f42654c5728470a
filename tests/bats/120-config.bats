# SPDX-License-Identifier: BSD-2-Clause
# The environment of a hijacked program: what is routed, wrong values, and no kernel.

load ../lib/helpers

@test "a wrong RUMPHIJACK is one line with the variable and the value, and status 1" {
	local value
	server_start
	for value in path=relative socket=nonsense what=ever vfs=nonsense fdoff=none; do
		RUMPHIJACK=$value run_rump true
		assert_failure 1
		assert_line --index 0 --partial RUMPHIJACK
		assert_line --index 0 --partial "$value"
		assert_equal "${#lines[@]}" 1
	done
}

@test "a wrong RUMPHIJACK_RETRYCONNECT is refused alike" {
	server_start
	RUMPHIJACK_RETRYCONNECT=often run_rump true
	assert_failure 1
	assert_output --partial RUMPHIJACK_RETRYCONNECT
}

@test "path= chooses the prefix" {
	server_start
	RUMPHIJACK=path=/other run_rump sh -c 'mkdir /other/d && ls -d /other/d'
	assert_output /other/d
	run_rump ls -d /rump/d
	assert_output /rump/d
}

@test "a name that only begins like the prefix is the host's" {
	server_start
	run_rump ls /rumpus
	assert_failure
	assert_output --partial "cannot access '/rumpus'"
	hijack mkdir /rump/x
	run_rump ls -d /rumpx
	assert_failure
}

@test "socket= without inet leaves sockets to the host" {
	local port
	server_start
	port=$(free_port)
	RUMPHIJACK=path=/rump hijack_bg "$RUMP_SCRATCH/log" nc -l 127.0.0.1 "$port"
	wait_for 10 nc -z 127.0.0.1 "$port"
}

@test "sockets are the rump kernel's by default: the host does not see them" {
	server_start
	hijack_bg "$RUMP_SCRATCH/log" nc -lk 127.0.0.1 7070
	wait_for 10 port_open 7070
	run nc -z 127.0.0.1 7070
	assert_failure
}

@test "blanket= gives host paths to the rump kernel" {
	server_start
	hijack mkdir -p "/rump$RUMP_SCRATCH/b"
	RUMPHIJACK=path=/rump,blanket=$RUMP_SCRATCH/b run_rump sh -c \
		"echo inside >$RUMP_SCRATCH/b/file"
	assert_success
	[ ! -e "$RUMP_SCRATCH/b/file" ]
	run_rump cat "/rump$RUMP_SCRATCH/b/file"
	assert_output inside
}

@test "no server: programs that need none run, a routed call fails" {
	unset RUMP_SERVER
	run_rump true
	assert_success
	run_rump cat /etc/hostname
	assert_success
	run_rump ls /rump
	assert_failure
}

@test "a dead server: the routed call fails, and at once" {
	export RUMP_SERVER=unix://$RUMP_SCRATCH/nobody
	run_rump ls /rump
	assert_failure 2
	assert_output --partial /rump
	run_rump echo fine
	assert_output fine
}

@test "a program that uses nothing routed makes no connection" {
	need strace
	export RUMP_SERVER=unix://$RUMP_SCRATCH/nobody
	run_tool strace -f -E LD_PRELOAD="$RUMPHIJACK_LIB" -e trace=connect,socket \
		-o "$RUMP_SCRATCH/strace" cat /etc/passwd
	assert_success
	run grep -c nobody "$RUMP_SCRATCH/strace"
	assert_output 0
}
