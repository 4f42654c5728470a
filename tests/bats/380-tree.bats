#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A tree that many processes change at once.

load ../lib/helpers

@test "20 processes in one tree, 20 of them killed: the tree is consistent and nothing is left" {
	server_start
	run_rump "$RUMP_BUILD/tests/client/client_tree" /rump/tree 20 200 20
	assert_success
	assert_line consistent
}
