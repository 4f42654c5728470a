/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bus.
 *
 * A bus is a directory, <base>/rump-bus-<uid>/<name>, private to the user.  Each interface on it is
 * a listening SOCK_SEQPACKET socket there, and each two interfaces have one connection between them
 * that carries Ethernet frames, one a message.  Who joins connects to all who are there already,
 * under a lock, so that two who join at once do not connect twice.  There is no process in the
 * middle: a kernel that dies takes only its own connections with it, the host tells the others, and
 * whoever comes next removes its socket.
 *
 * A frame goes to the connection on which its destination was last seen as a source, or to all.  A
 * receiver that does not keep up loses frames when the host's buffer of its connection is full.
 */
#include "net/netif/bus.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/large.h"
#include "net/netif/busdir.h"
#include "net/netif/buslink.h"
#include "net/netloop.h"

#define ETHER_HEADER 14
#define MTU_DEFAULT  1500
#define MTU_MAX      65521 /* what fits one message besides its header */
#define JOIN_TRIES   8     /* while others leave at the same time */
#define SEEN_MAX     256   /* link addresses remembered */

/* Where a link address was seen. */
struct seen {
	uint8_t mac[6];
	struct bus_link *link;
};

struct bus {
	struct ifnet *ifp;
	struct netwatch listener;
	struct bus_links links;
	bool large; /* all of them take large frames */
	struct seen seen[SEEN_MAX];
	char path[BUSDIR_PATH_MAX];
};

/* --- links --- */

static void
bus_forget_link(struct bus *b, const struct bus_link *l)
{
	for (size_t i = 0; i < SEEN_MAX; i++)
		if (b->seen[i].link == l)
			b->seen[i].link = NULL;
}

static struct seen *
seen_slot(struct bus *b, const uint8_t *mac)
{
	return &b->seen[(mac[3] ^ mac[4] ^ mac[5] ^ mac[2] << 1) % SEEN_MAX];
}

static void
learn(struct bus_link *l, const uint8_t *mac)
{
	struct seen *s = seen_slot(l->bus, mac);

	if (s->link == l && memcmp(s->mac, mac, sizeof s->mac) == 0)
		return;
	memcpy(s->mac, mac, sizeof s->mac);
	s->link = l;
}

/* Everybody who is connected gets each frame for a group or for somebody not seen yet. */
static bool
is_for_us(const struct ifnet *ifp, const uint8_t *frame)
{
	return ifnet_is_up(ifp) &&
	       (frame[0] & 1 || memcmp(frame, ifp->mac, 6) == 0 || ifp->promisc > 0);
}

void
bus_arrived(struct bus_link *l, const void *frame, size_t len, unsigned segment)
{
	struct ifnet *ifp = l->bus->ifp;

	learn(l, (const uint8_t *)frame + 6);
	if (!is_for_us(ifp, frame))
		return;
	if (segment == 0)
		ifnet_input(ifp, frame, len);
	else
		ifnet_input_large(ifp, frame, len, segment);
}

/* What our user has changed meanwhile is told to who is about to send more. */
void
bus_link_settled(struct bus_link *l)
{
	bus_link_tell(l, ifnet_takes_large(l->bus->ifp));
}

/* Large frames are for a bus where all take them: so nobody sends again what was split. */
static void
see_who_takes_large(struct bus *b)
{
	struct bus_link *l;

	b->large = true;
	LIST_FOREACH (l, &b->links, all)
		b->large = b->large && l->takes_large;
	if (b->ifp != NULL)
		b->ifp->large = b->large;
}

void
bus_link_changed(struct bus_link *l)
{
	see_who_takes_large(l->bus);
}

void
bus_link_gone(struct bus_link *l)
{
	bus_forget_link(l->bus, l);
	see_who_takes_large(l->bus);
}

/* fd is taken over in any case. */
static int
add_link(struct bus *b, int fd)
{
	struct bus_link *l;
	int error = bus_link_new(b, fd, &l);

	if (error != 0)
		return error;
	LIST_INSERT_HEAD(&b->links, l, all);
	bus_link_tell(l, b->ifp == NULL || ifnet_takes_large(b->ifp));
	see_who_takes_large(b);
	return 0;
}

static void
listener_ready(struct netwatch *w, uint32_t events)
{
	struct bus *b = (struct bus *)((char *)w - offsetof(struct bus, listener));
	int fd;

	(void)events;
	while ((fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		(void)add_link(b, fd);
}

/* --- joining --- */

static int
seqpacket(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int
connect_to(struct bus *b, const char *dir, const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd;

	if ((size_t)snprintf(un.sun_path, sizeof un.sun_path, "%s/%s", dir, name) >=
	    sizeof un.sun_path)
		return ENAMETOOLONG;
	fd = seqpacket();
	if (fd < 0)
		return errno;
	if (connect(fd, (struct sockaddr *)&un, sizeof un) == 0)
		return add_link(b, fd);
	if (errno == ECONNREFUSED)
		unlink(un.sun_path); /* its kernel is dead */
	close(fd);
	return 0;
}

static int
connect_all(struct bus *b, const char *dir)
{
	const char *own = strrchr(b->path, '/') + 1;
	DIR *d = opendir(dir);
	struct dirent *e;
	int error = 0;

	if (d == NULL)
		return errno;
	while (error == 0 && (e = readdir(d)) != NULL)
		if (busdir_is_socket(e->d_name) && strcmp(e->d_name, own) != 0)
			error = connect_to(b, dir, e->d_name);
	closedir(d);
	return error;
}

static int
listen_in(struct bus *b, const char *dir)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	uint64_t id;

	if (getrandom(&id, sizeof id, 0) != sizeof id)
		return EIO;
	if ((size_t)snprintf(b->path, sizeof b->path, "%s/if-%llx", dir, (unsigned long long)id) >=
	    sizeof b->path)
		return ENAMETOOLONG;
	memcpy(un.sun_path, b->path, sizeof b->path);
	b->listener.fd = seqpacket();
	if (b->listener.fd < 0 || bind(b->listener.fd, (struct sockaddr *)&un, sizeof un) != 0 ||
	    listen(b->listener.fd, SOMAXCONN) != 0)
		return errno;
	return netloop_watch(&b->listener, EPOLLIN);
}

static int
join(struct bus *b, const char *name)
{
	char dir[sizeof b->path];
	CLEANUP_FD int lock = -1;
	int error = busdir_open(name, dir, sizeof dir);

	if (error == 0)
		error = busdir_lock(dir, &lock);
	if (error == 0)
		error = listen_in(b, dir);
	return error != 0 ? error : connect_all(b, dir);
}

static void
bus_free(struct bus *b)
{
	while (!LIST_EMPTY(&b->links))
		bus_link_free(LIST_FIRST(&b->links));
	if (b->listener.fd >= 0) {
		netloop_unwatch(&b->listener);
		close(b->listener.fd);
		busdir_leave(b->path);
	}
	free(b);
}

/* --- as a driver --- */

static int
bus_output_large(struct ifnet *ifp, const void *frame, size_t len, unsigned segment)
{
	struct bus *b = ifp->driver;
	const struct seen *s = seen_slot(b, frame);
	struct bus_link *l;
	int error = 0;

	if (s->link != NULL && memcmp(s->mac, frame, sizeof s->mac) == 0)
		return bus_link_send(s->link, frame, len, segment);
	LIST_FOREACH (l, &b->links, all)
		error = bus_link_send(l, frame, len, segment);
	return error;
}

static int
bus_output(struct ifnet *ifp, const void *frame, size_t len)
{
	return bus_output_large(ifp, frame, len, 0);
}

static void
bus_gone(struct ifnet *ifp)
{
	bus_free(ifp->driver);
}

static const struct ifnet_ops bus_ops = {
    .kind = "bus",
    .output = bus_output,
    .output_large = bus_output_large,
    .free = bus_gone,
};

int
bus_new(const char *name, const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	struct ifnet_params p = {
	    .name = "eth%d",
	    .type = ARPHRD_ETHER,
	    .flags = IFF_BROADCAST | IFF_MULTICAST,
	    .mtu = mtu != 0 ? mtu : MTU_DEFAULT,
	    .mtu_min = 68,
	    .mtu_max = MTU_MAX,
	    .mac = mac,
	    .ops = &bus_ops,
	};
	struct bus *b;
	int error;

	if (!busdir_is_name(name) || p.mtu < p.mtu_min || p.mtu > p.mtu_max)
		return EINVAL;
	b = calloc(1, sizeof *b);
	if (b == NULL)
		return ENOMEM;
	LIST_INIT(&b->links);
	b->large = true;
	b->listener = (struct netwatch){.fd = -1, .ready = listener_ready};
	for (int i = 0; i < JOIN_TRIES; i++) {
		error = join(b, name);
		if (error != ENOENT)
			break;
	}
	p.driver = b;
	if (error == 0)
		error = ifnet_new(&p, ret);
	if (error != 0) {
		bus_free(b);
		return error;
	}
	b->ifp = *ret;
	b->ifp->large = b->large;
	ifnet_set_carrier(*ret, true);
	return 0;
}
