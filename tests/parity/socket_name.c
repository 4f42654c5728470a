/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: what both ends of a connection, and bound sockets, are called. */
#include "socket_help.h"

/* Binds to `own` (unless NULL), connects to `dest` at the listener's port and tells all names. */
static void
names(const char *listen_at, const char *own, const char *dest)
{
	struct addr at, to, from = {.len = 0}, x, accepted = {.len = sizeof accepted.ss};
	int l = listener(listen_at, 5, &at), s, c, port = addr_port(&at);

	SAY("--- %s <- %s to %s", listen_at, own == NULL ? "unbound" : own, dest);
	say_addr("listener", &at, 0);
	to = addr_of(dest, port);
	s = tcp(to.ss.ss_family);
	if (own != NULL) {
		from = addr_of(own, 0);
		MUST(bind(s, SA(from)));
		x = own_addr(s);
		say_addr("bound", &x, port);
	}
	if (TRY(connect(s, SA(to))) != 0)
		return;
	c = MUST(accept(l, (struct sockaddr *)&accepted.ss, &accepted.len));
	say_addr("accept said", &accepted, port);
	x = own_addr(s);
	say_addr("connector own", &x, port);
	SAY("accept agrees %d", addr_port(&x) == addr_port(&accepted));
	x = peer_addr(s);
	say_addr("connector peer", &x, port);
	x = own_addr(c);
	say_addr("accepted own", &x, port);
	x = peer_addr(c);
	say_addr("accepted peer", &x, port);
	close(s);
	x = own_addr(c);
	say_addr("accepted own, peer closed", &x, port);
}

TEST(plain)
{
	names("127.0.0.1", NULL, "127.0.0.1");
	names("127.0.0.1", NULL, "0.0.0.0");
	names("127.0.0.9", NULL, "127.0.0.9");
	names("::1", NULL, "::1");
	names("::1", NULL, "::");
}

TEST(wildcard)
{
	names("0.0.0.0", NULL, "127.0.0.1");
	names("0.0.0.0", NULL, "127.0.0.7");
	names("0.0.0.0", NULL, "0.0.0.0");
	names("::", NULL, "::1");
	names("::", NULL, "127.0.0.3");
	names("::", NULL, "::ffff:127.0.0.4");
}

TEST(mapped)
{
	names("::ffff:127.0.0.1", NULL, "127.0.0.1");
	names("::ffff:127.0.0.1", NULL, "::ffff:127.0.0.1");
	names("127.0.0.1", NULL, "::ffff:127.0.0.1");
	names("::ffff:0.0.0.0", NULL, "127.0.0.2");
}

TEST(bound_connector)
{
	names("127.0.0.1", "127.0.0.1", "127.0.0.1");
	names("127.0.0.1", "127.0.0.5", "127.0.0.1");
	names("127.0.0.1", "0.0.0.0", "127.0.0.1");
	names("0.0.0.0", "0.0.0.0", "127.0.0.8");
	names("0.0.0.0", "127.0.0.5", "127.0.0.8");
	names("::", "::", "::1");
	names("::", "127.0.0.5", "127.0.0.8");
	names("::", "::1", "::1");
}

TEST(v6only)
{
	struct addr any6 = addr_of("::", 0), any4, to;
	int s = tcp(AF_INET6), on = 1, t = tcp(AF_INET);

	TRY(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
	TRY(bind(s, SA(any6)));
	TRY(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
	any6 = own_addr(s);
	any4 = addr_of("0.0.0.0", addr_port(&any6));
	TRY(listen(s, 5));
	to = addr_of("127.0.0.1", addr_port(&any6));
	TRY(connect(tcp(AF_INET), SA(to)));
	TRY(bind(t, SA(any4)));
	TRY(listen(t, 5));
	TRY(connect(tcp(AF_INET), SA(to)));
	to = addr_of("::1", addr_port(&any6));
	TRY(connect(tcp(AF_INET6), SA(to)));
	SAY("v4 got one: %d, v6 got one: %d", events_of(t, POLLIN, 1000),
	    events_of(s, POLLIN, 1000));
	s = tcp(AF_INET6);
	MUST(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
	to = addr_of("::ffff:127.0.0.1", addr_port(&any6));
	TRY(connect(s, SA(to)));
	TRY(bind(s, SA(to)));
}

/* Who gets the connection when several listen on one port. */
TEST(most_specific)
{
	static const char *const at[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3"};
	struct addr a, to;
	int l[4], on = 1, port;

	l[0] = listener("127.0.0.1", 5, &a);
	port = addr_port(&a);
	for (int i = 1; i < 3; i++) {
		a = addr_of(i == 1 ? "127.0.0.2" : "::1", port);
		l[i] = tcp(a.ss.ss_family);
		MUST(setsockopt(l[i], SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
		TRY(bind(l[i], SA(a)));
		TRY(listen(l[i], 5));
	}
	for (int i = 0; i < 3; i++) {
		to = addr_of(at[i], port);
		TRY(connect(tcp(AF_INET), SA(to)));
		for (int k = 0; k < 3; k++) {
			if (events_of(l[k], POLLIN, 50)) {
				SAY("%s: listener %d", at[i], k);
				close(MUST(accept(l[k], NULL, NULL)));
			}
		}
	}
}

TEST(listen_unbound)
{
	struct addr a;
	int l = tcp(AF_INET), l6 = tcp(AF_INET6);

	TRY(listen(l, 5));
	a = own_addr(l);
	say_addr("own", &a, 0);
	TRY(listen(l6, 5));
	a = own_addr(l6);
	say_addr("own", &a, 0);
}

TEST(names_short_buffer)
{
	struct addr a = {.len = 3};
	int p[2];

	tcp_pair(p);
	TRY(getpeername(p[0], (struct sockaddr *)&a.ss, &a.len));
	SAY("length %u family %d", a.len, a.ss.ss_family);
	a.len = 0;
	TRY(getsockname(p[1], (struct sockaddr *)&a.ss, &a.len));
	SAY("length %u", a.len);
}

TEST(recvfrom_tells_no_address)
{
	struct addr a = {.len = sizeof a.ss};
	struct msghdr m = {.msg_name = &a.ss, .msg_namelen = sizeof a.ss};
	char c;
	struct iovec iov = {&c, 1};
	int p[2];

	tcp_pair(p);
	MUST(write(p[0], "ab", 2));
	TRY(recvfrom(p[1], &c, 1, 0, (struct sockaddr *)&a.ss, &a.len));
	SAY("length %u", a.len);
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	TRY(recvmsg(p[1], &m, 0));
	SAY("length %u", m.msg_namelen);
}

int
main(void)
{
	return parity_main();
}
