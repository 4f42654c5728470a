# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What every .bats file loads. A test has a kernel of its own if it calls server_start, alone or in
# setup; teardown stops what it left, and a server that cannot be halted fails the test.

bats_load_library bats-support
bats_load_library bats-assert

RUMP_SCRATCH=$BATS_TEST_TMPDIR
# shellcheck source=tests/lib/rump.bash
source "${BASH_SOURCE[0]%/*}/rump.bash"
# shellcheck source=tests/lib/same.bash
source "${BASH_SOURCE[0]%/*}/same.bash"

teardown() {
	background_stop || :
	same_clean || :
	server_stop_all
}

# run_rump COMMAND...: as bats' run, hijacked, with a time-out; says what it did.
run_rump() {
	run hijack "$@"
	log_run "$@"
}

# run_tool COMMAND...: the same, not hijacked.
run_tool() {
	run timeout "$RUMP_TIMEOUT" "$@"
	log_run "$@"
}

# Shown by bats when the test fails.
log_run() {
	printf '$ %s\n' "$*"
	[ -z "${output:-}" ] || printf '%s\n' "$output"
	printf '[status %s]\n' "${status:?}"
}

# Another user can preload the library, which may lie in somebody's private directory.
others_read_library() {
	setpriv --reuid 65534 --clear-groups test -r "$RUMPHIJACK_LIB" ||
		skip "other users cannot read the library"
}

# need PROGRAM...: skips the test where one is missing, or does not bear that the hijacker brings ASan
# along: its runtime comes behind libc in cc, behind redis's own malloc.
need() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "no $program here"
		[[ $program != @(cc|dig|node|redis-server) ]] || not_under_asan "$program"
	done
}

# not_under_asan WHAT: skips the test if this is ./dev asan.
not_under_asan() {
	[ -z "${RUMP_ASAN:-}" ] || skip "not under ASan: $1"
}

# compile_c NAME [OPTION...]: makes $RUMP_SCRATCH/NAME of the C program on standard input.
compile_c() {
	local name=$1

	shift
	cc -D_GNU_SOURCE -o "$RUMP_SCRATCH/$name" -xc - "$@"
}
