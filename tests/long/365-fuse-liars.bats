#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# FUSE programs that answer nonsense, in every way that comes to mind.

load ../lib/helpers
load ../lib/fuse

setup() {
	server_start
	run_rump mkdir /rump/mnt
}

@test "headers" {
	liar GETATTR header empty length positive beyond error-with-data unknown short long nothing notify
	liar LOOKUP header length positive beyond unknown short long nothing
	liar READ positive unknown long
}

@test "INIT" {
	liar INIT header short long nothing positive major exit
}

@test "nodes and attributes" {
	liar LOOKUP root type size ring
	liar GETATTR type other-type size
	liar SETATTR type other-type size nothing
}

@test "directories" {
	liar READDIR slash no-name nul-name cut long
	liar OPENDIR short nothing
}

@test "bytes" {
	liar READ nothing short long
	liar WRITE nothing more short
	liar OPEN short nothing
	liar READLINK long nothing
	liar LISTXATTR more unterminated
	liar STATFS short nothing long
	liar FLUSH short positive
	liar RELEASE short positive unknown
}

@test "the program exits while it is asked" {
	liar LOOKUP exit
	liar READ exit
	liar WRITE exit
	liar RELEASE exit
	liar DESTROY exit
}
