# SPDX-License-Identifier: BSD-2-Clause
# Host calls that fail, a few of each name; tests/long has them all. See tests/fault/faults.py.

load ../lib/helpers

faults() {
	not_under_asan "calls and allocations of its own fail"
	run timeout 300 /usr/bin/python3 "$RUMP_TOP/tests/fault/faults.py" "$1" sample "$RUMP_SCRATCH"
	log_run "$1"
	assert_success
}

@test "a kernel whose host calls fail lives on" {
	faults kernel
}

@test "a kernel that cannot start says why and leaves nothing" {
	faults start
}

@test "a program whose host calls fail gets errors, not lies" {
	need strace
	faults client
}

@test "programs killed at some call leave nothing in the kernel" {
	need strace
	faults kill
}
