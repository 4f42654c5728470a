/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may bind and listen on an address that is in use. */
#include "socket_help.h"

#define ADDR 1 /* SO_REUSEADDR */
#define PORT 2 /* SO_REUSEPORT */
#define V6   4 /* IPV6_V6ONLY */

static int
made(const char *text, int options)
{
	int fd = tcp(strchr(text, ':') == NULL ? AF_INET : AF_INET6), on = 1;

	if (options & ADDR)
		MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	if (options & PORT)
		MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
	if (options & V6)
		MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
	return fd;
}

/* Binds one, then the other on the same port; then makes both listen. */
static void
both(const char *first, int first_options, const char *second, int second_options)
{
	struct addr a = addr_of(first, 0), b;
	int x = made(first, first_options), y = made(second, second_options);

	MUST(bind(x, SA(a)));
	a = own_addr(x);
	b = addr_of(second, addr_port(&a));
	SAY("--- %s (%d), %s (%d)", first, first_options, second, second_options);
	if (TRY(bind(y, SA(b))) == 0) {
		TRY(listen(x, 5));
		TRY(listen(y, 5));
	}
	close(x);
	close(y);
}

TEST(same_address)
{
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++)
			both("127.0.0.1", i, "127.0.0.1", k);
}

TEST(wildcards)
{
	both("0.0.0.0", 0, "127.0.0.1", 0);
	both("127.0.0.1", 0, "0.0.0.0", 0);
	both("0.0.0.0", ADDR, "127.0.0.1", ADDR);
	both("0.0.0.0", PORT, "127.0.0.1", PORT);
	both("127.0.0.1", 0, "127.0.0.2", 0);
	both("::", 0, "127.0.0.1", 0);
	both("::", V6, "127.0.0.1", 0);
	both("::", V6, "0.0.0.0", 0);
	both("::", 0, "0.0.0.0", 0);
	both("::", ADDR, "0.0.0.0", ADDR);
	both("0.0.0.0", 0, "::", 0);
	both("0.0.0.0", 0, "::", V6);
	both("::1", 0, "127.0.0.1", 0);
	both("::1", 0, "::", 0);
	both("::ffff:127.0.0.1", 0, "127.0.0.1", 0);
	both("::ffff:127.0.0.1", 0, "::", V6);
}

TEST(while_listening)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s;

	s = made("127.0.0.1", ADDR);
	TRY(bind(s, SA(a)));
	s = made("127.0.0.1", 0);
	TRY(bind(s, SA(a)));
	close(l);
	s = made("127.0.0.1", ADDR);
	TRY(bind(s, SA(a)));
	TRY(listen(s, 5));
}

/* A connection that came from it keeps the port, for those without SO_REUSEADDR. */
TEST(while_connected)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), c = tcp(AF_INET), s;

	MUST(connect(c, SA(a)));
	MUST(accept(l, NULL, NULL));
	close(l);
	s = made("127.0.0.1", 0);
	TRY(bind(s, SA(a)));
	s = made("127.0.0.1", ADDR);
	TRY(bind(s, SA(a)));
	TRY(listen(s, 5));
}

TEST(connectors_port)
{
	struct addr a, own;
	int l = listener("127.0.0.1", 5, &a), c = tcp(AF_INET), s = made("127.0.0.1", 0);

	(void)l;
	MUST(connect(c, SA(a)));
	own = own_addr(c);
	TRY(bind(s, SA(own)));
}

TEST(free_at_once)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int s = made("127.0.0.1", 0);

	MUST(bind(s, SA(a)));
	a = own_addr(s);
	for (int i = 0; i < 3; i++) {
		close(s);
		s = made("127.0.0.1", 0);
		TRY(bind(s, SA(a)));
		TRY(listen(s, 1));
	}
}

TEST(spread)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int l[2], got[2] = {0, 0}, c;

	l[0] = made("127.0.0.1", PORT);
	MUST(bind(l[0], SA(a)));
	a = own_addr(l[0]);
	l[1] = made("127.0.0.1", PORT);
	TRY(bind(l[1], SA(a)));
	for (int i = 0; i < 2; i++) {
		TRY(listen(l[i], 100));
		nonblock(l[i]);
	}
	for (int i = 0; i < 60; i++)
		MUST(connect(tcp(AF_INET), SA(a)));
	for (int i = 0; i < 2; i++)
		while ((c = accept(l[i], NULL, NULL)) >= 0)
			got[i]++;
	SAY("sum %d, both %d", got[0] + got[1], got[0] > 5 && got[1] > 5);
	close(l[0]);
	for (int i = 0; i < 4; i++)
		TRY(connect(tcp(AF_INET), SA(a)));
}

TEST(autobind_many)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int ports[50], fd[50], twice = 0;

	for (int i = 0; i < 50; i++) {
		struct addr own;

		fd[i] = tcp(AF_INET);
		MUST(bind(fd[i], SA(a)));
		own = own_addr(fd[i]);
		ports[i] = addr_port(&own);
		for (int k = 0; k < i; k++)
			twice += ports[k] == ports[i];
	}
	SAY("twice %d", twice);
}

int
main(void)
{
	return parity_main();
}
