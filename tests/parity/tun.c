/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/net/tun: what may be asked of it, and packets through it.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include "tun_help.h"

#define NEAR "10.9.0.1"
#define FAR  "10.9.0.2"

/* An interface of this kind; its name in `name`. */
static int
make(const char *wanted, int flags, char name[IFNAMSIZ])
{
	int fd = tun_open(O_NONBLOCK);
	struct ifreq r = tun_request(wanted, flags);

	MUST(ioctl(fd, TUNSETIFF, &r));
	memcpy(name, r.ifr_name, IFNAMSIZ);
	return fd;
}

static bool
is_there(const char *name)
{
	return if_nametoindex(name) != 0;
}

static void
configure(const char *name)
{
	tun_set(name, SIOCSIFADDR, NEAR);
	tun_set(name, SIOCSIFNETMASK, "255.255.255.0");
	tun_up(name, true);
}

/* --- what is asked --- */

TEST(before)
{
	int fd = tun_open(0), n = 1;
	char bytes[100] = "E";
	struct ifreq r;

	TRY(read(fd, bytes, sizeof bytes));
	TRY(write(fd, bytes, sizeof bytes));
	TRY(ioctl(fd, TUNGETIFF, &r));
	TRY(ioctl(fd, TUNSETPERSIST, 1));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	TRY(ioctl(fd, TUNGETIFF, tun_nowhere));
	TRY(ioctl(fd, TUNGETFEATURES, tun_nowhere));
	TRY(ioctl(fd, TUNSETIFF, tun_nowhere));
	TRY(ioctl(fd, TUNGETFEATURES, &n));
	SAY("features %x", n & (IFF_TUN | IFF_TAP | IFF_NO_PI | IFF_ONE_QUEUE));
	TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
}

static void
try_interface(const char *name, int flags)
{
	struct ifreq r = tun_request(name, flags);
	int fd = tun_open(0), result = ioctl(fd, TUNSETIFF, &r);

	SAY("'%s' %x: %s '%s'", name, flags, result == 0 ? "0" : strerrorname_np(errno),
	    r.ifr_name);
	close(fd);
}

TEST(names)
{
	char name[IFNAMSIZ];
	int first = make("", IFF_TUN, name), second = make("", IFF_TUN | IFF_NO_PI, name);
	struct ifreq r = tun_request("other", IFF_TUN);

	SAY("%s", name);
	close(first);
	try_interface("", IFF_TUN);
	try_interface("", IFF_TAP);
	try_interface("vpn%d", IFF_TAP);
	try_interface("fifteen_letters", IFF_TUN);
	try_interface("a/b", IFF_TUN);
	try_interface(".", IFF_TUN);
	try_interface("x", 0);
	try_interface("x", IFF_NO_PI);
	try_interface("x", IFF_TUN | IFF_TAP);
	try_interface("lo", IFF_TUN);
	try_interface(name, IFF_TUN);
	try_interface(name, IFF_TAP);
	try_interface(name, IFF_TUN | IFF_TUN_EXCL);
	TRY(ioctl(second, TUNSETIFF, &r));
	TRY(ioctl(second, TUNSETIFF, tun_nowhere));
	SAY("%s is there: %d", name, is_there(name));
	close(second);
	SAY("%s is there: %d", name, is_there(name));
}

static void
about(int fd)
{
	struct ifreq r = {.ifr_flags = 0};

	TRY(ioctl(fd, TUNGETIFF, &r));
	SAY("'%s' %x", r.ifr_name, (unsigned short)r.ifr_flags);
}

TEST(questions)
{
	char name[IFNAMSIZ];
	int fd = make("q0", IFF_TUN | IFF_NO_PI, name), n = 7, zero = 0, tap;
	struct ifreq r;

	about(fd);
	TRY(ioctl(fd, TUNSETPERSIST, 1));
	about(fd);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	SAY("%d", n);
	n = 5000;
	TRY(ioctl(fd, TUNSETSNDBUF, &n));
	TRY(ioctl(fd, TUNSETSNDBUF, &zero));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	SAY("%d", n);
	TRY(ioctl(fd, TUNGETVNETHDRSZ, &n));
	SAY("%d", n);
	TRY(ioctl(fd, TUNSETVNETHDRSZ, &zero));
	TRY(ioctl(fd, TUNSETOFFLOAD, 0));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_TSO4));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO_ECN));
	TRY(ioctl(fd, TUNSETOFFLOAD, 0x4000));
	TRY(ioctl(fd, TUNSETNOCSUM, 1));
	TRY(ioctl(fd, TUNSETDEBUG, 0));
	TRY(ioctl(fd, TUNSETTXFILTER, &n));
	TRY(ioctl(fd, TUNSETOWNER, -1));
	TRY(ioctl(fd, TUNSETIFINDEX, &n));
	TRY(ioctl(fd, _IO('T', 250), 0));
	memset(&r, 0xff, sizeof r);
	TRY(ioctl(fd, SIOCGIFHWADDR, &r));
	SAY("%x", r.ifr_hwaddr.sa_family);
	TRY(ioctl(fd, SIOCSIFHWADDR, &r));
	TRY(ioctl(fd, TUNSETLINK, ARPHRD_PPP));
	tun_up(name, true);
	TRY(ioctl(fd, TUNSETLINK, ARPHRD_NONE));
	r = tun_request(name, 0);
	TRY(tun_configure(SIOCGIFHWADDR, &r));
	SAY("%x", r.ifr_hwaddr.sa_family);
	tap = make("q1", IFF_TAP | IFF_NO_PI, name);
	about(tap);
	TRY(ioctl(tap, SIOCGIFHWADDR, &r));
	memcpy(r.ifr_hwaddr.sa_data, "\2\1\2\3\4\5", 6);
	TRY(ioctl(tap, SIOCSIFHWADDR, &r));
	r = tun_request(name, 0);
	TRY(tun_configure(SIOCGIFHWADDR, &r));
	SAY("%x %x", r.ifr_hwaddr.sa_family, r.ifr_hwaddr.sa_data[5]);
}

TEST(index)
{
	int fd = tun_open(0), n = 4711;
	struct ifreq r = tun_request("i0", IFF_TUN);

	TRY(ioctl(fd, TUNSETIFINDEX, &n));
	MUST(ioctl(fd, TUNSETIFF, &r));
	TRY(if_nametoindex("i0"));
}

/* Flags of an interface as everybody sees them.  That it has no carrier Linux says with some delay.
 */
static void
say_flags(const char *name)
{
	struct ifreq r = tun_request(name, 0);

	if (tun_configure(SIOCGIFFLAGS, &r) != 0)
		SAY("%s: %s", name, strerrorname_np(errno));
	else
		SAY("%s: %x", name, r.ifr_flags & ~IFF_RUNNING & 0xffff);
}

TEST(persistent)
{
	char name[IFNAMSIZ];
	int fd = make("p0", IFF_TUN, name), n = 0;

	TRY(ioctl(fd, TUNSETPERSIST, 1));
	tun_up(name, true);
	say_flags(name);
	close(fd);
	say_flags(name);
	fd = make("p0", IFF_TUN | IFF_NO_PI, name);
	say_flags(name);
	about(fd);
	TRY(ioctl(fd, TUNSETCARRIER, &n));
	say_flags(name);
	try_interface("p0", IFF_TUN);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
	close(fd);
	say_flags(name);
}

static void
as_other_user(const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct ifreq r = tun_request(name, IFF_TUN), made = tun_request("u9", IFF_TUN);
		int fd = tun_open(0);

		MUST(setegid(4711));
		MUST(seteuid(4711));
		TRY(ioctl(fd, TUNSETIFF, &made));
		TRY(ioctl(fd, TUNSETIFF, &r));
		exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

TEST(owners)
{
	char name[IFNAMSIZ];
	int fd = make("u0", IFF_TUN, name);

	MUST(ioctl(fd, TUNSETPERSIST, 1));
	close(fd);
	as_other_user(name);
	fd = make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETOWNER, 4712));
	close(fd);
	as_other_user(name);
	fd = make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETOWNER, 4711));
	close(fd);
	as_other_user(name);
	fd = make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETGROUP, 4712));
	close(fd);
	as_other_user(name);
	fd = make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
}

/* --- packets --- */

/* A datagram from FAR to NEAR. */
static size_t
datagram(uint8_t *packet, int port, const char *text)
{
	struct ip ip = {.ip_v = 4, .ip_hl = 5, .ip_ttl = 64, .ip_p = IPPROTO_UDP};
	struct udphdr udp = {.uh_sport = htons(7), .uh_dport = htons((uint16_t)port)};
	size_t len = strlen(text);

	ip.ip_len = htons((uint16_t)(sizeof ip + sizeof udp + len));
	inet_pton(AF_INET, FAR, &ip.ip_src);
	inet_pton(AF_INET, NEAR, &ip.ip_dst);
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

	inet_pton(AF_INET, FAR, &in.sin_addr);
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
	int fd = make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port);
	uint8_t packet[200];
	size_t n = datagram(packet, port, "one");

	TRY(write(fd, packet, n));
	configure(name);
	TRY(write(fd, packet, n));
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
	int fd = make("", IFF_TUN, name), port, s = receiver(&port);
	uint8_t packet[200];
	struct tun_pi pi = {.proto = htons(ETH_P_IP)}, got;
	struct iovec iov[] = {{&pi, sizeof pi}, {packet, datagram(packet, port, "one")}};

	configure(name);
	TRY(writev(fd, iov, 2));
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
	int fd = make("", IFF_TAP | IFF_NO_PI, name), port, s = receiver(&port);
	int ep = (int)MUST(epoll_create1(0));
	struct epoll_event ev = {.events = EPOLLIN};
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	fd_set set;

	configure(name);
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
	int fd = make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port), pair[2], status;
	struct iovec iov = {.iov_base = name, .iov_len = 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	pid_t pid;

	configure(name);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	if (pid == 0) {
		close(fd);
		MUST(recvmsg(pair[1], &m, 0));
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
		say_sent(fd, 0);
		about(fd);
		exit(0);
	}
	*c = (struct cmsghdr){
	    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	MUST(sendmsg(pair[0], &m, 0));
	close(fd);
	SAY("%d", is_there(name));
	send_to_far(s, "for the child");
	MUST(waitpid(pid, &status, 0));
	close(pair[0]);
	close(pair[1]);
	SAY("%d", is_there(name));
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
	int fd = make("", IFF_TAP | IFF_NO_PI, name);
	ssize_t n;

	configure(name);
	drain(fd);
	memset(f.ether.ether_dhost, 0xff, 6);
	memcpy(f.ether.ether_shost, "\2\0\0\0\0\7", 6);
	memcpy(f.arp.arp_sha, "\2\0\0\0\0\7", 6);
	inet_pton(AF_INET, FAR, f.arp.arp_spa);
	inet_pton(AF_INET, NEAR, f.arp.arp_tpa);
	TRY(write(fd, &f, sizeof f));
	TRY(write(fd, &f, 13));
	do
		n = tun_read(fd, (uint8_t *)&f, sizeof f);
	while (n > 0 && (n != sizeof f || f.arp.ea_hdr.ar_op != htons(ARPOP_REPLY)));
	inet_ntop(AF_INET, f.arp.arp_spa, from, sizeof from);
	SAY("%zd bytes from %s to %x", n, from, f.ether.ether_dhost[5]);
}

/* A program looks on. */
TEST(captured)
{
	char name[IFNAMSIZ];
	int fd = make("", IFF_TUN | IFF_NO_PI, name), port, s = receiver(&port), n;
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	uint8_t packet[200];
	size_t len = datagram(packet, port, "one");
	socklen_t room;

	configure(name);
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
