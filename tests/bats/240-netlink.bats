# SPDX-License-Identifier: BSD-2-Clause
# The tools that show and change a rump kernel's network: ip and ss by netlink, those of net-tools by
# ioctls and /proc/net, sysctl.
#
# These commands would change the host's network if they were not hijacked. So the interface has a
# name that no host has, every change names it, and nothing is changed before it has been seen.

load ../lib/helpers

setup() {
	need ip ss
	server_start kernel --net "bus=netlink$$-$BATS_TEST_NUMBER,name=rump7,addr=10.9.0.1/24,gw=10.9.0.254,mac=02:00:00:00:00:01"
	hijack ip link show dev rump7
	hijack ip route show default | grep -q rump7
}

@test "ip link and ip addr: the interfaces of the kernel" {
	run_rump ip link
	assert_line --index 0 --regexp '^1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 '
	assert_line --index 2 --regexp '^2: rump7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 .* state UP '
	assert_line --regexp 'link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff'
	run_rump ip -4 -o addr
	assert_line --regexp '^1: lo +inet 127.0.0.1/8 scope host lo'
	assert_line --regexp '^2: rump7 +inet 10.9.0.1/24 brd 10.9.0.255 scope global rump7'
	run_rump ip -6 -o addr show dev lo
	assert_output --partial '::1/128'
	run_rump ip link show dev nosuch
	assert_failure
}

@test "ip link: changes" {
	run_rump ip link set dev rump7 mtu 1400
	run_rump ip link set dev rump7 address 02:00:00:00:00:99
	run_rump ip -o link show dev rump7
	assert_output --regexp ' mtu 1400 .*link/ether 02:00:00:00:00:99'
	run_rump sh -c 'ip link set dev rump7 down && ip link set dev rump7 name rump8 && ip -o link show dev rump8'
	assert_output --regexp '^2: rump8: <[^>]*> .* state DOWN'
	run_rump ip link set dev rump8 mtu 1
	assert_failure
}

@test "ip addr: adding, deleting, errors" {
	run_rump ip addr add 10.10.0.1/16 dev rump7
	assert_success
	run_rump ip addr add 10.10.0.1/16 dev rump7
	assert_output --partial 'Address already assigned'
	run_rump ip addr add 2001:db8::1/64 dev rump7
	run_rump ip -o addr show dev rump7
	assert_line --regexp 'inet 10.10.0.1/16 '
	assert_line --regexp 'inet6 2001:db8::1/64 scope global'
	run_rump ip addr del 10.10.0.1/16 dev rump7
	assert_success
	run_rump ip addr del 10.10.0.1/16 dev rump7
	assert_output --partial 'Address not found'
	run_rump ip addr flush dev rump7
	assert_success
	run_rump ip -4 addr show dev rump7
	assert_output ''
}

@test "ip route: what is there, changes, get" {
	run_rump ip route
	assert_line --index 0 --regexp '^default via 10.9.0.254 dev rump7'
	assert_line --index 1 --regexp '^10.9.0.0/24 dev rump7 proto kernel scope link src 10.9.0.1'
	run_rump ip route add 192.168.0.0/16 via 10.9.0.2 dev rump7 metric 5
	assert_success
	run_rump ip route add 192.168.0.0/16 via 10.9.0.2 dev rump7 metric 5
	assert_output --partial 'File exists'
	run_rump ip route replace 192.168.0.0/16 via 10.9.0.3 dev rump7 metric 5
	run_rump ip route get 192.168.7.7
	assert_line --regexp '^192.168.7.7 via 10.9.0.3 dev rump7 src 10.9.0.1'
	run_rump ip route del 192.168.0.0/16 dev rump7
	assert_success
	run_rump ip route del 192.168.0.0/16 dev rump7
	assert_output --partial 'No such process'
	run_rump ip route add 1.0.0.0/8 via 99.0.0.1 dev rump7
	assert_output --partial 'Nexthop has invalid gateway'
	run_rump ip -6 route
	assert_output --partial 'fe80::/64 dev rump7'
	run_rump ip route show table local
	assert_line --regexp '^local 10.9.0.1 dev rump7'
	run_rump ip rule
	assert_line --regexp '32766:.*lookup main'
}

@test "ip neigh: permanent entries" {
	run_rump ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev rump7
	run_rump ip neigh
	assert_output --regexp '^10.9.0.9 dev rump7 lladdr 02:00:00:00:00:09 PERMANENT'
	run_rump ip neigh del 10.9.0.9 dev rump7
	run_rump ip neigh
	assert_output ''
}

@test "ip monitor: tells of changes" {
	hijack_bg "$RUMP_SCRATCH/monitor" stdbuf -oL ip monitor
	# It is listening once it tells of something.
	wait_for 20 monitor_hears
	run_rump ip addr add 10.11.0.1/24 dev rump7
	run_rump ip route del default dev rump7
	wait_for 20 grep -q 'Deleted default via 10.9.0.254' "$RUMP_SCRATCH/monitor"
	run cat "$RUMP_SCRATCH/monitor"
	assert_line --regexp 'inet 10.11.0.1/24'
}

monitor_hears() {
	hijack sh -c 'ip link set dev rump7 mtu 1300; ip link set dev rump7 mtu 1500'
	grep -q rump7 "$RUMP_SCRATCH/monitor"
}

@test "ip -j, ip -s, ip -batch: other ways of asking" {
	run_rump sh -c 'ip -j addr | python3 -c "import json, sys; print([l[\"ifname\"] for l in json.load(sys.stdin)])"'
	assert_output "['lo', 'rump7']"
	run_rump ip -s link show dev rump7
	assert_line --regexp 'RX: +bytes'
	run_rump sh -c 'printf "addr add 10.12.0.1/24 dev rump7\naddr add 10.12.0.2/24 dev rump7\n" | ip -batch - && ip -4 -o addr show dev rump7 | wc -l'
	assert_output 3
}

@test "ss: listeners and connections" {
	need nc
	hijack_bg "$RUMP_SCRATCH/server" nc -l 127.0.0.1 7777
	wait_for 20 ss_shows -tlnH '127.0.0.1:7777'
	hijack_bg "$RUMP_SCRATCH/client" sh -c 'exec nc 127.0.0.1 7777 </dev/zero'
	wait_for 20 ss_shows -tnH 'ESTAB.*:7777'
	run_rump ss -uln
	assert_success
}

ss_shows() {
	hijack ss "$1" | grep -q "$2"
}

@test "a netlink socket in C: names, options, members of groups" {
	compile_c nl <<-'EOT'
		#include <errno.h>
		#include <linux/netlink.h>
		#include <linux/rtnetlink.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/socket.h>
		#include <unistd.h>
		int main(void) {
			struct { struct nlmsghdr h; struct rtgenmsg g; } q = {
				{sizeof q, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0}, {AF_UNSPEC}};
			struct sockaddr_nl nl = {.nl_family = AF_NETLINK}, from;
			struct iovec iov = {0};
			struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1};
			static char buf[65536];
			socklen_t len = sizeof nl;
			int n, on = 1, s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
			printf("bind %d\n", bind(s, (void *)&nl, sizeof nl));
			printf("name %d %d %d\n", getsockname(s, (void *)&nl, &len), (int)len, nl.nl_pid == (unsigned)getpid());
			printf("option %d\n", setsockopt(s, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on));
			len = sizeof n;
			printf("domain %d", getsockopt(s, SOL_SOCKET, SO_DOMAIN, &n, &len)); printf(" %d\n", n);
			nl.nl_pid = 0;
			printf("send %d\n", (int)sendto(s, &q, sizeof q, 0, (void *)&nl, sizeof nl) == sizeof q);
			n = (int)recvmsg(s, &m, MSG_PEEK | MSG_TRUNC);
			printf("peek %d from %d %d %d\n", n > 100, from.nl_family, from.nl_pid, (int)m.msg_namelen);
			printf("recv %d\n", (int)recv(s, buf, sizeof buf, 0) == n);
			printf("seq %d\n", ((struct nlmsghdr *)buf)->nlmsg_seq);
			q.h.nlmsg_type = 9999; q.h.nlmsg_flags = NLM_F_REQUEST;
			send(s, &q, sizeof q, 0);
			do
				recv(s, buf, sizeof buf, 0);
			while (((struct nlmsghdr *)buf)->nlmsg_type != NLMSG_ERROR);
			printf("error %d\n", ((struct nlmsgerr *)(buf + NLMSG_HDRLEN))->error == -EOPNOTSUPP);
			nl.nl_pid = 1;
			printf("to another %d\n", (int)sendto(s, &q, sizeof q, 0, (void *)&nl, sizeof nl));
			return 0;
		}
	EOT
	run_tool "$RUMP_SCRATCH/nl"
	host=$output
	run_rump "$RUMP_SCRATCH/nl"
	assert_output "$host"
}

@test "ifconfig: shows and changes" {
	need ifconfig
	run_rump ifconfig rump7
	assert_line --index 0 'rump7: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500'
	assert_line --regexp 'inet 10.9.0.1  netmask 255.255.255.0  broadcast 10.9.0.255'
	assert_line --regexp 'ether 02:00:00:00:00:01'
	assert_line --regexp 'TX packets [0-9]+  bytes [0-9]+'
	run_rump ifconfig rump7 10.9.0.5 netmask 255.255.0.0 mtu 1300
	assert_success
	run_rump ifconfig
	assert_line --regexp 'rump7: .* mtu 1300'
	assert_line --regexp 'inet 10.9.0.5  netmask 255.255.0.0'
	assert_line --regexp '^lo: '
	run_rump ifconfig rump7 down
	run_rump ifconfig
	refute_output --partial rump7
}

@test "route, arp, netstat: what /proc/net tells" {
	need route arp netstat
	run_rump route -n
	assert_line --regexp '^10\.9\.0\.0 +0\.0\.0\.0 +255\.255\.255\.0 +U .* rump7$'
	assert_line --regexp '^0\.0\.0\.0 +10\.9\.0\.254 +0\.0\.0\.0 +UG .* rump7$'
	run_rump netstat -rn
	assert_line --regexp '^0\.0\.0\.0 +10\.9\.0\.254'
	run_rump route -6 -n
	assert_line --regexp 'fe80::/64 .* rump7'
	run_rump ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev rump7
	run_rump arp -n
	assert_line --regexp '^10\.9\.0\.9 +ether +02:00:00:00:00:09 +CM +rump7'
	run_rump netstat -i
	assert_line --regexp '^rump7 +1500'
}

@test "netstat: listeners and connections" {
	need netstat nc
	hijack_bg "$RUMP_SCRATCH/server" nc -l 127.0.0.1 7777
	wait_for 20 netstat_shows -tln '127.0.0.1:7777 .*LISTEN'
	hijack_bg "$RUMP_SCRATCH/client" sh -c 'exec nc 127.0.0.1 7777 </dev/zero'
	wait_for 20 netstat_shows -tn '127.0.0.1:7777 .*ESTABLISHED'
	hijack_bg "$RUMP_SCRATCH/udp" nc -u -l 127.0.0.1 7778
	wait_for 20 netstat_shows -uln '127.0.0.1:7778'
}

netstat_shows() {
	hijack netstat "$1" 2>/dev/null | grep -q "$2"
}

@test "route and arp: changes by ioctl" {
	need route arp
	run_rump route add -net 5.0.0.0 netmask 255.0.0.0 gw 10.9.0.3 dev rump7
	assert_success
	run_rump ip route show 5.0.0.0/8
	assert_output --regexp 'via 10.9.0.3 dev rump7'
	run_rump route del -net 5.0.0.0 netmask 255.0.0.0 dev rump7
	assert_success
	run_rump ip route show 5.0.0.0/8
	assert_output ''
	run_rump route -A inet6 add 2001:db8:5::/48 dev rump7
	assert_success
	run_rump ip -6 route show 2001:db8:5::/48
	assert_output --partial 'dev rump7'
	run_rump arp -i rump7 -s 10.9.0.8 02:00:00:00:00:08
	assert_success
	run_rump ip neigh
	assert_line --regexp '^10.9.0.8 dev rump7 lladdr 02:00:00:00:00:08 PERMANENT'
	run_rump arp -i rump7 -d 10.9.0.8
	assert_success
	run_rump ip neigh
	assert_output ''
}

# Written by its path below the prefix, which the host does not have.
@test "sysctl: settings of the network and of the kernel" {
	need sysctl
	run_rump sysctl -n net.ipv4.ip_forward
	assert_output 0
	run_rump sh -c 'echo 1 >/rump/proc/sys/net/ipv4/ip_forward'
	assert_success
	run_rump sysctl -n net.ipv4.ip_forward net.ipv4.conf.all.forwarding
	assert_output $'1\n1'
	run_rump sh -c 'echo nonsense | tee /rump/proc/sys/net/ipv4/ip_forward; cat /rump/proc/sys/net/ipv4/ip_forward'
	assert_line 1
	run_rump sh -c 'echo fred >/rump/proc/sys/kernel/hostname; cat /rump/proc/sys/kernel/hostname'
	assert_output fred
	run_rump sh -c 'echo x >/rump/proc/sys/kernel/ostype'
	assert_failure
}
