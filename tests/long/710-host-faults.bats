# SPDX-License-Identifier: BSD-2-Clause
# Each host call of kernel and client fails once, in turn. See tests/fault/faults.py.

load ../lib/helpers

faults() {
	run timeout 3600 /usr/bin/python3 "$RUMP_TOP/tests/fault/faults.py" "$1" all "$RUMP_SCRATCH"
	log_run "$1"
	assert_success
}

@test "each host call of a running kernel fails once" {
	faults kernel
}

@test "each host call of a starting kernel fails once" {
	faults start
}

@test "each host call of a program fails once" {
	need strace
	faults client
}

@test "programs killed at each host call leave nothing in the kernel" {
	need strace
	faults kill
}
