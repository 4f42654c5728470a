# SPDX-License-Identifier: BSD-2-Clause
# TCP over lines that lose a lot: some time-outs long.

# shellcheck disable=SC2154 # one, two, bus: of net_faults
load ../lib/helpers
load ../lib/net_faults

setup() {
	serving_kernels
}

@test "a large file arrives whole over bad lines" {
	fault "$one" eth0 loss 2% dup 5% corrupt 4% delay 2ms jitter 1ms seed 3
	fault "$two" eth0 in loss 3% seed 4
	on "$two" curl -sS --max-time 60 -o copy http://10.0.0.1/file
	cmp copy file
	[ "$(counted "$one" lost)" -gt 0 ]
	[ "$(counted "$one" damaged)" -gt 0 ]
	[ "$(counted "$one" doubled)" -gt 0 ]
	[ "$(counted "$two" lost)" -gt 0 ]
}
