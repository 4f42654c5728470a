# SPDX-License-Identifier: BSD-2-Clause
# Routes and rules, by netlink and by ioctls.
# shellcheck disable=SC2016

load ../lib/helpers
load ../lib/net_bus
load ../lib/net_same

LINKS='
	ip link add v0 type veth peer name v1; ip addr add 10.0.0.1/24 dev v0; ip addr add 10.1.0.1/24 dev v1
	ip link set v0 up; ip link set v1 up'

setup() {
	need ip
	export RUMP_SERVER=unix://$RUMP_SCRATCH/isolated
}

@test "ip route: add, append, prepend, replace, change, del" {
	net_same "$LINKS"'
		ip route add 10.5.0.0/16 via 10.0.0.2; ip route add 10.5.0.0/16 via 10.0.0.3; echo $?
		ip route append 10.5.0.0/16 via 10.0.0.3; ip route append 10.5.0.0/16 via 10.0.0.3; echo $?
		ip route prepend 10.5.0.0/16 via 10.0.0.4; ip route add 10.5.0.0/16 via 10.0.0.5 metric 10; ip route
		ip route replace 10.5.0.0/16 via 10.0.0.9; ip route change 10.5.0.0/16 via 10.0.0.10 metric 10; ip route
		ip route change 10.55.0.0/16 via 10.0.0.10; echo $?; ip route del 10.5.0.0/16
		ip route del 10.5.0.0/16 via 10.0.0.99; echo $?; ip route; ip route flush 10.5.0.0/16; ip route
		ip link set v1 down; ip route; ip link set v1 up; ip addr del 10.1.0.1/24 dev v1; ip route'
}

@test "ip route: types, metrics, several ways, tables, ip route get" {
	net_same "$LINKS"'
		ip route add blackhole 10.6.0.0/16; ip route add unreachable 10.7.0.0/16; ip route add prohibit 10.8.0.0/16 metric 5
		ip route add throw 10.9.0.0/16; for a in 6 7 8 9; do ip route get 10.$a.0.1; echo $?; done
		ip route add default via 10.0.0.254 mtu 1400 advmss 1000 proto static
		ip route add default via 10.1.0.254 metric 100 src 10.1.0.1
		ip route add 10.24.0.0/16 via 1.2.3.4 dev v0 onlink; ip route add 10.22.0.1 dev v0 src 10.1.0.1
		for a in 8.8.8.8 "8.8.8.8 from 10.1.0.1" "8.8.8.8 oif v1" 10.0.0.1 10.0.0.77 127.0.0.1 255.255.255.255 10.0.0.255; do ip route get $a; done
		ip route add 10.30.0.0/16 nexthop via 10.0.0.2 weight 1 nexthop via 10.1.0.3 weight 2; ip route show 10.30.0.0/16
		ip route add 10.31.0.0/16 table 100 via 10.0.0.2; ip route add default table 1000 via 10.0.0.3
		ip -4 route show table all; ip -j route; ip -d route; ip route flush table 100; ip route show table 100
		ip route show match 10.30.0.1; ip route show dev v1; ip route show via 10.0.0.254; ip route show type blackhole
		ip route del 10.30.0.0/16 via 10.0.0.2; ip route; cat /proc/net/route; ip link set v0 down; ip -4 route show table local'
}

@test "ip -6 route: ways are added to a route, types, ip route get" {
	net_same '
		ip link add v0 type veth peer name v1; ip link set v0 up addrgenmode none; ip link set v1 up addrgenmode none
		ip addr add fd00::1/64 dev v0 nodad; ip addr add fd01::1/64 dev v1 nodad
		ip -6 route add 2001:db8::/32 via fd00::2; ip -6 route add 2001:db8::/32 via fd00::3; echo $?
		ip -6 route append 2001:db8::/32 via fd01::3; ip -6 route add 2001:db9::/32 via fd00::2 metric 5
		ip -6 route replace 2001:db9::/32 via fd00::9 metric 5; ip -6 route del 2001:db8::/32
		ip -6 route add blackhole 2001:1::/32; ip -6 route add default via fe80::1 dev v0
		ip -6 route add default via fd01::5 metric 2000 mtu 1300
		for a in 2001:1::1 2001:5::1 fd00::7 fd00::1 ::1; do ip -6 route get $a; echo $?; done
		ip -6 route add 2001:7::/32 via fd09::1; echo $?; ip -6 route add 2001:7::/32 via fe80::1; echo $?
		ip -6 route add 2001:8::/32 nexthop via fd00::2 weight 1 nexthop via fd01::3 weight 2
		ip -6 route add 2001:9::/32 via fd00::2 table 100; ip -6 route show table 100; ip -6 route; ip link set v1 down; ip -6 route'
}

@test "ip route: mistakes" {
	net_same "$LINKS"'
		ip route add 10.23.0.0/16 dev v0 src 1.2.3.4; echo $?; ip route add 10.24.0.0/16 via 1.2.3.4; echo $?
		ip route add 10.24.0.1/16 dev v0; echo $?; ip route add 10.26.0.0/16 via 10.0.0.5 dev v1; echo $?
		ip route add 10.25.0.0/16 dev nosuch; echo $?; ip route del 10.77.0.0/16; echo $?
		ip link set v1 down; ip route add 10.27.0.0/16 dev v1; echo $?; ip route'
}

@test "ip rule: from, to, marks, interfaces, goto, suppression; routes found by them" {
	net_same "$LINKS"'
		ip rule; ip -6 rule; ip rule add from 10.1.0.1 lookup 100; ip rule add to 10.9.0.0/16 lookup 200 priority 500
		ip rule add fwmark 5 lookup 300; ip rule add iif v0 lookup 100; ip rule add oif v1 lookup 200
		ip rule add from 10.7.0.0/16 prohibit; ip rule add from 10.8.0.0/16 unreachable pref 10; ip rule add tos 0x10 lookup 100
		ip rule add not from 10.0.0.0/8 lookup 100; ip rule add lookup main suppress_prefixlength 0; ip rule
		ip route add default via 10.1.0.254 table 100; ip route add default via 10.0.0.254; ip route add 10.9.0.0/16 via 10.1.0.253 table 200
		for a in 8.8.8.8 "8.8.8.8 from 10.1.0.1" 10.9.1.1 "8.8.8.8 oif v1" "8.8.8.8 mark 5"; do ip route get $a; done
		ip rule del from 10.1.0.1; echo $?; ip rule del from 10.1.0.1; echo $?; ip rule del pref 500; ip rule del table 300; ip rule
		ip -6 rule add from fd00::/64 lookup 100; ip -6 rule; ip rule flush; ip rule; ip rule add lookup main pref 32766
		ip rule add goto 32766 pref 5; ip rule add pref 6; ip rule del pref 0; ip -j rule; ip rule add goto 5 pref 6; echo $?'
}

@test "ip monitor: links, addresses, routes, rules, neighbours" {
	net_same "$LINKS"'
		: >out; timeout 20 ip monitor >>out 2>&1 & pid=$!
		trap "rm -f out" EXIT
		until grep -q "mtu 1401" out; do ip link set v1 mtu 1402; ip link set v1 mtu 1401; done
		ip link set v1 mtu 1403
		ip addr add 10.2.0.1/24 dev v0; ip route add 10.9.0.0/16 via 10.0.0.7; ip route replace 10.9.0.0/16 via 10.0.0.8
		ip rule add from 10.0.0.9 lookup 100; ip rule del from 10.0.0.9; ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev v0
		ip neigh del 10.0.0.9 dev v0; ip route del 10.9.0.0/16; ip addr del 10.2.0.1/24 dev v0; ip link set v0 mtu 1400
		ip addr add 10.0.0.5/24 dev v0; ip addr add 10.0.0.6/24 brd 10.0.0.77 dev v1; ip addr del 10.0.0.1/24 dev v0
		for a in fd00::1 fd00::2; do ip addr add $a/64 dev v0 nodad; until grep -q "^local $a" out; do :; done; done
		ip addr del fd00::1/64 dev v0; ip addr del fd00::2/64 dev v0
		ip addr add 10.7.0.1 peer 10.7.0.2 dev v0; ip addr del 10.7.0.1 peer 10.7.0.2 dev v0; ip addr add 127.5.0.1/16 dev lo
		ip addr del 127.5.0.1/16 dev lo; ip addr del 10.0.0.6/24 dev v1
		ip link set v1 mtu 1404; until grep -q "mtu 1404" out; do :; done; kill $pid
		sed -n "/mtu 1403/,/mtu 1404/p" out | grep -v ff00::/8'
}

@test "ip rule: where a packet goes depends on where it comes from" {
	need ping
	local bus=routes$$
	server_start one --net "bus=$bus-a,name=rump7,addr=10.1.0.1/24,gw=10.1.0.2" --net "bus=$bus-b,name=rump8,addr=10.2.0.1/24"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus-a,name=rump7,addr=10.1.0.2/24"
	server_start three --net "bus=$bus-b,name=rump7,addr=10.2.0.2/24,addr=10.9.0.1/32"
	on "$one" ip link show dev rump8
	run on "$one" ping -c1 -W1 -I 10.2.0.1 10.9.0.1
	assert_failure
	on "$one" sh -c 'ip route add default via 10.2.0.2 dev rump8 table 100 && ip rule add from 10.2.0.1 lookup 100'
	on "$one" ping -c1 -W10 -I 10.2.0.1 10.9.0.1
}

@test "ip neigh: permanent ones; what is not there cannot be changed" {
	net_same "$LINKS"'
		ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev v0; ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:02 dev v0; echo $?
		ip neigh change 10.0.0.9 lladdr 02:00:00:00:00:05 dev v0; ip neigh; ip neigh change 10.0.0.8 lladdr 02:00:00:00:00:05 dev v0; echo $?
		ip neigh replace 10.0.0.8 lladdr 02:00:00:00:00:05 dev v0; ip neigh get 10.0.0.8 dev v0; ip neigh get 10.0.0.7 dev v0; echo $?
		ip neigh add 10.0.0.7 dev v0; echo $?; ip neigh add 10.0.0.7 lladdr 02:00:00:00:00 dev v0; echo $?
		ip neigh del 10.0.0.8 dev v0; ip neigh del 10.0.0.8 dev v0; echo $?; ip neigh'
}
