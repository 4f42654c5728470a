# SPDX-License-Identifier: BSD-2-Clause
# IPv6 from what routers advertise: dnsmasq is one.

# shellcheck disable=SC2154 # one, two, bus: of net_bus
load ../lib/helpers
load ../lib/net_bus

setup() {
	need dnsmasq
	bus=test-$$-$BATS_TEST_NUMBER
	server_start one --net "bus=$bus,addr=fd00:5::1/64,router"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,mac=02:00:00:00:00:02"
	two=$RUMP_SERVER
	cd "$RUMP_SCRATCH" || return
}

# advertise OPTION...
advertise() {
	RUMP_SERVER=$one hijack_bg dnsmasq.log dnsmasq --no-daemon --conf-file=/dev/null --port=0 --user=root \
		--interface=eth0 --enable-ra --dhcp-leasefile="$PWD/leases" "$@"
}

shows() {
	on "$two" sh -c "$1" >shown 2>&1 && grep -qE "$2" shown
}

lacks() {
	! shows "$@"
}

@test "an interface gets its address and its routes from a router" {
	advertise --dhcp-range=fd00:5::,ra-only,64,3h
	wait_for 30 shows 'ip -6 addr show dev eth0' 'inet6 fd00:5::ff:fe00:2/64 scope global dynamic mngtmpaddr'
	on "$two" ip -6 addr show dev eth0 | grep -E 'valid_lft 10[78][0-9][0-9]sec preferred_lft 10[78][0-9][0-9]sec'
	router=$(on "$one" ip -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s,/.*,,')
	on "$two" ip -6 route >routes
	grep -E "^default via $router dev eth0 proto ra metric 1024 expires 1[78][0-9][0-9]sec .*pref medium" routes
	grep -E '^fd00:5::/64 dev eth0 proto kernel metric 256 expires 10[78][0-9][0-9]sec pref medium' routes
	uncapable ping
	on "$two" ./ping -c 1 -W 30 fd00:5::1
	on "$one" ./ping -c 1 -W 30 fd00:5::ff:fe00:2
}

@test "the settings say what counts of it" {
	on "$two" sysctl -q net.ipv6.conf.eth0.autoconf=0 net.ipv6.conf.eth0.accept_ra_defrtr=0
	advertise --dhcp-range=fd00:5::,ra-only,64,3h
	wait_for 30 shows 'ip -6 route' '^fd00:5::/64 dev eth0 proto kernel'
	lacks 'ip -6 route' default
	lacks 'ip -6 addr' fd00:5
	on "$one" sysctl -n net.ipv6.conf.eth0.accept_ra >accepts
	[ "$(cat accepts)" = 1 ]
	two=$one lacks 'ip -6 route' 'proto ra'
}

@test "the MTU, the preference, and a router that is none" {
	advertise --dhcp-range=fd00:5::,ra-only,64,3h --ra-param=eth0,mtu:1400,high,0,0
	wait_for 30 shows 'ip -6 route' '^fd00:5::/64 dev eth0 proto kernel metric 256 expires [0-9]+sec mtu 1400 '
	lacks 'ip -6 route' default
}

@test "a link that goes down and comes up asks again" {
	advertise --dhcp-range=fd00:5::,ra-only,64,3h --ra-param=eth0,600
	wait_for 30 shows 'ip -6 route' '^default via'
	on "$two" sh -c 'ip link set eth0 down; ip link set eth0 up'
	wait_for 30 shows 'ip -6 route' '^default via'
	wait_for 10 shows 'ip -6 addr' fd00:5
}
