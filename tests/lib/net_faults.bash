# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For tests of lines that are bad on purpose.

# shellcheck source=tests/lib/net_bus.bash
source "${BASH_SOURCE[0]%/*}/net_bus.bash"

# serving_kernels: two_kernels, of which $one serves a random file to $two.
serving_kernels() {
	two_kernels v4
	head -c 300000 /dev/urandom >file
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 -m http.server --bind 10.0.0.1 80
	wait_for 10 on "$one" nc -z 10.0.0.1 80
}

# counted KERNEL WORD: the number after the word in the kernel's list of rules.
counted() {
	fault "$1" | sed -n "s/.* $2 \([0-9]*\).*/\1/p"
}
