/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets: what is right and wrong to ask of one.  Frames are tests/bats/214's business.
 */
#include <limits.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "socket_help.h"

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room);

static int
packet(int type)
{
	return MUST(socket(AF_PACKET, type | SOCK_NONBLOCK, htons(ETH_P_IP)));
}

static void
say_int(int fd, const char *what, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	if (getsockopt(fd, level, name, &value, &len) != 0)
		SAY("%s: %s", what, strerrorname_np(errno));
	else
		SAY("%s: %d, %u bytes", what, value, len);
}

static void
say_name(int fd)
{
	struct sockaddr_ll ll = {.sll_family = 0};
	socklen_t len = sizeof ll;

	TRY(getsockname(fd, (struct sockaddr *)&ll, &len));
	SAY("family %d protocol %x index %d", ll.sll_family, ntohs(ll.sll_protocol),
	    ll.sll_ifindex);
}

TEST(fresh)
{
	for (int type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
		int fd = packet(type);

		say_int(fd, "domain", SOL_SOCKET, SO_DOMAIN);
		say_int(fd, "type", SOL_SOCKET, SO_TYPE);
		say_int(fd, "error", SOL_SOCKET, SO_ERROR);
		say_int(fd, "auxdata", SOL_PACKET, PACKET_AUXDATA);
		say_int(fd, "version", SOL_PACKET, PACKET_VERSION);
		say_int(fd, "unknown", SOL_PACKET, 999);
		say_name(fd);
		close(fd);
	}
	TRY(socket(AF_PACKET, SOCK_STREAM, 0));
}

TEST(bound)
{
	int fd = packet(SOCK_RAW);
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP)};
	char byte;

	ll.sll_ifindex = (int)if_nametoindex("lo");
	TRY(bind(fd, (struct sockaddr *)&ll, sizeof ll - 4));
	TRY(bind(fd, (struct sockaddr *)&ll, sizeof ll));
	say_name(fd);
	ll.sll_ifindex = 99999;
	TRY(bind(fd, (struct sockaddr *)&ll, sizeof ll));
	TRY(recv(fd, &byte, 1, 0));
	TRY(read(fd, &byte, 1));
	TRY(getpeername(fd, (struct sockaddr *)&ll, &(socklen_t){sizeof ll}));
	close(fd);
}

TEST(send_nowhere)
{
	int fd = packet(SOCK_DGRAM);
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_ifindex = 99999, .sll_halen = 6};

	TRY(sendto(fd, "x", 1, 0, (struct sockaddr *)&ll, sizeof ll));
	TRY(sendto(fd, "x", 1, 0, (struct sockaddr *)&ll, 4));
	close(fd);
}

TEST(options)
{
	int fd = packet(SOCK_RAW), on = 1, version = TPACKET_V2;
	struct packet_mreq r = {
	    .mr_ifindex = (int)if_nametoindex("lo"), .mr_type = PACKET_MR_PROMISC};
	struct tpacket_stats stats = {.tp_packets = 9, .tp_drops = 9};
	socklen_t len = sizeof stats;

	TRY(setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on));
	say_int(fd, "auxdata", SOL_PACKET, PACKET_AUXDATA);
	TRY(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &r, sizeof r));
	TRY(setsockopt(fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &r, sizeof r));
	r.mr_ifindex = 99999;
	TRY(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &r, sizeof r));
	TRY(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &r, 4));
	TRY(getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len));
	SAY("%u %u %u", stats.tp_packets, stats.tp_drops, len);
	TRY(setsockopt(fd, SOL_PACKET, 999, &on, sizeof on));
	on = 2;
	TRY(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on));
	say_int(fd, "ignore outgoing", SOL_PACKET, PACKET_IGNORE_OUTGOING);
	version = TPACKET_V2;
	len = sizeof version;
	TRY(getsockopt(fd, SOL_PACKET, PACKET_HDRLEN, &version, &len));
	SAY("header %d", version);
	close(fd);
}

/* At an address where there is nothing. */
static void
try_nowhere(int fd, int level, int name)
{
	void *nowhere = (void *)16;
	socklen_t len = sizeof(int);
	int value = 0;

	TRY(getsockopt(fd, level, name, nowhere, &len));
	TRY(getsockopt(fd, level, name, &value, nowhere));
	TRY(setsockopt(fd, level, name, nowhere, sizeof value));
}

TEST(options_nowhere)
{
	int fd = packet(SOCK_RAW), netlink = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	socklen_t len = 2;
	short part = 0;

	try_nowhere(fd, SOL_PACKET, PACKET_AUXDATA);
	try_nowhere(fd, SOL_SOCKET, SO_TYPE);
	TRY(getsockopt(fd, SOL_PACKET, PACKET_HDRLEN, (void *)16, &(socklen_t){sizeof(int)}));
	TRY(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, (void *)16, sizeof(struct sock_fprog)));
	try_nowhere(netlink, SOL_NETLINK, NETLINK_EXT_ACK);
	try_nowhere(netlink, SOL_SOCKET, SO_DOMAIN);
	TRY(getsockopt(netlink, SOL_SOCKET, SO_DOMAIN, &part, &len));
	SAY("%d, %u bytes", part, len);
	TRY(getsockopt(netlink, SOL_NETLINK, NETLINK_EXT_ACK, &part, &len));
	close(netlink);
	close(fd);
}

static int
attach(int fd, struct sock_filter *code, size_t n)
{
	struct sock_fprog p = {.len = (unsigned short)n, .filter = code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p);
}

#define ATTACH(...)                                                                                \
	do {                                                                                       \
		struct sock_filter code[] = {__VA_ARGS__};                                         \
		TRY(attach(fd, code, sizeof code / sizeof code[0]));                               \
	} while (0)

TEST(filters)
{
	int fd = packet(SOCK_RAW), on = 0;

	TRY(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
	ATTACH(BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH(BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 1), BPF_STMT(BPF_RET | BPF_K, 100),
	    BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL),
	    BPF_STMT(BPF_RET | BPF_A, 0));
	ATTACH(BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12));
	ATTACH(BPF_JUMP(BPF_JMP | BPF_JA, 5, 0, 0), BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 3), BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH(BPF_STMT(BPF_ST, 16), BPF_STMT(BPF_RET | BPF_K, 0));
	ATTACH({0xfe, 0, 0, 0}, BPF_STMT(BPF_RET | BPF_K, 0));
	TRY(attach(fd, NULL, 0));
	TRY(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, NULL, 0));
	TRY(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
	TRY(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
	close(fd);
}

TEST(ring)
{
	int fd = packet(SOCK_RAW), version = TPACKET_V2, reserve = 64;
	struct tpacket_req r = {
	    .tp_block_size = 4096, .tp_block_nr = 4, .tp_frame_size = 2048, .tp_frame_nr = 8};
	struct tpacket_req none = {.tp_block_nr = 0};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	unsigned *status;
	fd_set in = {0};

	TRY(mmap(NULL, 16384, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	MUST(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version));
	r.tp_frame_nr = 9;
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &r, sizeof r));
	r.tp_frame_nr = 8;
	r.tp_block_size = 4000;
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &r, sizeof r));
	r.tp_block_size = 4096;
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &r, sizeof r));
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &r, sizeof r));
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RESERVE, &reserve, sizeof reserve));
	say_int(fd, "reserve", SOL_PACKET, PACKET_RESERVE);
	status = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	SAY("mapped %d", status != MAP_FAILED);
	SAY("status %u", status != MAP_FAILED ? *status : UINT_MAX);
	TRY(poll(&p, 1, 0));
	TRY(__poll_chk(&p, 1, 0, sizeof p));
	FD_SET(fd, &in);
	TRY(select(fd + 1, &in, NULL, NULL, &(struct timeval){.tv_sec = 0}));
	SAY("unmapped %d", munmap(status, 16384));
	TRY(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &none, sizeof none));
	close(fd);
}

TEST(interface)
{
	int fd = packet(SOCK_DGRAM);
	struct ifreq r = {.ifr_name = "lo"};

	TRY(ioctl(fd, SIOCGIFINDEX, &r));
	TRY(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	TRY(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nowhere", 8));
	close(fd);
}

int
main(void)
{
	return parity_main();
}
