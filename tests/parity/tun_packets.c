/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets and frames through /dev/net/tun.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <time.h>

#include "tun_help.h"

/* A datagram from TUN_FAR to TUN_NEAR. */
static size_t
datagram(uint8_t *packet, int port, const char *text)
{
	struct ip ip = {.ip_v = 4, .ip_hl = 5, .ip_ttl = 64, .ip_p = IPPROTO_UDP};
	struct udphdr udp = {.uh_sport = htons(7), .uh_dport = htons((uint16_t)port)};
	size_t len = strlen(text);

	ip.ip_len = htons((uint16_t)(sizeof ip + sizeof udp + len));
	inet_pton(AF_INET, TUN_FAR, &ip.ip_src);
	inet_pton(AF_INET, TUN_NEAR, &ip.ip_dst);
	ip.ip_sum = tun_checksum(tun_sum(0, (uint8_t *)&ip, sizeof ip));
	udp.uh_ulen = htons((uint16_t)(sizeof udp + len));
	memcpy(packet, &ip, sizeof ip);
	memcpy(packet + sizeof ip, &udp, sizeof udp);
	memcpy(packet + sizeof ip + sizeof udp, text, len);
	return sizeof ip + sizeof udp + len;
}

static int
receiver(int *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof in;
	int s = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));

	MUST(bind(s, (struct sockaddr *)&in, sizeof in));
	MUST(getsockname(s, (struct sockaddr *)&in, &len));
	*port = ntohs(in.sin_port);
	return s;
}

static void
send_to_far(int s, const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(7)};

	inet_pton(AF_INET, TUN_FAR, &in.sin_addr);
	MUST(sendto(s, text, strlen(text), 0, (struct sockaddr *)&in, sizeof in));
}

/* The next datagram; `before`: bytes before the packet. */
static void
say_sent(int fd, size_t before)
{
	uint8_t packet[2000];
	ssize_t n;

	do
		n = tun_read(fd, packet, sizeof packet);
	while (n > 0 && (packet[before] != 0x45 || packet[before + 9] != IPPROTO_UDP));
	if (n <= 0)
		SAY("nothing");
	else
		SAY("%zd bytes, first %x, text '%.*s'", n, ntohs(*(uint16_t *)packet),
		    (int)n - (int)before - 28, packet + before + 28);
}

TEST(packets)
{
	char name[IFNAMSIZ], text[100] = "";
	int fd = tun_make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port);
	uint8_t packet[200];
	size_t n = datagram(packet, port, "one");

	TRY(write(fd, packet, n));
	tun_begin(name);
	TRY(write(fd, packet, n));
	MUST(poll(&(struct pollfd){.fd = s, .events = POLLIN}, 1, 10000));
	TRY(recv(s, text, sizeof text, MSG_DONTWAIT));
	SAY("%s", text);
	TRY(write(fd, packet, 0));
	TRY(write(fd, tun_nowhere, 100));
	packet[0] = 0x55;
	TRY(write(fd, packet, n));
	send_to_far(s, "two");
	say_sent(fd, 0);
	TRY(lseek(fd, 0, SEEK_SET));
	tun_up(name, false);
	packet[0] = 0x45;
	TRY(write(fd, packet, n));
}

TEST(vectors)
{
	char name[IFNAMSIZ], text[100] = "";
	int fd = tun_make("", IFF_TUN, name), port, s = receiver(&port);
	uint8_t packet[200];
	struct tun_pi pi = {.proto = htons(ETH_P_IP)}, got;
	struct iovec iov[] = {{&pi, sizeof pi}, {packet, datagram(packet, port, "one")}};

	tun_begin(name);
	TRY(writev(fd, iov, 2));
	MUST(poll(&(struct pollfd){.fd = s, .events = POLLIN}, 1, 10000));
	TRY(recv(s, text, sizeof text, MSG_DONTWAIT));
	TRY(writev(fd, iov, 1));
	iov[0].iov_len = 3;
	TRY(writev(fd, iov, 1));
	TRY(writev(fd, iov, tun_less_than_none));
	send_to_far(s, "two");
	say_sent(fd, sizeof pi);
	for (ssize_t n = 1; n > 0;)
		n = read(fd, packet, sizeof packet);
	send_to_far(s, "three");
	MUST(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 10000));
	iov[0] = (struct iovec){&got, sizeof got};
	iov[1].iov_len = 29;
	TRY(readv(fd, iov, 2));
	SAY("protocol %x text '%c'", ntohs(got.proto), packet[28]);
	TRY(read(fd, packet, sizeof packet));
}

/* Takes out what the kernel sends by itself when an interface comes up. */
static void
drain(int fd)
{
	uint8_t packet[2000];

	while (read(fd, packet, sizeof packet) > 0)
		;
}

TEST(waiting)
{
	char name[IFNAMSIZ];
	int fd = tun_make("", IFF_TAP | IFF_NO_PI, name), port, s = receiver(&port);
	int ep = (int)MUST(epoll_create1(0));
	struct epoll_event ev = {.events = EPOLLIN};
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	fd_set set;

	tun_begin(name);
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	drain(fd);
	TRY(poll(&p, 1, 0));
	SAY("%x", p.revents);
	send_to_far(s, "who has it?");
	TRY(epoll_wait(ep, &ev, 1, 10000));
	SAY("%x", ev.events);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	TRY(select(fd + 1, &set, NULL, NULL, NULL));
}

TEST(sharing)
{
	char name[IFNAMSIZ], control[CMSG_SPACE(sizeof(int))];
	int fd = tun_make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port), pair[2],
	    status;
	struct iovec iov = {.iov_base = name, .iov_len = 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	pid_t pid;

	tun_begin(name);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	if (pid == 0) {
		close(fd);
		MUST(recvmsg(pair[1], &m, 0));
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
		say_sent(fd, 0);
		tun_about(fd);
		exit(0);
	}
	*c = (struct cmsghdr){
	    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	MUST(sendmsg(pair[0], &m, 0));
	close(fd);
	SAY("%d", tun_is_there(name));
	send_to_far(s, "for the child");
	MUST(waitpid(pid, &status, 0));
	close(pair[0]);
	close(pair[1]);
	SAY("%d", tun_is_there(name));
}

TEST(frames)
{
	struct {
		struct ether_header ether;
		struct ether_arp arp;
	} __attribute__((packed)) f = {.ether = {.ether_type = htons(ETHERTYPE_ARP)},
	    .arp = {.ea_hdr = {.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETHERTYPE_IP),
			.ar_hln = 6,
			.ar_pln = 4,
			.ar_op = htons(ARPOP_REQUEST)}}};
	char name[IFNAMSIZ], from[INET_ADDRSTRLEN];
	int fd = tun_make("", IFF_TAP | IFF_NO_PI, name);
	ssize_t n;

	tun_begin(name);
	drain(fd);
	memset(f.ether.ether_dhost, 0xff, 6);
	memcpy(f.ether.ether_shost, "\2\0\0\0\0\7", 6);
	memcpy(f.arp.arp_sha, "\2\0\0\0\0\7", 6);
	inet_pton(AF_INET, TUN_FAR, f.arp.arp_spa);
	inet_pton(AF_INET, TUN_NEAR, f.arp.arp_tpa);
	TRY(write(fd, &f, sizeof f));
	TRY(write(fd, &f, 13));
	do
		n = tun_read(fd, (uint8_t *)&f, sizeof f);
	while (n > 0 && (n != sizeof f || f.arp.ea_hdr.ar_op != htons(ARPOP_REPLY)));
	inet_ntop(AF_INET, f.arp.arp_spa, from, sizeof from);
	SAY("%zd bytes from %s to %x", n, from, f.ether.ether_dhost[5]);
}

static bool
is_recent(time_t when)
{
	return when > time(NULL) - 20 && when <= time(NULL);
}

/* The time beside a frame. */
static time_t
time_beside(struct msghdr *m)
{
	struct timespec ts = {0};
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&ts, CMSG_DATA(c), sizeof ts);
	return ts.tv_sec;
}

/* When a frame came. */
TEST(when)
{
	char name[IFNAMSIZ], control[200];
	int fd = tun_make("", IFF_TUN | IFF_NO_PI, name), port, p, on = 1;
	uint8_t packet[200];
	struct iovec iov = {packet, sizeof packet};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct timespec ts;
	struct timeval tv;
	size_t len;

	close(receiver(&port));
	len = datagram(packet, port, "one");
	tun_begin(name);
	p = (int)MUST(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)));
	TRY(ioctl(p, SIOCGSTAMP, &tv));
	MUST(write(fd, packet, len));
	TRY(recv(p, packet, sizeof packet, 0));
	TRY(ioctl(p, SIOCGSTAMP, &tv));
	TRY(ioctl(p, SIOCGSTAMPNS, &ts));
	SAY("%d, %d, %d", is_recent(tv.tv_sec), tv.tv_sec == ts.tv_sec,
	    tv.tv_usec == ts.tv_nsec / 1000);
	TRY(ioctl(p, SIOCGSTAMPNS, tun_nowhere));
	TRY(setsockopt(p, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
	MUST(write(fd, packet, len));
	TRY(recvmsg(p, &m, 0));
	SAY("%d", is_recent(time_beside(&m)));
}

/* A ping from TUN_FAR. */
TEST(echo)
{
	struct ip ip = {
	    .ip_v = 4, .ip_hl = 5, .ip_ttl = 9, .ip_p = IPPROTO_ICMP, .ip_len = htons(36)};
	uint8_t icmp[16] = {8, 0, 0, 0, 0, 7, 0, 1, 'p', 'i', 'n', 'g'}, packet[2000];
	char name[IFNAMSIZ];
	int fd = tun_make("", IFF_TUN | IFF_NO_PI, name);
	uint16_t sum = tun_checksum(tun_sum(0, icmp, sizeof icmp));
	ssize_t n;

	tun_begin(name);
	inet_pton(AF_INET, TUN_FAR, &ip.ip_src);
	inet_pton(AF_INET, TUN_NEAR, &ip.ip_dst);
	ip.ip_sum = tun_checksum(tun_sum(0, (uint8_t *)&ip, sizeof ip));
	memcpy(icmp + 2, &sum, sizeof sum);
	memcpy(packet, &ip, sizeof ip);
	memcpy(packet + sizeof ip, icmp, sizeof icmp);
	TRY(write(fd, packet, 36));
	do
		n = tun_read(fd, packet, sizeof packet);
	while (n > 0 && (packet[0] != 0x45 || packet[9] != IPPROTO_ICMP));
	SAY("%zd bytes, %d hops, type %d, '%.4s'", n, packet[8], packet[20], packet + 28);
	SAY("header %x", tun_checksum(tun_sum(0, packet, sizeof ip)));
}

/* A program looks on. */
TEST(captured)
{
	char name[IFNAMSIZ];
	int fd = tun_make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port), n;
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	uint8_t packet[200];
	size_t len = datagram(packet, port, "one");
	socklen_t room;

	tun_begin(name);
	ll.sll_ifindex = (int)if_nametoindex(name);
	for (int type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
		int p = (int)MUST(socket(AF_PACKET, type, htons(ETH_P_IP)));

		MUST(bind(p, (struct sockaddr *)&ll, sizeof ll));
		MUST(write(fd, packet, len));
		room = sizeof ll;
		n = (int)recvfrom(p, packet, sizeof packet, 0, (struct sockaddr *)&ll, &room);
		SAY("%d bytes, first %x, type %x, kind %d, address %d", n, packet[0], ll.sll_hatype,
		    ll.sll_pkttype, ll.sll_halen);
		close(p);
	}
	n = (int)MUST(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)));
	drain(fd);
	TRY(sendto(n, packet, len, 0, (struct sockaddr *)&ll, sizeof ll));
	say_sent(fd, 0);
	close(s);
}

int
main(void)
{
	return parity_main();
}
