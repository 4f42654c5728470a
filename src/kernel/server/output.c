/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending, which never blocks.  What the socket does not take at once waits in the channel's queue,
 * in order, until epoll says that there is room; a peer that does not read is dropped in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "server.h"

struct output {
	STAILQ_ENTRY(output) link;
	size_t sent, len;
	int fd; /* travels with the first byte; -1 once it has */
	uint8_t bytes[];
};

static ssize_t
send_with_fd(int s, const void *bytes, size_t len, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof control.buf};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(s, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* How many bytes the socket took, 0 if it is full; -1 if it is of no use any more. */
static ssize_t
send_some(int s, const void *bytes, size_t len, int fd)
{
	ssize_t n;

	if (fd >= 0)
		n = send_with_fd(s, bytes, len, fd);
	else
		n = send(s, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	return n;
}

uint32_t
output_events(const struct channel *ch)
{
	return EPOLLIN | (STAILQ_EMPTY(&ch->queue) ? 0 : EPOLLOUT);
}

static void
rearm(struct channel *ch)
{
	struct epoll_event ev = {.events = output_events(ch), .data.ptr = &ch->source};

	if (ch->watched)
		epoll_ctl(ch->lane->epfd, EPOLL_CTL_MOD, ch->fd, &ev);
}

static void
give_up(struct channel *ch, const char *why)
{
	server_note("pid %d: %s; connection closed", (int)ch->peer.pid, why);
	ch->broken = true;
	shutdown(ch->fd, SHUT_RDWR);
}

/* False if memory or the peer's patience is at its end. */
static bool
enqueue(struct channel *ch, const void *bytes, size_t len, int fd)
{
	struct output *o;

	if (ch->queued + len > OUTPUT_QUEUE_MAX)
		return false;
	o = malloc(sizeof *o + len);
	if (o == NULL)
		return false;
	o->sent = 0;
	o->len = len;
	o->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	memcpy(o->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&ch->queue, o, link);
	ch->queued += len;
	return true;
}

void
channel_send(struct channel *ch, const void *bytes, size_t len, int fd)
{
	bool idle;
	ssize_t n = 0;

	pthread_mutex_lock(&ch->lock);
	if (ch->broken) {
		pthread_mutex_unlock(&ch->lock);
		return;
	}
	idle = STAILQ_EMPTY(&ch->queue);
	if (idle)
		n = send_some(ch->fd, bytes, len, fd);
	if (n < 0) {
		give_up(ch, "has gone");
	} else if ((size_t)n < len) {
		if (!enqueue(ch, (const char *)bytes + n, len - (size_t)n, n == 0 ? fd : -1))
			give_up(ch, "does not read");
		else if (idle)
			rearm(ch);
	}
	pthread_mutex_unlock(&ch->lock);
}

void
channel_send_frames(struct channel *ch, const struct wbuf *w)
{
	if (w->bad) /* a frame that cannot be made: the peer would wait for ever */
		channel_shutdown(ch);
	else
		channel_send(ch, w->base, w->len, -1);
}

static void
output_remove(struct channel *ch, struct output *o)
{
	STAILQ_REMOVE_HEAD(&ch->queue, link);
	ch->queued -= o->len;
	if (o->fd >= 0)
		close(o->fd);
	free(o);
}

void
output_flush(struct channel *ch)
{
	struct output *o;
	ssize_t n = 1;

	pthread_mutex_lock(&ch->lock);
	while (n > 0 && !ch->broken && (o = STAILQ_FIRST(&ch->queue)) != NULL) {
		n = send_some(ch->fd, o->bytes + o->sent, o->len - o->sent, o->fd);
		if (n < 0)
			give_up(ch, "has gone");
		if (n <= 0)
			break;
		if (o->fd >= 0)
			close(o->fd);
		o->fd = -1;
		o->sent += (size_t)n;
		if (o->sent == o->len)
			output_remove(ch, o);
	}
	if (STAILQ_EMPTY(&ch->queue))
		rearm(ch);
	pthread_mutex_unlock(&ch->lock);
}

void
output_free(struct channel *ch)
{
	struct output *o;

	while ((o = STAILQ_FIRST(&ch->queue)) != NULL)
		output_remove(ch, o);
}
