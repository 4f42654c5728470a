/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending, which never blocks.  What the socket does not take at once waits in the channel's queue,
 * in order, until epoll says that there is room; a peer that does not read is dropped in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "server.h"

struct output {
	STAILQ_ENTRY(output) link;
	size_t sent, len;
	struct passed passed; /* travel with the first byte; none once they have */
	uint8_t bytes[];
};

static ssize_t
send_with_fds(int s, const void *bytes, size_t len, const struct passed *passed)
{
	union {
		char buf[CMSG_SPACE(sizeof passed->fd)];
		struct cmsghdr align;
	} control = {0};
	size_t size = passed->n * sizeof passed->fd[0];
	struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = CMSG_SPACE(size)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), passed->fd, size);
	return sendmsg(s, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* How many bytes the host took, 0 if it has no room; -1 if nobody will ever read them. */
static ssize_t
send_some(struct channel *ch, const void *bytes, size_t len, const struct passed *passed)
{
	ssize_t n;

	if (passed != NULL && passed->n > 0)
		n = send_with_fds(ch->fd, bytes, len, passed);
	else if (channel_is_pipes(ch))
		n = write(ch->out_fd, bytes, len);
	else
		n = send(ch->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0)
		atomic_fetch_add_explicit(&ch->sent, (uint64_t)n, memory_order_relaxed);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	return n;
}

static void
give_up(struct channel *ch, const char *why)
{
	server_note("pid %d: %s; connection closed", (int)ch->peer.pid, why);
	channel_break(ch);
}

static void
passed_close(struct passed *passed)
{
	while (passed->n > 0)
		close(passed->fd[--passed->n]);
}

static void
passed_dup(struct passed *to, const struct passed *from)
{
	to->n = 0;
	for (unsigned i = 0; from != NULL && i < from->n; i++) {
		to->fd[i] = fcntl(from->fd[i], F_DUPFD_CLOEXEC, 3);
		if (to->fd[i] < 0)
			break;
		to->n++;
	}
}

/* False if memory or the peer's patience is at its end. */
static bool
enqueue(struct channel *ch, const void *bytes, size_t len, const struct passed *passed)
{
	struct output *o;

	if (ch->queued + len > OUTPUT_QUEUE_MAX)
		return false;
	o = malloc(sizeof *o + len);
	if (o == NULL)
		return false;
	o->sent = 0;
	o->len = len;
	passed_dup(&o->passed, passed);
	memcpy(o->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&ch->queue, o, link);
	ch->queued += len;
	return true;
}

void
channel_send(struct channel *ch, const void *bytes, size_t len, const struct passed *passed)
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
		n = send_some(ch, bytes, len, passed);
	if (n < 0) {
		give_up(ch, "has gone");
	} else if ((size_t)n < len) {
		if (!enqueue(ch, (const char *)bytes + n, len - (size_t)n, n == 0 ? passed : NULL))
			give_up(ch, "does not read");
		else if (idle)
			channel_rewatch(ch);
	}
	pthread_mutex_unlock(&ch->lock);
}

void
channel_send_frames(struct channel *ch, const struct wbuf *w)
{
	if (w->bad) /* a frame that cannot be made: the peer would wait for ever */
		channel_shutdown(ch);
	else
		channel_send(ch, w->base, w->len, NULL);
}

static void
output_remove(struct channel *ch, struct output *o)
{
	STAILQ_REMOVE_HEAD(&ch->queue, link);
	ch->queued -= o->len;
	passed_close(&o->passed);
	free(o);
}

void
output_flush(struct channel *ch)
{
	struct output *o;
	ssize_t n = 1;

	pthread_mutex_lock(&ch->lock);
	while (n > 0 && !ch->broken && (o = STAILQ_FIRST(&ch->queue)) != NULL) {
		n = send_some(ch, o->bytes + o->sent, o->len - o->sent, &o->passed);
		if (n < 0)
			give_up(ch, "has gone");
		if (n <= 0)
			break;
		passed_close(&o->passed);
		o->sent += (size_t)n;
		if (o->sent == o->len)
			output_remove(ch, o);
	}
	if (STAILQ_EMPTY(&ch->queue))
		channel_rewatch(ch);
	pthread_mutex_unlock(&ch->lock);
}

void
output_free(struct channel *ch)
{
	struct output *o;

	while ((o = STAILQ_FIRST(&ch->queue)) != NULL)
		output_remove(ch, o);
}
