# SPDX-License-Identifier: BSD-2-Clause
# What programs read about the network in /proc and /sys.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start kernel --net "bus=files$$-$BATS_TEST_NUMBER,name=rump7,addr=10.9.0.1/24,mac=02:00:00:00:00:01"
}

@test "/sys/class/net: the interfaces of the kernel" {
	run_rump ls /sys/class/net
	assert_output $'lo\nrump7'
	run_rump sh -c 'cd /sys/class/net/rump7 && cat address mtu operstate carrier ifindex type addr_len broadcast statistics/rx_errors uevent; pwd -P'
	assert_output "$(printf '%s\n' 02:00:00:00:00:01 1500 up 1 2 1 6 ff:ff:ff:ff:ff:ff 0 INTERFACE=rump7 IFINDEX=2 \
		/sys/devices/virtual/net/rump7)"
	run_rump cat /sys/class/net/lo/speed
	assert_output --partial 'Invalid argument'
	run_rump sh -c 'echo 1400 >/sys/class/net/rump7/mtu; cat /sys/class/net/rump7/mtu; echo 5 >/sys/class/net/rump7/ifindex'
	assert_line 1400
	assert_output --partial 'Permission denied'
	run_rump find /sys/devices/virtual/net/rump7/ -name '*_bytes'
	assert_line /sys/devices/virtual/net/rump7/statistics/tx_bytes
}

@test "/sys/class/net/lo: the same files as on the host, with the same in them" {
	# What says how a program has set it up is left out.
	cat >"$RUMP_SCRATCH/show" <<-'END'
		cd /sys/class/net/lo || exit
		for f in addr_assign_type addr_len address broadcast dev_id dev_port dormant duplex flags ifalias ifindex \
			iflink link_mode mtu name_assign_type netdev_group operstate proto_down speed testing type uevent; do
			echo "$f: $(cat $f 2>&1)"
		done
		ls statistics
	END
	[ "$(cat /sys/class/net/lo/flags)" = 0x9 ] || skip 'lo of the host is not up'
	host=$(sh "$RUMP_SCRATCH/show")
	run_rump sh "$RUMP_SCRATCH/show"
	assert_output "$host"
}

@test "net.ipv4.conf: forwarding of one interface, of all" {
	run_rump sh -c 'cd /rump/proc/sys/net/ipv4/conf; ls; echo 1 >rump7/forwarding; cat lo/forwarding rump7/forwarding all/forwarding
		echo 1 >all/forwarding; cat lo/forwarding default/forwarding; echo 2 >all/forwarding; cat all/forwarding'
	assert_output "$(printf '%s\n' all default lo rump7 0 1 0 1 1 1)"
}

# names_of FILE: the names in it that are the same on every Linux.
@test "/proc/net: counters, under the host's names" {
	names='$1 ~ /:$/ && $2 !~ /^[-0-9]/ && !/IcmpMsg|TcpExt|MPTcp/ { for (i = 2; i <= NF; i++) print $1 $i }'
	awk "$names" /proc/net/snmp /proc/net/netstat | sort >"$RUMP_SCRATCH/host"
	run_rump awk "$names" /proc/net/snmp /proc/net/netstat
	assert_success
	assert_line Tcp:CurrEstab
	# None that the host has not: an older host lacks a few.
	echo "$output" | grep -vE 'OutRateLimit|OutTransmits' | sort | comm -23 - "$RUMP_SCRATCH/host" >"$RUMP_SCRATCH/more"
	[ ! -s "$RUMP_SCRATCH/more" ]
	run_rump sh -c 'netstat -s && nstat -az && ss -s && cat /proc/net/sockstat6'
	assert_success
	refute_output --regexp 'cannot|no support|problem'
}

@test "/proc/net/snmp: packets and connections are counted" {
	need ping
	server_start other --net "bus=files$$-$BATS_TEST_NUMBER,addr=10.9.0.2/24"
	run_rump ping -c3 -i0.2 10.9.0.1
	assert_success
	run_rump sh -c 'nstat -asz >/dev/null; nc -z 127.0.0.1 9; nc -z 10.9.0.1 9; nstat -sz'
	assert_line --regexp '^TcpActiveOpens +1 '
	assert_line --regexp '^TcpAttemptFails +1 '
	assert_line --regexp '^TcpOutSegs +1 '
	assert_line --regexp '^TcpInSegs +1 '
	run_rump nstat -asz
	assert_line --regexp '^IcmpOutEchos +3 '
	assert_line --regexp '^IcmpInEchoReps +3 '
	run_rump grep -c InType0 /proc/net/snmp
	assert_output 1
}

@test "groups: ip maddr, netstat -g, a program that joins" {
	run_rump sh -c 'ip maddr show dev rump7; netstat -gn'
	assert_line --regexp 'inet +224.0.0.1'
	assert_line --regexp 'link +33:33:ff:00:00:01'
	assert_line --regexp '^lo +1 +224.0.0.1'
	assert_line --regexp '^rump7 +1 +ff02::1:ff00:1'
	run_rump /usr/bin/python3 -c 'import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton("10.9.0.1"))
os.system("ip maddr show dev rump7")'
	assert_line --regexp 'inet +239.1.2.3'
	assert_line --regexp 'link +01:00:5e:01:02:03'
}
