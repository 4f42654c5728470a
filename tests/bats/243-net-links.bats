# SPDX-License-Identifier: BSD-2-Clause
# Interfaces made and changed at run time.
# shellcheck disable=SC2016

load ../lib/helpers
load ../lib/net_bus
load ../lib/net_same

setup() {
	need ip bridge
	export RUMP_SERVER=unix://$RUMP_SCRATCH/isolated
}

@test "ip link add: veth, bridge, their states and relations" {
	net_same '
		ip link add v0 type veth peer name v1
		ip link add br0 type bridge
		ip -d link show v0; ip link show br0
		ip link set v0 up; ip link show v0; ip link show v1
		ip link set v1 up; ip link show v0
		ip link set br0 up; ip link show br0
		ip link set v1 master br0; ip link show v1; ip link show br0
		bridge link; bridge -d link; ip link show master br0; ip link show type veth
		ip link set v0 down; ip link show v1; ip link show br0
		ip link set v1 nomaster; ip link show v1
		ip link del v0; ip link'
}

@test "ip link set: alias, group, queue, promiscuous, names" {
	net_same '
		ip link add v0 type veth peer name v1
		ip link set v0 alias "hello world" group 5 txqueuelen 500
		ip link set v0 promisc on; ip -d link show v0; ip link set v0 promisc off
		ip link set v0 arp off multicast off up; ip link show v0
		ip link property add dev v0 altname one altname a-name-longer-than-sixteen-characters
		ip link show one; ip link set one mtu 1400; ip link property del dev v0 altname one; ip link show v0
		ip link set v0 name w0; echo $?; ip link set v0 down; ip link set v0 name w0; ip link show w0
		ip link set group 5 mtu 1300; ip -o link show group 5
		ip link set v1 addrgenmode none; ip link set v1 up; ip -6 addr show dev v1'
}

# Linux takes two more.
@test "ip link add: the highest index" {
	server_start kernel
	run_rump sh -c 'ip link add d0 index 2147483645 type dummy && ip -o link show d0; ip link add d1 index 2147483647 type dummy
		cd /rump/sys/class/net && ls; cd /rump/proc/sys/net/ipv4/conf && ls && cat d0/forwarding'
	assert_line --regexp '^2147483645: d0: '
	assert_line 'RTNETLINK answers: Invalid argument'
	refute_line --regexp 'd1'
	assert_line --index 2 'd0'
	assert_line --index 8 '0'
}

# Not every host has VLANs to compare with.
@test "vlan: follows what is below, also another one" {
	server_start kernel --net "bus=links$$-$BATS_TEST_NUMBER,name=rump7"
	hijack ip link show dev rump7
	hijack sh -c 'ip link set rump7 down
		ip link add link rump7 name rump7.5 type vlan id 5
		ip link add link rump7.5 name rump7.5.7 type vlan id 7
		ip link add link rump7 name rump9 mtu 1200 type vlan id 9'
	run_rump ip link set rump7.5 up
	assert_output 'RTNETLINK answers: Network is down'
	hijack ip link set rump7 up
	run_rump ip -o link
	assert_line --regexp '^3: rump7.5@rump7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 .* state UP '
	assert_line --regexp '^4: rump7.5.7@rump7.5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 .* state UP '
	hijack ip link set rump7 mtu 1400 address 02:00:00:00:00:07
	run_rump ip -o link
	assert_line --regexp '^4: rump7.5.7@rump7.5: .* mtu 1400 .*02:00:00:00:00:07 '
	assert_line --regexp '^5: rump9@rump7: .* mtu 1200 '
	run_rump ip link del rump7.5
	run_rump ip -o link
	refute_output --partial rump7.5
	assert_line --regexp '^5: rump9@rump7'
}

@test "vlan: mistakes; no circles, no towers" {
	server_start kernel --net "bus=links$$-$BATS_TEST_NUMBER,name=rump7"
	hijack ip link show dev rump7
	hijack sh -c 'ip link add rumpbr type bridge && ip link add link rumpbr name rumpbr.5 type vlan id 5'
	run_rump ip link set rumpbr.5 master rumpbr
	assert_output 'RTNETLINK answers: Device or resource busy'
	run_rump ip link set rumpbr master rumpbr
	assert_output 'Error: Can not enslave a bridge to a bridge.'
	run_rump ip link add link rumpbr name rumpbr.6 type vlan id 5
	assert_output 'Error: VLAN device already exists.'
	run_rump ip link add link rumpbr name rumpbr.6 type vlan id 4095
	assert_output 'Error: Invalid VLAN id.'
	run_rump ip link add link lo name lo.1 type vlan id 1
	assert_output 'Error: VLANs not supported on device.'
	run_rump ip link add link rumpbr name rumpbr.6 type vlan
	assert_output 'Error: VLAN properties not specified.'
	run_rump sh -c 'top=rump7; for i in 1 2 3 4 5 6 7; do ip link add link $top name rumpv$i type vlan id 7 || exit; top=rumpv$i; done
		ip link add link $top name rump8 type vlan id 7'
	assert_output 'RTNETLINK answers: Too many links'
}

@test "ip link: mistakes" {
	net_same '
		ip link add x0 type nosuchtype; echo $?
		ip link add v0 type veth peer name v1; ip link add v0 type veth; echo $?
		ip link del nosuch; echo $?
		ip link set v0 mtu 10; echo $?; ip link set v0 mtu 100000; echo $?
		ip link set v0 address 01:00:00:00:00:01; echo $?; ip link set v0 master v1; echo $?
		ip link add a/b type bridge; echo $?
		ip link add br0 type bridge; ip link add br1 type bridge; ip link set br1 master br0; echo $?
		ip link set v0 name v1; echo $?; ip link del lo; echo $?'
}

# counters VLAN or bridge: two kernels on a bus, with an interface on top of it on each side.
two_kernels() {
	local bus=links$$-$BATS_TEST_NUMBER

	server_start one --net "bus=$bus,name=rump7"
	one=$RUMP_SERVER
	server_start two --net "bus=$bus,name=rump7"
	two=$RUMP_SERVER
	on "$one" ip link show dev rump7
	on "$two" ip link show dev rump7
}

@test "more interfaces than the first question has room for" {
	net_same '
		for i in 1 2 3 4 5 6; do
			ip link add v$i type veth peer name w$i; ip addr add 10.9.$i.1/24 dev v$i; ip link set v$i up
		done
		python3 -c "import socket; print(len(socket.if_nameindex()), socket.if_nametoindex(\"v6\"))"
		ifconfig -a | grep -c "^[vw]"; ip addr show v6 | grep -c 10.9'
}

@test "vlan: its frames and no others" {
	need ping
	two_kernels
	on "$one" sh -c 'ip link add link rump7 name rump7.5 type vlan id 5 && ip addr add 10.5.0.1/24 dev rump7.5 && ip link set rump7.5 up'
	on "$two" sh -c 'ip link add link rump7 name rump7.5 type vlan id 5 && ip addr add 10.5.0.2/24 dev rump7.5 && ip link set rump7.5 up
		ip link add link rump7 name rump7.6 type vlan id 6 && ip addr add 10.6.0.2/24 dev rump7.6 && ip link set rump7.6 up'
	on "$one" ping -c1 -W10 10.5.0.2
	run on "$two" ip -d link show dev rump7.5
	assert_line --regexp 'rump7.5@rump7: <BROADCAST,MULTICAST,UP,LOWER_UP>'
	assert_line --regexp 'vlan protocol 802.1Q id 5'
	run on "$two" cat /sys/class/net/rump7.6/statistics/rx_packets
	assert_output 0
	on "$two" ip link set rump7 down
	run on "$two" ip link show rump7.5
	assert_output --partial 'state DOWN'
	on "$two" ip link del rump7
	run on "$two" ip link show rump7.5
	assert_failure
}

@test "bridge: two buses joined, and the bridge a station among them" {
	need ping
	two_kernels
	server_start three --net "bus=links$$-$BATS_TEST_NUMBER-b,name=rump7,addr=10.7.0.3/24"
	three=$RUMP_SERVER
	on "$one" sh -c 'ip addr add 10.7.0.1/24 dev rump7'
	on "$two" sh -c "ip link add links$$-$BATS_TEST_NUMBER-b type bus"
	run on "$two" sh -c "ip link add rumpbr type bridge && ip link set rump7 master rumpbr &&
		ip link set links$$-$BATS_TEST_NUMBER-b master rumpbr && ip link set links$$-$BATS_TEST_NUMBER-b up &&
		ip link set rumpbr up && ip addr add 10.7.0.2/24 dev rumpbr"
	assert_success
	on "$one" ping -c1 -W10 10.7.0.3
	on "$one" ping -c1 -W10 10.7.0.2
	on "$three" ping -c1 -W10 10.7.0.2
	run on "$two" bridge fdb show br rumpbr
	assert_output --regexp "$(on "$three" cat /sys/class/net/rump7/address) dev links$$-$BATS_TEST_NUMBER-b master rumpbr"
}

@test "dummy: up, with an address, and gone" {
	server_start kernel --net "bus=links$$-$BATS_TEST_NUMBER,name=rump7"
	run_rump ip link show dev rump7
	assert_success
	run_rump sh -c 'ip link add rumpd type dummy && ip addr add 10.8.0.1/32 dev rumpd && ip link set rumpd up && ip -o addr show dev rumpd && ip link show rumpd'
	assert_line --regexp 'rumpd +inet 10.8.0.1/32 scope global rumpd'
	assert_line --regexp '<BROADCAST,NOARP,UP,LOWER_UP> mtu 1500 .* state UNKNOWN'
	run_rump sh -c 'ip link del rumpd && ip link show rumpd'
	assert_failure
}
