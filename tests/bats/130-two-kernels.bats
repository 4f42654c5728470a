# SPDX-License-Identifier: BSD-2-Clause
# Kernels side by side share nothing.

load ../lib/helpers

setup() {
	server_start one
	one=$RUMP_SERVER
	server_start two
	two=$RUMP_SERVER
}

@test "each kernel has its own files" {
	RUMP_SERVER=$one hijack sh -c 'echo first >/rump/f'
	RUMP_SERVER=$two hijack sh -c 'echo second >/rump/f'
	RUMP_SERVER=$one run_rump cat /rump/f
	assert_output first
	RUMP_SERVER=$two run_rump cat /rump/f
	assert_output second
}

@test "each kernel has its own port 80" {
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/log1" socat TCP-LISTEN:80,fork SYSTEM:'echo first'
	RUMP_SERVER=$two hijack_bg "$RUMP_SCRATCH/log2" socat TCP-LISTEN:80,fork SYSTEM:'echo second'
	export RUMP_SERVER=$one
	wait_for 10 port_open 80
	run_rump socat -u TCP:127.0.0.1:80 -
	assert_output first
	export RUMP_SERVER=$two
	wait_for 10 port_open 80
	run_rump socat -u TCP:127.0.0.1:80 -
	assert_output second
}

@test "the end of one does not disturb the other" {
	server_stop "$one"
	RUMP_SERVER=$two run_rump sh -c 'mkdir /rump/d && rmdir /rump/d'
	assert_success
	RUMP_SERVER=$one run_rump ls /rump
	assert_failure
}
