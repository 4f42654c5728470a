#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A FUSE program that takes longer to end than umount waits.

load ../lib/helpers

@test "umount says that the program has not ended; the place is free all the same" {
	server_start
	run_rump mkdir /rump/mnt
	export LIAR_MARK=$BATS_TEST_TMPDIR/leave
	run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" FSYNC stay /mnt
	assert_success
	run_rump cat /rump/mnt/f
	assert_output hello
	export RUMP_TIMEOUT=90
	run_tool rump.umount /mnt
	assert_failure
	assert_output --partial "has not ended"
	touch "$LIAR_MARK"
	run_rump ls /rump/mnt
	assert_success
	assert_output ""
}
