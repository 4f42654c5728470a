/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames through a channel: one sendmsg(2) and one recvmsg(2), or with pipes one writev(2) and one
 * read(2), in the normal case.
 *
 * A descriptor arrives with some byte of its frame, and the host never joins it with bytes of a
 * later frame in one recvmsg(2).  So what came in belongs to the last frame that the bytes reach
 * into; it is kept until that frame is handed out, and closed if nobody takes it.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/raw.h"
#include "client/channel.h"
#include "client/patience.h"

#define PASSED_MAX 8 /* the host closes what does not fit */

int
channel_take_fd(struct channel *ch)
{
	int fd = ch->passed[0];

	ch->passed[0] = ch->passed[1];
	ch->passed[1] = -1;
	return fd;
}

void
channel_drop_fds(struct channel *ch)
{
	int fd;

	while ((fd = channel_take_fd(ch)) >= 0)
		raw_close(fd);
}

/* Keeps the first two descriptors; a peer that sends more than any frame has gains nothing. */
static void
keep_passed(struct channel *ch, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		const int *fds = (const int *)(void *)CMSG_DATA(c);
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fds;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			if (ch->passed[0] < 0)
				ch->passed[0] = fds[i];
			else if (ch->passed[1] < 0)
				ch->passed[1] = fds[i];
			else
				raw_close(fds[i]);
		}
	}
}

static long
receive(struct channel *ch, void *buf, size_t size)
{
	union {
		char buf[CMSG_SPACE(PASSED_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {buf, size};
	struct msghdr m = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof control.buf,
	};
	int fd = atomic_load_explicit(&ch->fd, memory_order_relaxed);
	long n;

	if (ch->handshake)
		patience_poll(fd, POLLIN, ch->sigmask);
	n = raw_call3(SYS_recvmsg, fd, &m, MSG_CMSG_CLOEXEC);
	if (n > 0 && m.msg_controllen != 0)
		keep_passed(ch, &m);
	return n;
}

static int
fill(struct channel *ch)
{
	int in_fd = atomic_load_explicit(&ch->in_fd, memory_order_relaxed);
	size_t room;
	uint8_t *end;
	long n;

	if (ch->in_start != 0) {
		memmove(ch->in, ch->in + ch->in_start, ch->in_len);
		ch->in_start = 0;
	}
	end = ch->in + ch->in_len;
	room = CHANNEL_IN_ROOM - ch->in_len;
	n = in_fd >= 0 ? raw_call3(SYS_read, in_fd, end, room) : receive(ch, end, room);
	if (n == -EINTR)
		return EINTR;
	if (n <= 0)
		return ENOTCONN;
	ch->in_len += (size_t)n;
	return 0;
}

static void
consume(struct channel *ch, size_t n)
{
	ch->in_len -= n;
	ch->in_start = ch->in_len == 0 ? 0 : ch->in_start + n;
}

int
channel_await_cancellably(struct channel *ch)
{
	int fd = atomic_load_explicit(&ch->fd, memory_order_relaxed);
	int type;
	long n;
	char c;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
	n = raw_call6(SYS_recvfrom, fd, &c, 1, MSG_PEEK, NULL, NULL);
	pthread_setcanceltype(type, NULL);
	return n == -EINTR ? EINTR : 0;
}

bool
channel_has_frame(const struct channel *ch)
{
	struct wire_header h;

	if (ch->in_len < WIRE_HEADER_LEN)
		return false;
	return wire_header_get(ch->in + ch->in_start, &h) != 0 || ch->in_len >= h.len;
}

int
channel_recv(struct channel *ch, struct wire_frame *f)
{
	for (;;) {
		const uint8_t *p = ch->in + ch->in_start;
		int error;

		if (ch->in_len >= WIRE_HEADER_LEN) {
			if (wire_header_get(p, &f->h) != 0 || f->h.len > CHANNEL_IN_ROOM)
				return EPROTO;
			if (ch->in_len >= f->h.len) {
				f->body = p + WIRE_HEADER_LEN;
				f->body_len = f->h.len - WIRE_HEADER_LEN;
				consume(ch, f->h.len);
				return 0;
			}
		}
		error = fill(ch);
		if (error != 0)
			return error;
	}
}

int
channel_recv_line(struct channel *ch, char *buf, size_t size, size_t *ret_len)
{
	for (;;) {
		const uint8_t *p = ch->in + ch->in_start;
		const uint8_t *nl = memchr(p, '\n', ch->in_len < size ? ch->in_len : size);
		int error;

		if (nl != NULL) {
			*ret_len = (size_t)(nl - p) + 1;
			memcpy(buf, p, *ret_len);
			consume(ch, *ret_len);
			return 0;
		}
		if (ch->in_len >= size)
			return EPROTO;
		error = fill(ch);
		if (error != 0 && error != EINTR)
			return error;
	}
}

/* Puts one descriptor into the message's control part. */
static void
attach_fd(struct msghdr *m, void *control, size_t size, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, size);
	m->msg_control = control;
	m->msg_controllen = size;
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

/* After a partial send: skips n bytes of the two pieces. */
static void
advance(struct iovec iov[2], size_t n)
{
	for (int i = 0; i < 2; i++) {
		size_t part = n < iov[i].iov_len ? n : iov[i].iov_len;

		iov[i].iov_base = (char *)iov[i].iov_base + part;
		iov[i].iov_len -= part;
		n -= part;
	}
}

/* Waits for room in the pipe; it never comes if the server is gone, which the other one shows. */
static int
wait_for_room(const struct channel *ch)
{
	struct pollfd p[2] = {
	    {.fd = atomic_load(&ch->fd), .events = POLLOUT},
	    {.fd = atomic_load(&ch->in_fd)},
	};
	long n = raw_call3(SYS_poll, p, 2, -1);

	return n >= 0 && p[1].revents != 0 ? ENOTCONN : 0;
}

int
channel_send(struct channel *ch, const void *a, size_t alen, const void *b, size_t blen, int fd)
{
	bool pipes = channel_is_pipes(ch);
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov[2] = {
	    {.iov_base = (void *)(uintptr_t)a, .iov_len = alen},
	    {.iov_base = (void *)(uintptr_t)b, .iov_len = blen},
	};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = blen != 0 ? 2 : 1};

	if (fd >= 0)
		attach_fd(&m, control.buf, sizeof control.buf, fd);
	while (iov[0].iov_len + iov[1].iov_len != 0) {
		long n;

		if (!channel_is_ours(ch))
			return ENOTCONN;
		if (pipes)
			n = raw_call3(SYS_writev, atomic_load(&ch->fd), iov, m.msg_iovlen);
		else
			n = raw_call3(SYS_sendmsg, atomic_load(&ch->fd), &m, MSG_NOSIGNAL);
		if (n == -EINTR || (n == -EAGAIN && wait_for_room(ch) == 0))
			continue;
		if (n < 0)
			return ENOTCONN;
		m.msg_control = NULL;
		m.msg_controllen = 0;
		advance(iov, (size_t)n);
	}
	return 0;
}
