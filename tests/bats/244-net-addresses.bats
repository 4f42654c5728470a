# SPDX-License-Identifier: BSD-2-Clause
# Addresses of interfaces, by netlink and by ioctls.

load ../lib/helpers
load ../lib/net_same

setup() {
	need ip
	export RUMP_SERVER=unix://$RUMP_SCRATCH/isolated
}

@test "ip addr: order, secondary ones, scopes, lifetimes" {
	net_same '
		ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
		ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.0.2/24 dev v0; ip addr add 10.0.0.3/24 brd + dev v0 label v0:x
		ip addr add 10.1.0.1 peer 10.1.0.2 dev v0; ip addr add 10.2.0.1/30 brd - dev v0 scope link
		ip addr add 10.3.0.1/16 dev v0 valid_lft 1000 preferred_lft 0; ip addr add 10.0.0.1/25 dev v0
		ip -4 addr show dev v0; ip route; ip route show table local
		ip addr del 10.0.0.1/24 dev v0; ip -4 addr show v0; ip route
		ip addr change 10.3.0.1/16 dev v0 valid_lft forever preferred_lft forever; ip -4 addr show v0
		ip addr flush dev v0 scope link; ip addr flush dev v0 to 10.1.0.0/16; ip -4 -br addr
		ip addr add 10.7.0.1/24 dev lo; ip addr add 10.8.0.1/24 dev v1 metric 77; ip addr add 10.9.0.1/24 dev v1 noprefixroute
		ip -4 addr; ip route; ip route show table local; ip -j -4 addr show v1'
}

@test "ip -6 addr: order, lifetimes, peers, what a link down takes along" {
	net_same '
		ip link add v0 type veth peer name v1; ip link set v0 up; ip -6 addr show v0; ip link set v1 up
		ip addr add 2001:db8::1/64 dev v0 nodad; ip addr add 2001:db8::2/64 dev v0 nodad valid_lft 300 preferred_lft 0
		ip addr add 2001:db8::3/128 peer 2001:db8::4/64 dev v0 nodad; ip addr add 2001:db9::1/64 dev v0 nodad noprefixroute
		ip -6 addr show dev v0; ip link set v0 down; ip -6 addr show dev v0'
}

@test "ip addr: mistakes" {
	net_same '
		ip link add v0 type veth peer name v1
		ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.0.1/24 dev v0; echo $?
		ip addr add fd00::1/64 dev v0; ip addr add fd00::1/64 dev v0; echo $?
		ip addr del fd00::9/64 dev v0; echo $?; ip addr del 10.9.0.1/24 dev v0; echo $?
		ip addr add 10.9.0.1/24 dev nosuch; echo $?; ip addr add 0.0.0.0/24 dev v0; echo $?
		ip addr add ff02::5/64 dev v0; echo $?; ip addr add ::/64 dev v0; echo $?; ip addr add ::1/128 dev v0; echo $?
		ip addr add 10.9.0.1/24 dev v0 valid_lft 5 preferred_lft 10; echo $?'
}

@test "ip addr: one whose time is over goes" {
	server_start kernel --net "bus=addresses$$,name=rump7"
	hijack ip link show dev rump7
	hijack ip addr add 10.0.0.1/24 dev rump7 valid_lft 1 preferred_lft 1
	gone() {
		[ -z "$(hijack ip -4 addr show dev rump7)" ] && [ -z "$(hijack ip route show dev rump7)" ]
	}
	wait_for 20 gone
}

@test "ifconfig: aliases, masks, broadcast, peers, IPv6" {
	need ifconfig
	local queue= # root's alone on the host
	[ "$(id -u)" -ne 0 ] || queue="txqueuelen 33"
	net_same '
		ip link add v0 type veth peer name v1
		ifconfig v0 10.0.0.1 netmask 255.255.255.0; ifconfig v0:1 10.0.1.1/24; ifconfig v0:2 10.0.2.1
		ifconfig v0:1 | grep inet; ip -4 addr show v0
		ifconfig v0:1 down; ifconfig v0:2 0.0.0.0; ip -4 addr show v0; ip route
		ifconfig v0 broadcast 10.0.0.99; ifconfig v0 netmask 255.255.0.0; ip -4 addr show v0
		ifconfig v0 add fd00::1/64; ifconfig v0 inet6 add fd01::1/64; ifconfig v0 del fd00::1/64
		ifconfig v1 dstaddr 10.3.0.1; echo $?; ifconfig v1 10.4.0.1 pointopoint 10.4.0.2; ip -4 addr show v1
		ifconfig v0 mtu 1300 -arp promisc -multicast '"$queue"'; ip link show v0
		ifconfig v0:9 down; echo $?; ifconfig v0 netmask 255.0.255.0; echo $?; ifconfig nosuch 2>&1; echo $?'
}
