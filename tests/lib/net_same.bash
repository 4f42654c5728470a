# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What commands do to a network, on the host and in a rump kernel: both in a network namespace of their
# own, so that nothing can reach the machine's interfaces, hijacked or not.
#
#   net_same 'ip link add v0 type veth peer name v1; ip link'
#
# lo is up on both sides; link addresses, and what is made of them, are shown as MAC and LL.

isolated() {
	if [ "$(id -u)" = 0 ]; then
		timeout "$RUMP_TIMEOUT" unshare -n "$@"
	else
		timeout "$RUMP_TIMEOUT" unshare -rn "$@"
	fi
}

need_namespaces() {
	isolated true 2>/dev/null || skip 'no network namespaces here'
}

net_same() {
	local host=0 rump=0

	need_namespaces
	isolated sh -c "cd $RUMP_SCRATCH && ip link set lo up
$1" >"$RUMP_SCRATCH/host.out" 2>"$RUMP_SCRATCH/host.err" </dev/null 3>&- || host=$?
	# The server is halted even if the time is up.
	# shellcheck disable=SC2016
	isolated sh -c 'cd "$1" && rump_server "$RUMP_SERVER" || exit
trap rump.halt EXIT; trap exit TERM
env LD_PRELOAD="$RUMPHIJACK_LIB" sh -c "$0"' \
		"$1" "$RUMP_SCRATCH" >"$RUMP_SCRATCH/rump.out" 2>"$RUMP_SCRATCH/rump.err" </dev/null 3>&- || rump=$?
	net_normalise host.out host.err rump.out rump.err
	same_status host $host
	same_status rump $rump
	same_compare "$1"
}

# Link addresses are random; duplicates of IPv6 addresses are looked for on the host only.
net_normalise() {
	local file

	for file; do
		sed -Ei 's/([0-9a-f]{2}:){5}[0-9a-f]{2} brd/MAC brd/; s/fe80::[0-9a-f:]+/LL/g; s/ff02::1:ff[0-9a-f:]+/SOL/
			s/gso_max.*//; s/  allmulti 0//; s/num[tr]xqueues [0-9]+ //g; s/ tentative//; s/ +$//' "$RUMP_SCRATCH/$file"
	done
}
