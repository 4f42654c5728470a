/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces as programs list them: the loopback interface, which both kernels have. */
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "socket_help.h"

static void
say_sockaddr(const char *what, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN];
	const struct sockaddr_ll *ll = (const void *)sa;

	if (sa == NULL)
		SAY("  %s none", what);
	else if (sa->sa_family == AF_INET)
		SAY("  %s %s", what,
		    inet_ntop(
			AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, text, sizeof text));
	else if (sa->sa_family == AF_INET6)
		SAY("  %s %s scope %u", what,
		    inet_ntop(
			AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, text, sizeof text),
		    ((const struct sockaddr_in6 *)sa)->sin6_scope_id);
	else
		SAY("  %s family %d index %d type %d, %d bytes %02x:%02x", what, sa->sa_family,
		    ll->sll_ifindex, ll->sll_hatype, ll->sll_halen, ll->sll_addr[0],
		    ll->sll_addr[5]);
}

TEST(list)
{
	struct ifaddrs *all = NULL;

	TRY(getifaddrs(&all));
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if (strcmp(i->ifa_name, "lo") != 0)
			continue;
		SAY("%s flags %x data %d", i->ifa_name, i->ifa_flags, i->ifa_data != NULL);
		say_sockaddr("address", i->ifa_addr);
		say_sockaddr("netmask", i->ifa_netmask);
		say_sockaddr("broadcast", i->ifa_broadaddr);
	}
	freeifaddrs(all);
}

TEST(names_and_numbers)
{
	char name[IF_NAMESIZE] = "";
	struct if_nameindex *all;

	TRY(if_nametoindex("lo"));
	SAY("%u %s", if_nametoindex("no-such"), strerrorname_np(errno));
	SAY("%u %s", if_nametoindex("a name that is much too long"), strerrorname_np(errno));
	SAY("%s %s", if_indextoname(1, name) == NULL ? "none" : "found", name);
	errno = 0;
	SAY("%d %s", if_indextoname(7777, name) == NULL, strerrorname_np(errno));
	all = if_nameindex();
	for (struct if_nameindex *i = all; i != NULL && i->if_index != 0; i++)
		if (i->if_index == 1)
			SAY("first is %s", i->if_name);
	if_freenameindex(all);
}

static void
ask(int fd, const char *what, unsigned long request, const char *name)
{
	struct ifreq r;
	const unsigned char *p = (const void *)&r.ifr_ifru;

	memset(&r, 0, sizeof r);
	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	if (ioctl(fd, request, &r) != 0)
		SAY("%s of %s: %s", what, name, strerrorname_np(errno));
	else
		SAY("%s of %s: %02x%02x%02x%02x %02x%02x%02x%02x %02x%02x%02x%02x %02x%02x%02x%02x",
		    what, r.ifr_name, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9],
		    p[10], p[11], p[12], p[13], p[14], p[15]);
}

static void
ask_all(int fd, const char *name)
{
	ask(fd, "index", SIOCGIFINDEX, name);
	ask(fd, "flags", SIOCGIFFLAGS, name);
	ask(fd, "address", SIOCGIFADDR, name);
	ask(fd, "netmask", SIOCGIFNETMASK, name);
	ask(fd, "broadcast", SIOCGIFBRDADDR, name);
	ask(fd, "peer", SIOCGIFDSTADDR, name);
	ask(fd, "mtu", SIOCGIFMTU, name);
	ask(fd, "metric", SIOCGIFMETRIC, name);
	ask(fd, "hardware", SIOCGIFHWADDR, name);
	ask(fd, "queue", SIOCGIFTXQLEN, name);
	ask(fd, "map", SIOCGIFMAP, name);
}

TEST(requests)
{
	ask_all(MUST(socket(AF_INET, SOCK_DGRAM, 0)), "lo");
	ask_all(tcp(AF_INET), "no-such");
	ask(MUST(socket(AF_INET6, SOCK_DGRAM, 0)), "mtu", SIOCGIFMTU, "lo");
}

TEST(by_number)
{
	struct ifreq r = {.ifr_ifindex = 1};
	int s = tcp(AF_INET);

	TRY(ioctl(s, SIOCGIFNAME, &r));
	SAY("%s", r.ifr_name);
	r.ifr_ifindex = 7777;
	TRY(ioctl(s, SIOCGIFNAME, &r));
	TRY(ioctl(s, 0x89ff, &r));
}

TEST(configuration)
{
	struct ifreq r[64];
	struct ifconf c = {.ifc_len = sizeof r, .ifc_req = r};
	int s = tcp(AF_INET);

	TRY(ioctl(s, SIOCGIFCONF, &c));
	SAY("whole entries: %d", c.ifc_len % sizeof r[0] == 0);
	SAY("first is %s", r[0].ifr_name);
	say_sockaddr("at", &r[0].ifr_addr);
	c.ifc_len = sizeof r[0] - 1;
	TRY(ioctl(s, SIOCGIFCONF, &c));
	SAY("no room: %d", c.ifc_len);
	c.ifc_req = NULL;
	TRY(ioctl(s, SIOCGIFCONF, &c));
	SAY("needs some: %d", c.ifc_len >= (int)sizeof r[0]);
}

TEST(of_no_right)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_mtu = 1500};
	int s = tcp(AF_INET);

	/* Whoever runs the kernel has all rights there. */
	MUST(setuid(65534));
	TRY(ioctl(s, SIOCSIFMTU, &r));
	TRY(ioctl(s, SIOCGIFMTU, &r));
}

int
main(void)
{
	return parity_main();
}
