# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# tests/bench/run between kernels: two of ours on a bus beside two network namespaces with a veth
# pair between them, where those can be made.

# A namespace that lasts until host_stop; its process is in $namespace.
namespace_start() {
	unshare -n sleep infinity &
	namespace=$!
	echo "$namespace" >>"$RUMP_SCRATCH/host_pids"
	wait_for 5 namespace_is_ready "$namespace"
}

namespace_is_ready() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

in_namespace() {
	nsenter -t "$1" -n "${@:2}"
}

namespaces_start() {
	namespace_start
	near=$namespace
	namespace_start
	far=$namespace
	in_namespace "$near" ip link add v0 type veth peer name v1 netns "$far"
	in_namespace "$near" ip addr add 10.0.0.1/24 dev v0
	in_namespace "$far" ip addr add 10.0.0.2/24 dev v1
	in_namespace "$near" ip link set v0 up
	in_namespace "$far" ip link set v1 up
}

# network_serve COMMAND...: the server in one namespace and in one kernel.
network_serve() {
	in_namespace "$near" "$@" >"$RUMP_SCRATCH/host.log" 2>&1 </dev/null &
	echo $! >>"$RUMP_SCRATCH/host_pids"
	RUMP_SERVER=$one hijack_bg "$RUMP_SCRATCH/rump.log" "$@"
	wait_for 10 in_namespace "$far" nc -z 10.0.0.1 "$port"
	wait_for 10 on_far_kernel nc -z 10.0.0.1 "$port"
}

bus_iperf() {
	iperf3 -c 10.0.0.1 -p "$port" -t 2 -J "$@" |
		/usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"] / 8e6)'
}

bus_ping() {
	redis-benchmark -h 10.0.0.1 -p "$port" -n 20000 -c 1 -t ping_mbulk --csv 2>/dev/null |
		awk -F '","' 'NR == 2 { print $2 }'
}

on_far_kernel() {
	RUMP_SERVER=$two hijack "$@"
}

bench_bus() {
	local bus=bench-$$ near far namespace one two

	if ! unshare -n ip link add v0 type veth 2>/dev/null; then
		echo "bus: no network namespaces with a veth pair here"
		return
	fi
	server_stop_all
	namespaces_start
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	two=$RUMP_SERVER
	port=5201
	export port
	export -f bus_iperf bus_ping
	network_serve iperf3 -s -B 10.0.0.1 -p "$port"
	compare "bus: iperf3 beside veth" MB/s ">=0.5" "in_namespace $far bash -c bus_iperf" \
		"on_far_kernel bash -c bus_iperf"
	port=6379
	network_serve redis-server --port "$port" --bind 10.0.0.1 --protected-mode no --save "" --dir "$host_dir"
	compare "bus: PING, 1 client, beside veth" /s ">=0.5" "in_namespace $far bash -c bus_ping" \
		"on_far_kernel bash -c bus_ping"
	end_both
	server_stop_all
}
