# SPDX-License-Identifier: BSD-2-Clause
# TCP over lines that lose a lot: some time-outs long.

load ../lib/helpers

setup() {
	bus=test-$$-$BATS_TEST_NUMBER
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	two=$RUMP_SERVER
	cd "$RUMP_SCRATCH" || return
	head -c 300000 /dev/urandom >file
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 -m http.server --bind 10.0.0.1 80
	wait_for 10 on "$one" nc -z 10.0.0.1 80
}

on() {
	RUMP_SERVER=$1 hijack "${@:2}"
}

fault() {
	RUMP_SERVER=$1 rump.fault "${@:2}"
}

# counted KERNEL WORD: the number after the word in the kernel's list of rules.
counted() {
	fault "$1" | sed -n "s/.* $2 \([0-9]*\).*/\1/p"
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
