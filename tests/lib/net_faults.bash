# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# For tests of lines that are bad on purpose: two kernels on a bus, $one serving a random file to $two.

two_kernels() {
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
