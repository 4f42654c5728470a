/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting connections: on the first lane; a connection moves to the lane of its client's CPU with
 * its handshake.
 */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bind.h"
#include "channel.h"
#include "kern/version.h"
#include "server.h"

#define ACCEPTS_AT_ONCE 16

struct listener {
	struct source source;
	struct bound bound;
	SLIST_ENTRY(listener) link;
};

static SLIST_HEAD(, listener) listeners = SLIST_HEAD_INITIALIZER(listeners);
static atomic_bool ended;
static char banner[WIRE_BANNER_MAX];
static int reserve_fd = -1; /* given up for a moment to turn a connection away */

int
listener_init(void)
{
	struct wire_banner b = {.major = 0,
	    .minor = 5,
	    .ostype = KERN_OSTYPE,
	    .osrelease = KERN_RELEASE,
	    .machine = KERN_MACHINE};
	int error = wire_banner_format(banner, sizeof banner, &b);

	if (error == 0) {
		reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (reserve_fd < 0)
			error = errno;
	}
	return error == 0 ? 0 : server_fail(error, "cannot listen: %s", strerror(error));
}

/* No descriptors left: accepts and closes, or the connection would keep epoll awake for ever. */
static void
turn_away(struct listener *l)
{
	int fd;

	close(reserve_fd);
	fd = accept4(l->bound.fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	server_warn("out of descriptors: a connection was turned away");
}

static void
tune_tcp(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

/* Takes fd over. */
static void
admit(struct worker *w, struct listener *l, int fd)
{
	struct channel *ch = NULL;
	struct peer peer;
	bool full;

	if (atomic_load(&ended) || peer_identify(fd, l->bound.local, &peer) != 0) {
		close(fd);
		return;
	}
	if (!peer.local)
		tune_tcp(fd);
	giant_lock();
	full = channels_count() >= server_channels_max();
	if (full)
		close(fd);
	else
		channel_new(fd, -1, &peer, CHANNEL_HANDSHAKE, &ch);
	giant_unlock();
	if (full)
		server_warn("too many connections: one was turned away");
	if (ch == NULL)
		return;
	channel_send(ch, banner, strlen(banner), NULL);
	channel_place(ch, w->lane);
}

static void
listener_event(struct worker *w, struct source *source, uint32_t events)
{
	struct listener *l = (struct listener *)source;
	int fd;

	_Static_assert(offsetof(struct listener, source) == 0, "the cast above");
	(void)events;
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		fd = accept4(l->bound.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0) {
			admit(w, l, fd);
		} else {
			if (errno == EMFILE || errno == ENFILE)
				turn_away(l);
			return;
		}
	}
}

int
listener_new(const char *url, bool any_address)
{
	struct listener *l = calloc(1, sizeof *l);
	int error;

	if (l == NULL)
		return server_fail(ENOMEM, "out of memory");
	l->source.ready = listener_event;
	error = bind_url(url, any_address, &l->bound);
	if (error != 0) {
		free(l);
		return error;
	}
	SLIST_INSERT_HEAD(&listeners, l, link);
	error = lane_watch(lane_first(), l->bound.fd, &l->source, EPOLLIN);
	return error == 0 ? 0 : server_fail(error, "%s: %s", url, strerror(error));
}

void
listener_end_all(void)
{
	struct listener *l;

	atomic_store(&ended, true);
	SLIST_FOREACH(l, &listeners, link)
	bind_unlink(&l->bound);
}

void
listener_free_all(void)
{
	struct listener *l;

	while ((l = SLIST_FIRST(&listeners)) != NULL) {
		SLIST_REMOVE_HEAD(&listeners, link);
		bind_close(&l->bound);
		free(l);
	}
	if (reserve_fd >= 0)
		close(reserve_fd);
	reserve_fd = -1;
}
