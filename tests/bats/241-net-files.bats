# SPDX-License-Identifier: BSD-2-Clause
# What programs read about the network in /proc and /sys.

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
