#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# FUSE programs that answer nonsense, or not at all: nothing hangs, nothing breaks but that mount.

load ../lib/helpers
load ../lib/fuse

setup() {
	server_start
	run_rump mkdir /rump/mnt
}

@test "a program that tells the truth" {
	run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" FSYNC header /mnt
	assert_success
	run_rump sh -c 'cd /rump/mnt; ls; cat f l; stat -c %F d/e; echo; df --output=size . | tail -1 | tr -d " "'
	assert_output "f
hellohellodirectory

5"
	run_tool rump.umount /mnt
	assert_success
}

@test "one lie of each kind" {
	liar GETATTR length
	liar LOOKUP unknown ring
	liar READDIR slash
	liar READ long
	liar WRITE exit
	liar GETATTR notifications cut-notifications
}

@test "a signal does not end the wait, but the program is told of it (INTERRUPT)" {
	export LIAR_MARK=$BATS_TEST_TMPDIR/asked
	run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" READ interruptible /mnt
	assert_success
	hijack_bg "$BATS_TEST_TMPDIR/log" python3 -c '
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit("interrupted"))
open("/rump/mnt/f").read()'
	pid=$!
	wait_for 10 test -e "$LIAR_MARK"
	kill -INT "$pid"
	wait_for 10 grep -qx interrupted "$BATS_TEST_TMPDIR/log"
	run_rump ls /rump/mnt
	assert_output f
	run_tool rump.umount /mnt
	assert_success
}

@test "the program does not answer: whoever waits can be killed, and umount -f ends it" {
	run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" READ silence /mnt
	assert_success
	hijack_bg "$BATS_TEST_TMPDIR/log" cat /rump/mnt/f
	pid=$!
	run_rump ls /rump/mnt
	assert_output f
	kill -9 "$pid"
	run_rump ls /rump/mnt
	assert_output f
	run_tool rump.umount -f /mnt
	assert_success
	run_rump ls /rump/mnt
	assert_output ""
}

@test "umount waits for the replies to what it has sent: the connection does not end before" {
	export LIAR_MARK=$BATS_TEST_TMPDIR/hurried
	run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" RELEASE late /mnt
	assert_success
	run_rump cat /rump/mnt/f
	assert_output hello
	run_tool rump.umount /mnt
	assert_success
	[ ! -e "$LIAR_MARK" ]
}
