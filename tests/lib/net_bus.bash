# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# For tests with kernels on a bus.

# two_kernels v4|v6: $one is 10.0.0.1 and $two 10.0.0.2 on $bus; v6: also fd00::1 and fd00::2.
two_kernels() {
	local one6='' two6=''

	[ "$1" = v4 ] || one6=,addr=fd00::1/64 two6=,addr=fd00::2/64
	bus=test-$$-$BATS_TEST_NUMBER
	server_start one --net "bus=$bus,addr=10.0.0.1/24$one6"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,addr=10.0.0.2/24$two6"
	two=$RUMP_SERVER
	cd "$RUMP_SCRATCH" || return
}

# on KERNEL COMMAND...
on() {
	RUMP_SERVER=$1 hijack "${@:2}"
}

# fault KERNEL RULE...
fault() {
	RUMP_SERVER=$1 rump.fault "${@:2}"
}

# uncapable PROGRAM: a copy in $RUMP_SCRATCH without file capabilities, which would make it one that
# cannot be hijacked, for all but root.
uncapable() {
	need "$1"
	cp "$(command -v "$1")" "$RUMP_SCRATCH/$1"
}
