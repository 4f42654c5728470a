# SPDX-License-Identifier: BSD-2-Clause
# Packet sockets: tcpdump, arping, DHCP.

load ../lib/helpers
load ../lib/net_bus

setup() {
	bus=test-$$-$BATS_TEST_NUMBER
	server_start one --net "bus=$bus,addr=10.0.0.1/24"
	one=$RUMP_SERVER
	cd "$RUMP_SCRATCH" || return
}

@test "tcpdump shows what comes and goes, as its filter says" {
	need tcpdump
	uncapable ping
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	hijack_bg dump tcpdump -l -n -i eth0 -c 4 icmp or arp
	wait_for 10 grep -q 'listening on eth0, link-type EN10MB' dump
	hijack_bg any tcpdump -l -n -i any -c 2 icmp and src 10.0.0.1
	wait_for 10 grep -q 'listening on any' any
	on "$RUMP_SERVER" ./ping -n -c 2 -i 0.1 10.0.0.1
	wait_for 10 grep -q '4 packets captured' dump
	grep -q 'ARP, Request who-has 10.0.0.1 tell 10.0.0.2' dump
	grep -q 'ARP, Reply 10.0.0.1 is-at' dump
	grep -q 'IP 10.0.0.2 > 10.0.0.1: ICMP echo request' dump
	grep -q 'IP 10.0.0.1 > 10.0.0.2: ICMP echo reply' dump
	wait_for 10 grep -q '2 packets captured' any
	[ "$(grep -c 'eth0  In  IP 10.0.0.1 > 10.0.0.2: ICMP echo reply' any)" -eq 2 ]
}

@test "arping finds who has an address, and that nobody has one" {
	uncapable arping
	server_start two --net "bus=$bus,addr=10.0.0.2/24"
	run_rump ./arping -c 2 -w 10 -I eth0 10.0.0.1
	assert_success
	assert_line --regexp '^Unicast reply from 10\.0\.0\.1 \['
	run_rump ./arping -D -c 1 -w 1 -I eth0 10.0.0.99
	assert_success
	run_rump ./arping -c 1 -I eth9 10.0.0.1
	assert_output --partial 'eth9'
	assert_failure
}

@test "dnsmasq gives addresses and names to other kernels" {
	need dnsmasq dig
	[ "$(id -u)" -eq 0 ] || skip "dnsmasq wants CAP_NET_ADMIN of the host"
	echo '10.0.0.1 lighthouse.example' >hosts
	RUMP_SERVER=$one hijack_bg log dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts \
		--addn-hosts="$RUMP_SCRATCH/hosts" --user=root --no-ping --log-dhcp --interface=eth0 \
		--dhcp-range=10.0.0.50,10.0.0.99,255.255.255.0,1h --dhcp-leasefile="$RUMP_SCRATCH/leases"
	wait_for 10 grep -q 'IP range 10.0.0.50' log
	cat >bound <<-'END'
		#!/bin/sh
		[ "$1" = bound ] || exit 0
		ip addr add "$ip/$mask" dev "$interface"
		ip route add default via "$router"
		mkdir -p /rump/etc
		echo "nameserver $dns" >/rump/etc/resolv.conf
	END
	cat >lease <<-'END'
		#!/bin/sh
		[ "$reason" = BOUND ] && ip addr add "$new_ip_address/24" dev "$interface"
		exit 0
	END
	chmod +x bound lease
	server_start two --net "bus=$bus"
	run_rump busybox udhcpc -i eth0 -n -q -f -s "$RUMP_SCRATCH/bound"
	assert_success
	assert_output --partial 'obtained from 10.0.0.1, lease time 3600'
	run_rump dig +short @10.0.0.1 lighthouse.example
	assert_output 10.0.0.1
	RUMPHIJACK=path=/rump,socket=all:nolocal,names=rump run_rump getent hosts lighthouse.example
	assert_output --regexp '^10\.0\.0\.1 +lighthouse\.example$'
	run_rump ip route
	assert_line --partial 'default via 10.0.0.1 dev eth0'
	command -v dhclient >/dev/null || return 0
	server_start three --net "bus=$bus"
	run_rump dhclient -v -1 -sf "$RUMP_SCRATCH/lease" -lf "$RUMP_SCRATCH/db" -pf "$RUMP_SCRATCH/pid" eth0
	assert_line --regexp '^bound to 10\.0\.0\.'
	kill "$(cat pid)"
	run_rump ip addr show eth0
	assert_line --regexp 'inet 10\.0\.0\.[0-9]+/24'
}

@test "slirp gives an address, too" {
	server_start outside --net slirp
	run_rump busybox udhcpc -i eth0 -n -q -f -s "$(command -v true)"
	assert_success
	assert_output --partial 'lease of 10.0.2.15 obtained from 10.0.2.2'
}

@test "who watches interfaces hears when one becomes promiscuous, as on Linux" {
	cat >watch.py <<-'END'
		import socket, struct
		LINKS, MEMBERS, ADD, DROP, PROMISC, NEWLINK = 1, 263, 1, 2, 1, 16
		links = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
		links.bind((0, LINKS))
		index = socket.if_nametoindex("eth0")
		packets = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) for _ in range(2)]
		for what in ADD, DROP:
		    for p in packets:
		        p.setsockopt(MEMBERS, what, struct.pack("iHHQ", index, PROMISC, 0, 0))
		        message = links.recv(65536)
		        assert struct.unpack_from("=H14xi", message, 4) == (NEWLINK, index)
		print("heard")
	END
	run_rump /usr/bin/python3 watch.py
	assert_output heard
}
