# SPDX-License-Identifier: BSD-2-Clause
# TCP segment by segment: a station on the bus sends what it likes, and looks at what comes back.

load ../lib/helpers

@test "what TCP demands of the kernel" {
	local bus=test-$$-$BATS_TEST_NUMBER

	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	dir=${XDG_RUNTIME_DIR:-/tmp}/rump-bus-$(id -u)/$bus
	[ -d "$dir" ] || dir=/tmp/rump-bus-$(id -u)/$bus
	run_rump /usr/bin/python3 "$BATS_TEST_DIRNAME/../lib/tcp_rules.py" "$dir"
	refute_output --partial failed
	assert_success
}
