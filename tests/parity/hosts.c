/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of hosts and addresses, as far as no server is asked. */
#include <netdb.h>

#include "socket_help.h"

static void
say_list(const char *what, int error, struct addrinfo *list)
{
	char node[100], service[40];

	SAY("%s: %s", what, error == 0 ? "found" : gai_strerror(error));
	for (struct addrinfo *a = error == 0 ? list : NULL; a != NULL; a = a->ai_next) {
		TRY(getnameinfo(a->ai_addr, a->ai_addrlen, node, sizeof node, service,
		    sizeof service, NI_NUMERICHOST | NI_NUMERICSERV));
		SAY("  family %d type %d protocol %d %s %s %s", a->ai_family, a->ai_socktype,
		    a->ai_protocol, node, service, a->ai_canonname ? a->ai_canonname : "-");
	}
	if (error == 0)
		freeaddrinfo(list);
}

static void
look_up(const char *node, const char *service, int family, int type, int flags)
{
	struct addrinfo hints = {.ai_family = family, .ai_socktype = type, .ai_flags = flags},
			*list;
	char what[200];
	int error = getaddrinfo(node, service, &hints, &list);

	snprintf(what, sizeof what, "%s %s %d %d %x", node ? node : "-", service ? service : "-",
	    family, type, flags);
	say_list(what, error, list);
}

TEST(addresses)
{
	look_up("127.0.0.1", "80", AF_UNSPEC, 0, 0);
	look_up("127.0.0.1", "http", AF_INET, SOCK_STREAM, AI_CANONNAME);
	look_up("::1", NULL, AF_UNSPEC, SOCK_DGRAM, 0);
	look_up(NULL, "80", AF_UNSPEC, SOCK_STREAM, AI_PASSIVE);
	look_up(NULL, "80", AF_INET6, SOCK_STREAM, 0);
	look_up("10.1.2.3", "1", AF_INET6, SOCK_STREAM, AI_V4MAPPED);
	look_up("10.1.2.3", "1", AF_INET6, SOCK_STREAM, 0);
	look_up("127.1", "1", AF_INET, SOCK_STREAM, AI_NUMERICHOST);
	look_up("name", "1", AF_INET, SOCK_STREAM, AI_NUMERICHOST);
	look_up("127.0.0.1", "no-such-service", AF_INET, SOCK_STREAM, 0);
	look_up("127.0.0.1", "http", AF_INET, SOCK_STREAM, AI_NUMERICSERV);
	look_up("127.0.0.1", "1", 77, 0, 0);
	look_up(NULL, NULL, AF_UNSPEC, 0, 0);
	look_up("127.0.0.1", "1", AF_UNSPEC, 0, 0x40000000);
}

TEST(localhost)
{
	look_up("localhost", "1", AF_INET, SOCK_STREAM, 0);
}

static void
name_of(struct addr a, int flags)
{
	char node[100] = "-", service[40] = "-";
	int error = getnameinfo(SA(a), node, sizeof node, service, sizeof service, flags);

	SAY("%x: %s %s %s", flags, error == 0 ? "found" : gai_strerror(error), node, service);
}

TEST(names)
{
	char tiny[2];
	struct addr a = addr_of("127.0.0.1", 80);

	name_of(a, NI_NUMERICHOST);
	name_of(a, NI_NUMERICHOST | NI_DGRAM | NI_NUMERICSERV);
	name_of(a, 0);
	name_of(addr_of("10.255.254.253", 80), NI_NUMERICHOST | NI_NAMEREQD);
	SAY("%s", gai_strerror(getnameinfo(SA(a), tiny, sizeof tiny, NULL, 0, NI_NUMERICHOST)));
	SAY("%s", gai_strerror(getnameinfo(SA(a), NULL, 0, NULL, 0, 0)));
	a.len = 4;
	name_of(a, NI_NUMERICHOST);
}

static void
say_entry(const char *what, const struct hostent *h)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (h == NULL) {
		SAY("%s: %s", what, hstrerror(h_errno));
		return;
	}
	inet_ntop(h->h_addrtype, h->h_addr_list[0], text, sizeof text);
	SAY("%s: %s type %d length %d %s", what, h->h_name, h->h_addrtype, h->h_length, text);
}

TEST(entries)
{
	struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
	struct hostent h, *found;
	char buf[1024], little[8];
	int error;

	say_entry("name", gethostbyname("127.0.0.1"));
	say_entry("localhost", gethostbyname("localhost"));
	say_entry("name2", gethostbyname2("::1", AF_INET6));
	say_entry("address", gethostbyaddr(&loopback, sizeof loopback, AF_INET));
	TRY(gethostbyname_r("127.0.0.1", &h, buf, sizeof buf, &found, &error));
	say_entry("name_r", found);
	TRY(gethostbyname2_r("127.0.0.1", AF_INET, &h, buf, sizeof buf, &found, &error));
	say_entry("name2_r", found);
	TRY(gethostbyaddr_r(
	    &loopback, sizeof loopback, AF_INET, &h, buf, sizeof buf, &found, &error));
	say_entry("address_r", found);
	TRY(gethostbyname_r("localhost", &h, little, sizeof little, &found, &error));
	SAY("none: %d", found == NULL);
}

int
main(void)
{
	return parity_main();
}
