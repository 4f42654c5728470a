/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printers of structures, with C's field names.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "trace/peek.h"
#include "trace/print.h"
#include "trace/xlat.h"

#define ITEMS_MAX 8

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

void
print_stat(struct line *out, const struct printed *v)
{
	struct stat st;

	if (v->value == 0 || !peek(v->value, &st, sizeof st)) {
		print_addr(out, v);
		return;
	}
	line_str(out, "{st_mode=");
	print_mode(out, &(struct printed){.value = st.st_mode});
	line_str(out, ", st_size=");
	line_int(out, st.st_size);
	line_str(out, ", ...}");
}

static void
put_timespec(struct line *out, const struct timespec *ts)
{
	line_str(out, "{tv_sec=");
	line_int(out, ts->tv_sec);
	line_str(out, ", tv_nsec=");
	line_name(out, xlat_utime, (uint64_t)ts->tv_nsec);
	line_char(out, '}');
}

/* One, or the two of utimensat(). */
void
print_timespec(struct line *out, const struct printed *v)
{
	struct timespec ts[2];
	bool pair = v->len == sizeof ts;

	if (v->value == 0 || !peek(v->value, ts, pair ? sizeof ts : sizeof ts[0])) {
		print_addr(out, v);
		return;
	}
	line_str(out, pair ? "[" : "");
	put_timespec(out, &ts[0]);
	if (pair) {
		line_str(out, ", ");
		put_timespec(out, &ts[1]);
		line_char(out, ']');
	}
}

static void
put_in(struct line *out, const union address *a, size_t len)
{
	char text[INET_ADDRSTRLEN];

	(void)len;
	line_str(out, ", sin_port=htons(");
	line_uint(out, ntohs(a->in.sin_port));
	line_str(out, "), sin_addr=inet_addr(\"");
	line_str(out, inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof text));
	line_str(out, "\")");
}

static void
put_in6(struct line *out, const union address *a, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	(void)len;
	line_str(out, ", sin6_port=htons(");
	line_uint(out, ntohs(a->in6.sin6_port));
	line_str(out, "), inet_pton(AF_INET6, \"");
	line_str(out, inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof text));
	line_str(out, "\")");
}

/* An abstract name begins with a NUL and has the address's length; shown with @ as ss(8) does. */
static void
put_un(struct line *out, const union address *a, size_t len)
{
	size_t n = len - offsetof(struct sockaddr_un, sun_path);
	bool abstract = n > 0 && a->un.sun_path[0] == '\0';

	if (n == 0)
		return;
	line_str(out, abstract ? ", sun_path=@" : ", sun_path=");
	if (abstract)
		line_quoted(out, a->un.sun_path + 1, n - 1);
	else
		line_quoted(out, a->un.sun_path, strnlen(a->un.sun_path, n));
}

void
print_sockaddr(struct line *out, const struct printed *v)
{
	static const struct {
		sa_family_t family;
		size_t min_len;
		void (*put)(struct line *out, const union address *a, size_t len);
	} rows[] = {
	    {AF_INET, sizeof(struct sockaddr_in), put_in},
	    {AF_INET6, sizeof(struct sockaddr_in6), put_in6},
	    {AF_UNIX, offsetof(struct sockaddr_un, sun_path), put_un},
	};
	union address a;
	size_t len = v->len < sizeof a ? v->len : sizeof a;

	if (v->value == 0 || len < sizeof a.any.sa_family || !peek(v->value, &a, len)) {
		print_addr(out, v);
		return;
	}
	line_str(out, "{sa_family=");
	line_name(out, xlat_af, a.any.sa_family);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].family == a.any.sa_family && len >= rows[i].min_len)
			rows[i].put(out, &a, len);
	line_char(out, '}');
}

void
print_msghdr(struct line *out, const struct printed *v)
{
	struct msghdr m;

	if (v->value == 0 || !peek(v->value, &m, sizeof m)) {
		print_addr(out, v);
		return;
	}
	line_str(out, "{msg_name=");
	print_sockaddr(
	    out, &(struct printed){.value = (uintptr_t)m.msg_name, .len = m.msg_namelen});
	line_str(out, ", msg_iov=");
	print_iovec(
	    out, &(struct printed){
		     .value = (uintptr_t)m.msg_iov, .len = m.msg_iovlen, .moved = v->moved});
	line_str(out, ", msg_controllen=");
	line_uint(out, m.msg_controllen);
	line_str(out, ", msg_flags=");
	line_flags(out, xlat_msg_flags, (uint32_t)m.msg_flags);
	line_char(out, '}');
}

void
print_pollfd(struct line *out, const struct printed *v)
{
	struct pollfd fds[ITEMS_MAX];
	uint64_t all = v->len / sizeof fds[0], n = all < ITEMS_MAX ? all : ITEMS_MAX;

	if (v->value == 0 || !peek(v->value, fds, n * sizeof fds[0])) {
		print_addr(out, v);
		return;
	}
	line_char(out, '[');
	for (uint64_t i = 0; i < n; i++) {
		line_str(out, i > 0 ? ", {fd=" : "{fd=");
		line_int(out, fds[i].fd);
		line_str(out, ", events=");
		line_flags(out, xlat_poll_events, (uint16_t)fds[i].events);
		line_str(out, ", revents=");
		line_flags(out, xlat_poll_events, (uint16_t)fds[i].revents);
		line_char(out, '}');
	}
	line_str(out, n < all ? ", ...]" : "]");
}
