# SPDX-License-Identifier: BSD-2-Clause
# RUMP_TRACE: what goes to the rump kernel, printed as strace(1) does.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	export RUMP_TRACE=$RUMP_SCRATCH/trace
}

@test "calls with arguments and results, and errors by name" {
	hijack sh -c 'mkdir /rump/d; ls /rump/missing' 2>/dev/null || :
	run cat "$RUMP_TRACE"
	assert_line --regexp 'mkdirat\(AT_FDCWD, "/d", 0777\) += 0'
	assert_line --regexp '"/missing".* = -1 ENOENT'
}

@test "nothing is written for a program that uses nothing routed" {
	hijack true
	[ ! -s "$RUMP_TRACE" ]
}

@test "rump run --trace names the file relative to the caller" {
	cd "$RUMP_SCRATCH"
	unset RUMP_TRACE
	run_tool rump run --trace here -- sh -c 'cd /; mkdir /rump/traced'
	assert_success
	run grep -c traced here
	assert_success
}

@test "children write to the same file" {
	hijack sh -c 'mkdir /rump/a; (mkdir /rump/b); env mkdir /rump/c'
	run grep -c mkdirat "$RUMP_TRACE"
	assert_output 3
}
