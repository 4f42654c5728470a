# SPDX-License-Identifier: BSD-2-Clause
# Packets that are nearly right, many of them.

load ../lib/helpers

@test "a kernel that forwards outlives them" {
	local seed

	server_start
	hijack sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	for seed in $(seq 30); do
		RUMP_TIMEOUT=120 run_rump python3 "$RUMP_TOP/tests/lib/garbage.py" "$seed" 5000
		assert_output "done"
	done
}
