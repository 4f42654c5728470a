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

@test "lwIP finds the functions that are there in place of its own" {
	LD_BIND_NOW=1 LD_DEBUG=bindings LD_DEBUG_OUTPUT=$RUMP_SCRATCH/bindings server_start one
	for name in lwip_standard_chksum tcp_alloc tcp_free tcp_input tcp_next_iss tcp_output tcp_rexmit \
		tcp_rexmit_fast tcp_rst tcp_timer_needed; do
		grep -q "liblwip.* to .*rump_server.*\`$name'" "$RUMP_SCRATCH"/bindings.*
	done
}
