/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parity programs about sockets share.  Ports are chosen by the kernel and never printed.
 */
#ifndef TESTS_PARITY_SOCKET_HELP_H
#define TESTS_PARITY_SOCKET_HELP_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "parity.h"

/* An address of either family by its text. */
struct addr {
	struct sockaddr_storage ss;
	socklen_t len;
};

static inline struct addr
addr_of(const char *text, int port)
{
	struct addr a = {.len = 0};
	struct sockaddr_in *in = (struct sockaddr_in *)&a.ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.ss;

	if (strchr(text, ':') != NULL) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		a.len = sizeof *in6;
	} else {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		inet_pton(AF_INET, text, &in->sin_addr);
		a.len = sizeof *in;
	}
	return a;
}

static inline int
addr_port(const struct addr *a)
{
	return ntohs(((const struct sockaddr_in *)&a->ss)->sin_port);
}

#define SA(a) ((struct sockaddr *)&(a).ss), (a).len

/* Family, text and, in words, the port. */
static inline void
say_addr(const char *what, const struct addr *a, int known_port)
{
	char text[INET6_ADDRSTRLEN] = "?";
	int port = addr_port(a);

	if (a->len == 0) {
		SAY("%s: no address", what);
		return;
	}
	if (a->ss.ss_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)&a->ss)->sin_addr, text, sizeof text);
	else if (a->ss.ss_family == AF_INET6)
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&a->ss)->sin6_addr, text, sizeof text);
	SAY("%s: family %d len %u %s port %s", what, a->ss.ss_family, a->len, text,
	    port == 0            ? "0"
	    : port == known_port ? "known"
	    : port >= 32768      ? "ephemeral"
				 : "other");
}

static inline struct addr
own_addr(int fd)
{
	struct addr a = {.len = sizeof a.ss};

	if (getsockname(fd, (struct sockaddr *)&a.ss, &a.len) != 0) {
		SAY("getsockname: %s", strerrorname_np(errno));
		a.len = 0;
	}
	return a;
}

static inline struct addr
peer_addr(int fd)
{
	struct addr a = {.len = sizeof a.ss};

	if (getpeername(fd, (struct sockaddr *)&a.ss, &a.len) != 0) {
		SAY("getpeername: %s", strerrorname_np(errno));
		a.len = 0;
	}
	return a;
}

static inline int
tcp(int family)
{
	return MUST(socket(family, SOCK_STREAM, 0));
}

/* A listener on any port of the address; *ret is where it listens. */
static inline int
listener(const char *text, int backlog, struct addr *ret)
{
	struct addr a = addr_of(text, 0);
	int fd = tcp(a.ss.ss_family), on = 1;

	MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
	MUST(bind(fd, SA(a)));
	MUST(listen(fd, backlog));
	*ret = own_addr(fd);
	return fd;
}

/* A connected pair over loopback: pair[0] connected, pair[1] accepted. */
static inline void
tcp_pair(int pair[2])
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);

	pair[0] = tcp(AF_INET);
	MUST(connect(pair[0], SA(a)));
	pair[1] = MUST(accept(l, NULL, NULL));
	close(l);
}

/* A port on which nobody listens. */
static inline struct addr
closed_port(const char *text)
{
	struct addr a;
	int fd = listener(text, 1, &a);

	close(fd);
	return a;
}

static inline void
nonblock(int fd)
{
	MUST(fcntl(fd, F_SETFL, MUST(fcntl(fd, F_GETFL)) | O_NONBLOCK));
}

/* Events as poll shows them within ms. */
static inline int
events_of(int fd, short events, int ms)
{
	struct pollfd p = {.fd = fd, .events = events};

	return poll(&p, 1, ms) > 0 ? p.revents : 0;
}

/* What was sent within this machine is there at once, but where it has to go through the rump
 * kernel's stack: there tests/parity/run says for how many ms to wait. */
static inline void
await_input(int fd)
{
	const char *ms = getenv("PARITY_PATIENCE");

	if (ms != NULL)
		(void)events_of(fd, POLLIN, atoi(ms));
}

static inline void
say_events(const char *what, int e)
{
	SAY("%s:%s%s%s%s%s%s", what, e & POLLIN ? " IN" : "", e & POLLOUT ? " OUT" : "",
	    e & POLLPRI ? " PRI" : "", e & POLLRDHUP ? " RDHUP" : "", e & POLLHUP ? " HUP" : "",
	    e & POLLERR ? " ERR" : "");
}

static inline void
say_so_error(int fd)
{
	int error = -1;
	socklen_t len = sizeof error;

	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	SAY("SO_ERROR %s", error == 0 ? "0" : strerrorname_np(error));
}

#endif
