# SPDX-License-Identifier: BSD-2-Clause
# Very many TCP connections between two kernels.

# shellcheck disable=SC2154,SC2034 # one, two: of net_bus; RUMP_TIMEOUT: of hijack
load ../lib/helpers
load ../lib/net_bus

setup() {
	RUMP_TIMEOUT=3000
	two_kernels v4
	compile_c tcp_many <"$BATS_TEST_DIRNAME/../lib/tcp_many.c"
	RUMP_SERVER=$one hijack_bg log ./tcp_many serve 80
	wait_for 10 grep -q ready log
}

descriptors() {
	local pid

	pid=$(server_pid "$1")
	find "/proc/$pid/fd" -maxdepth 1 -type l | wc -l
}

# What was there before is there again.
nothing_left() {
	[ "$(descriptors "$one")" -le "$((before_one + 5))" ] && [ "$(descriptors "$two")" -le "$((before_two + 5))" ]
}

@test "10,000 connections at once, three times, the last client killed" {
	local client

	[ "$(ulimit -Hn)" -ge 20000 ] || skip "RLIMIT_NOFILE is too low"
	before_one=$(descriptors "$one")
	before_two=$(descriptors "$two")
	for _ in 1 2; do
		[ "$(on "$two" ./tcp_many hold 10.0.0.1 80 10000 3)" = $'10000 open\ndone' ]
	done
	RUMP_SERVER=$two hijack_bg held ./tcp_many hold 10.0.0.1 80 10000 100000
	client=$!
	wait_for 60 grep -q open held
	kill -KILL "$client"
	wait_for 60 nothing_left
	[ "$(on "$two" ./tcp_many short 10.0.0.1 80 10)" = "done" ]
}

@test "a million connections, one after the other" {
	before_one=$(descriptors "$one")
	before_two=$(descriptors "$two")
	[ "$(on "$two" ./tcp_many short 10.0.0.1 80 1000000)" = "done" ]
	wait_for 60 nothing_left
}
