/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving: bytes -> frames -> dispatch.
 *
 * The bytes that a leader works on are in worker.rest.  Frames that are whole there are dispatched
 * in place.  A frame that is not is collected in channel.partial, of exactly its size, after its
 * header has been collected in channel.head; once it has begun, later bytes are received straight
 * into it.  The memory of a frame stays until its dispatch returns, even if that thread has
 * meanwhile given leadership away and the next leader receives more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/scope.h"
#include "dispatch.h"
#include "server.h"

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Moves up to n of the worker's bytes to dst; how many. */
static size_t
rest_take(struct worker *w, void *dst, size_t n)
{
	n = min_size(n, w->rest_len);
	memcpy(dst, w->rest, n);
	w->rest += n;
	w->rest_len -= n;
	return n;
}

/* Dispatches the frame of which all bytes are at p. */
static int
frame_whole(struct worker *w, struct channel *ch, const uint8_t *p)
{
	struct wire_frame f;

	if (wire_header_get(p, &f.h) != 0) /* was good when the first bytes came */
		return SERVED_DROP;
	f.body = p + WIRE_HEADER_LEN;
	f.body_len = f.h.len - WIRE_HEADER_LEN;
	return dispatch(w, ch, &f);
}

static int
partial_done(struct worker *w, struct channel *ch)
{
	CLEANUP_FREE uint8_t *p = take_ptr(&ch->partial);

	return frame_whole(w, ch, p);
}

static int
partial_feed(struct worker *w, struct channel *ch)
{
	ch->partial_len +=
	    rest_take(w, ch->partial + ch->partial_len, ch->partial_size - ch->partial_len);
	return ch->partial_len == ch->partial_size ? partial_done(w, ch) : SERVED;
}

static int
malformed(struct channel *ch)
{
	server_note("pid %d: not a frame; connection closed", (int)ch->peer.pid);
	return SERVED_DROP;
}

/* Begins a partial frame with the header in channel.head. */
static int
partial_begin(struct worker *w, struct channel *ch)
{
	struct wire_header h;

	if (wire_header_get(ch->head, &h) != 0)
		return malformed(ch);
	ch->partial = malloc(h.len);
	if (ch->partial == NULL)
		return SERVED_DROP;
	memcpy(ch->partial, ch->head, sizeof ch->head);
	ch->partial_len = sizeof ch->head;
	ch->partial_size = h.len;
	ch->head_len = 0;
	return partial_feed(w, ch);
}

static int
head_feed(struct worker *w, struct channel *ch)
{
	ch->head_len += rest_take(w, ch->head + ch->head_len, sizeof ch->head - ch->head_len);
	return ch->head_len == sizeof ch->head ? partial_begin(w, ch) : SERVED;
}

/* Takes the next frame, or a part of one, from the worker's bytes. */
static int
next_frame(struct worker *w, struct channel *ch)
{
	const uint8_t *p = w->rest;
	struct wire_header h;

	if (ch->partial != NULL)
		return partial_feed(w, ch);
	if (ch->head_len > 0 || w->rest_len < WIRE_HEADER_LEN)
		return head_feed(w, ch);
	if (wire_header_get(p, &h) != 0)
		return malformed(ch);
	if (h.len > w->rest_len)
		return head_feed(w, ch);
	w->rest += h.len;
	w->rest_len -= h.len;
	return frame_whole(w, ch, p);
}

static void
consume(struct worker *w, struct channel *ch, const uint8_t *bytes, size_t len)
{
	int served = SERVED;

	w->channel = ch;
	w->rest = bytes;
	w->rest_len = len;
	while (served == SERVED && w->rest_len > 0)
		served = next_frame(w, ch);
	if (served == SERVED_DROP)
		channel_drop(ch);
}

void
input_pending(struct worker *w, struct channel *ch)
{
	CLEANUP_FREE uint8_t *bytes = take_ptr(&ch->pending);

	if (bytes != NULL)
		consume(w, ch, bytes, ch->pending_len);
}

int
channel_put_aside(struct channel *ch, const uint8_t *bytes, size_t len)
{
	CHECK(ch->pending == NULL);
	if (len == 0)
		return 0;
	ch->pending = malloc(len);
	if (ch->pending == NULL)
		return ENOMEM;
	memcpy(ch->pending, bytes, len);
	ch->pending_len = len;
	return 0;
}

/* Keeps the descriptors of a received message; false if there are more than any client sends. */
static bool
keep_fds(struct channel *ch, struct msghdr *msg)
{
	struct cmsghdr *c;
	size_t n;
	int fd;
	bool room = true;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof fd;
		for (size_t i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			room = room && ch->nfds < CHANNEL_FDS_MAX;
			if (room)
				ch->fds[ch->nfds++] = fd;
			else
				close(fd);
		}
	}
	return room;
}

static ssize_t
receive_with_fds(struct channel *ch, void *buf, size_t size)
{
	union {
		char buf[CMSG_SPACE(CHANNEL_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof control.buf};
	ssize_t n = recvmsg(ch->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n >= 0 && msg.msg_controllen > 0 && !keep_fds(ch, &msg))
		return 0;
	return n;
}

int
channel_take_fd(struct channel *ch)
{
	int fd;

	if (ch->nfds == 0)
		return -1;
	fd = ch->fds[0];
	ch->nfds--;
	memmove(ch->fds, ch->fds + 1, ch->nfds * sizeof ch->fds[0]);
	return fd;
}

void
input_receive(struct worker *w, struct channel *ch)
{
	bool direct = ch->partial != NULL;
	void *buf = direct ? ch->partial + ch->partial_len : w->in;
	size_t size = direct ? ch->partial_size - ch->partial_len : WORKER_IN_SIZE;
	ssize_t n;

	if (channel_is_pipes(ch))
		n = read(ch->fd, buf, size);
	else if (ch->peer.local)
		n = receive_with_fds(ch, buf, size);
	else
		n = recv(ch->fd, buf, size, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		atomic_fetch_add_explicit(&ch->received, (uint64_t)n, memory_order_relaxed);
	if (n <= 0) {
		channel_drop(ch);
	} else if (!direct) {
		consume(w, ch, w->in, (size_t)n);
	} else {
		ch->partial_len += (size_t)n;
		w->channel = ch;
		w->rest_len = 0;
		if (ch->partial_len == ch->partial_size && partial_done(w, ch) == SERVED_DROP)
			channel_drop(ch);
	}
}

void
input_free(struct channel *ch)
{
	int fd;

	while ((fd = channel_take_fd(ch)) >= 0)
		close(fd);
	free(take_ptr(&ch->partial));
	free(take_ptr(&ch->pending));
}
