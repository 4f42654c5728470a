/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams for which there was no room at the receiver.
 *
 * For each such receiver there is a host socket connected to it: that is how poll(2) tells when the
 * receiver has room.  The true sender is in the envelope.
 */
#include "net/later.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

#include "net/bound.h"
#include "net/errlink.h"
#include "net/netloop.h"
#include "socket/sockudp.h"

#define QUEUE_MAX (1 << 20) /* bytes that wait for one receiver */
#define OVERHEAD  768       /* what each datagram counts besides its bytes, as on Linux */

struct later {
	TAILQ_ENTRY(later) next;
	struct envelope e;
	size_t len;
	uint8_t bytes[];
};

struct queue {
	LIST_ENTRY(queue) all;
	struct netwatch watch;
	struct sockhost to;
	TAILQ_HEAD(, later) waiting;
	size_t size;
};

static LIST_HEAD(, queue) queues = LIST_HEAD_INITIALIZER(queues);

struct later *
later_new(const struct deleg_later *about, size_t len, uint8_t **ret_bytes)
{
	struct later *d = malloc(sizeof *d + len);

	if (d == NULL)
		return NULL;
	d->e = (struct envelope){.src = about->src,
	    .dest = about->dest,
	    .ttl = about->ttl,
	    .tos = about->tos,
	    .index = about->index};
	d->len = len;
	*ret_bytes = d->bytes;
	return d;
}

void
later_free(struct later *d)
{
	free(d);
}

static void
drop_first(struct queue *q)
{
	struct later *d = TAILQ_FIRST(&q->waiting);

	TAILQ_REMOVE(&q->waiting, d, next);
	q->size -= d->len + OVERHEAD;
	later_free(d);
}

static void
queue_free(struct queue *q)
{
	while (!TAILQ_EMPTY(&q->waiting))
		drop_first(q);
	sockudp_set_kept(&q->to, false);
	netloop_unwatch(&q->watch);
	close(q->watch.fd);
	LIST_REMOVE(q, all);
	free(q);
}

/* 0 or an errno. */
static int
hand_over(const struct queue *q, struct later *d)
{
	union envelope_control control;
	struct iovec iov = {.iov_base = d->bytes, .iov_len = d->len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	int fd, error = envelope_seal(&d->e, &fd);

	if (error != 0)
		return error;
	envelope_attach(&m, &control, fd);
	if (sendmsg(q->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		error = errno;
	close(fd);
	return error;
}

/* Hands over what fits: EAGAIN if not all of it did, else the queue is gone. */
static int
drain(struct queue *q)
{
	int error = 0;

	while (error == 0 && !TAILQ_EMPTY(&q->waiting)) {
		error = hand_over(q, TAILQ_FIRST(&q->waiting));
		if (error == 0)
			drop_first(q);
	}
	if (error != EAGAIN)
		queue_free(q);
	return error;
}

/* The receiver has room, or is gone. */
static void
ready(struct netwatch *w, uint32_t events)
{
	(void)events;
	(void)drain((struct queue *)((char *)w - offsetof(struct queue, watch)));
}

static int
queue_new(const struct sockhost *to, struct queue **ret)
{
	struct queue *q = calloc(1, sizeof *q);
	int error;

	if (q == NULL)
		return ENOBUFS;
	TAILQ_INIT(&q->waiting);
	q->to = *to;
	q->watch = (struct netwatch){.ready = ready};
	q->watch.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	error = q->watch.fd < 0 ? ENOBUFS : sockhost_connect(q->watch.fd, &to->un, to->len);
	if (error == 0)
		error = netloop_start();
	if (error == 0)
		error = netloop_watch(&q->watch, EPOLLOUT);
	if (error != 0) {
		if (q->watch.fd >= 0)
			close(q->watch.fd);
		free(q);
		return error == ENOENT ? ECONNREFUSED : error;
	}
	LIST_INSERT_HEAD(&queues, q, all);
	sockudp_set_kept(to, true);
	*ret = q;
	return 0;
}

/* A socket with a link gets it at once. */
static bool
by_link(struct later *d, const struct sockhost *to)
{
	struct sockname n = sockname_parse(to);
	const struct bound *b = n.kind == SOCKNAME_BOUND ? bound_by_seq(n.seq) : NULL;
	const struct iovec iov = {.iov_base = d->bytes, .iov_len = d->len};

	if (b == NULL || b->link == NULL)
		return false;
	if (!b->connected || inaddr_same(&b->dest, &d->e.src))
		errlink_deliver(b, &d->e, &iov, 1);
	later_free(d);
	return true;
}

static struct queue *
queue_find(const struct sockhost *to)
{
	struct queue *q;

	LIST_FOREACH (q, &queues, all)
		if (sockhost_path_len(&q->to) == sockhost_path_len(to) &&
		    memcmp(q->to.un.sun_path, to->un.sun_path, sockhost_path_len(to)) == 0)
			return q;
	return NULL;
}

bool
later_waits(const struct sockhost *to)
{
	return queue_find(to) != NULL;
}

/* Has the receiver room, or is it gone, which the loop has not seen yet? */
static bool
is_ready(const struct queue *q)
{
	struct pollfd p = {.fd = q->watch.fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

int
later_put(struct later *d, const struct sockhost *to)
{
	struct queue *q = queue_find(to);
	int error = 0;

	if (by_link(d, to))
		return 0;
	if (q != NULL && is_ready(q)) {
		error = drain(q);
		q = error == EAGAIN ? q : NULL;
		error = error == EAGAIN ? 0 : error;
	}
	if (error == 0 && q == NULL)
		error = queue_new(to, &q);
	if (error == 0 && q->size + d->len + OVERHEAD > QUEUE_MAX)
		error = ENOBUFS;
	if (error != 0) {
		later_free(d);
		return error;
	}
	TAILQ_INSERT_TAIL(&q->waiting, d, next);
	q->size += d->len + OVERHEAD;
	return 0;
}

void
later_fetch(const struct sockhost *to)
{
	struct queue *q = queue_find(to);

	if (q != NULL)
		(void)drain(q);
	else
		sockudp_set_kept(to, false);
}

void
later_fini(void)
{
	while (!LIST_EMPTY(&queues))
		queue_free(LIST_FIRST(&queues));
}
