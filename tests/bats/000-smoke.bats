# SPDX-License-Identifier: BSD-2-Clause
# The least that must work for anything else to make sense.

load ../lib/helpers

@test "a server starts, detaches, answers and halts" {
	server_start
	server_pid "$RUMP_SERVER"
	server_stop
	run server_pid "$RUMP_SERVER"
	assert_failure
}

@test "a program that touches nothing runs" {
	server_start
	run_rump true
	assert_success
	run_rump echo hello
	assert_output hello
}

@test "the root of the kernel can be listed" {
	server_start
	run_rump ls /rump
	assert_success
}

@test "what one program writes under /rump another one reads" {
	server_start
	run_rump sh -c 'echo hello >/rump/file'
	assert_success
	run_rump cat /rump/file
	assert_output hello
}

@test "files under /rump are not on the host" {
	server_start
	hijack mkdir /rump/only-there
	[ ! -e /rump/only-there ]
	run_rump stat -c %F /rump/only-there
	assert_output directory
}

@test "a directory can be made, filled, listed and removed" {
	server_start
	run_rump sh -c 'mkdir /rump/d && touch /rump/d/a /rump/d/b && ls /rump/d && rm -r /rump/d'
	assert_output $'a\nb'
	run_rump ls /rump/d
	assert_failure
}

@test "a connection within the kernel carries bytes both ways" {
	server_start
	hijack_bg "$RUMP_SCRATCH/nc.log" nc -N -l 127.0.0.1 7777
	wait_for 10 hijack sh -c 'echo ping | nc -N 127.0.0.1 7777'
	wait_for 10 grep -q ping "$RUMP_SCRATCH/nc.log"
}

@test "rump run runs a program in a kernel of its own" {
	run_tool rump run -- sh -c 'echo hello >/rump/file && cat /rump/file'
	assert_success
	assert_output hello
}
