/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of /dev/net/tun.
 *
 * That the last descriptor of one is closed shows as the end of the pair.  The network's thread
 * hears of it, but perhaps later than somebody who looks for the interface: so they look first.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netconf.h"
#include "net/sockpair.h"
#include "net/tun/tun_priv.h"
#include "socket/sockhost.h"
#include "socket/tuntag.h"
#include "vfs/device.h"

#define BUFFER_SIZE (2 << 20)
#define AT_ONCE     256 /* packets for one event */

struct tun_file_list tun_files = LIST_HEAD_INITIALIZER(tun_files);

/* --- packets --- */

int
tun_give(struct tun_file *f, const uint8_t *frame, size_t len)
{
	size_t hidden = f->tun->ifp->hidden;
	struct tun_pi pi = {.flags = 0};
	struct iovec iov[] = {
	    {.iov_base = &pi, .iov_len = f->tun->about.flags & IFF_NO_PI ? 0 : sizeof pi},
	    {.iov_base = (uint8_t *)(uintptr_t)frame + hidden, .iov_len = len - hidden},
	};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};

	memcpy(&pi.proto, frame + 2 * ETH_ALEN, sizeof pi.proto);
	return sendmsg(f->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : ENOBUFS;
}

/* The protocol of a packet without packet information, by its first byte; 0: none. */
static uint16_t
protocol_of(const uint8_t *packet, size_t len)
{
	switch (len > 0 ? packet[0] >> 4 : 0) {
	case 4:
		return htons(ETH_P_IP);
	case 6:
		return htons(ETH_P_IPV6);
	default:
		return 0;
	}
}

/* A packet that the program wrote arrives. */
static int
take(const struct tun *t, const uint8_t *packet, size_t len)
{
	static uint8_t frame[IFNET_HEADER + TUN_PACKET_MAX];
	struct tun_pi pi;

	if (len > TUN_PACKET_MAX)
		return EMSGSIZE;
	pi.proto = protocol_of(packet, len);
	if ((t->about.flags & IFF_NO_PI) == 0) {
		if (len < sizeof pi)
			return EINVAL;
		memcpy(&pi, packet, sizeof pi);
		packet += sizeof pi;
		len -= sizeof pi;
	} else if (pi.proto == 0 && t->about.flags & IFF_TUN) {
		t->ifp->rx.dropped++;
		return EINVAL;
	}
	if (t->about.flags & IFF_TAP && len < IFNET_HEADER)
		return EINVAL;
	if (!ifnet_is_up(t->ifp)) {
		t->ifp->rx.dropped++;
		return EIO;
	}
	memset(frame, 0, 2 * ETH_ALEN);
	memcpy(frame + 2 * ETH_ALEN, &pi.proto, sizeof pi.proto);
	memcpy(frame + t->ifp->hidden, packet, len);
	ifnet_input(t->ifp, frame, t->ifp->hidden + len);
	return 0;
}

struct tun_file *
tun_file_by_cookie(uint64_t cookie)
{
	struct tun_file *f;

	LIST_FOREACH (f, &tun_files, all)
		if (f->cookie == cookie)
			return f;
	return NULL;
}

int
tun_write(uint64_t cookie, const uint8_t *packet, size_t len)
{
	const struct tun_file *f = tun_file_by_cookie(cookie);
	int error;

	if (f == NULL)
		return EBADF;
	error = f->tun != NULL ? take(f->tun, packet, len) : EBADFD;
	netloop_turn();
	return error;
}

/* --- life --- */

static void
end_file(struct tun_file *f)
{
	netloop_unwatch(&f->watch);
	LIST_REMOVE(f, all);
	tun_detach(f);
	close(f->watch.fd);
	free(f);
}

void
tun_end(struct tun_file *f)
{
	f->tun = NULL;
	f->ended = true;
	shutdown(f->watch.fd, SHUT_WR);
}

static bool
is_closed(const struct tun_file *f)
{
	struct pollfd p = {.fd = f->watch.fd};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

/* What was written by somebody who does not know that it is not a device; or the end. */
static void
ready(struct netwatch *w, uint32_t events)
{
	static uint8_t packet[TUN_PACKET_MAX];
	struct tun_file *f = (struct tun_file *)w;
	ssize_t n = 0;

	(void)events;
	for (int i = 0; i < AT_ONCE; i++) {
		n = recv(f->watch.fd, packet, sizeof packet, MSG_DONTWAIT);
		if (n <= 0)
			break;
		if (f->tun != NULL)
			(void)take(f->tun, packet, (size_t)n);
	}
	if (n <= 0 && is_closed(f))
		end_file(f);
}

void
tun_settle(void)
{
	struct tun_file *f, *next;

	for (f = LIST_FIRST(&tun_files); f != NULL; f = next) {
		next = LIST_NEXT(f, all);
		if (is_closed(f))
			ready(&f->watch, 0);
	}
}

static int
make_file(int own, int program)
{
	struct tun_file *f = calloc(1, sizeof *f);
	socklen_t len = sizeof f->cookie;
	int error;

	if (f == NULL)
		return ENOMEM;
	f->watch = (struct netwatch){.fd = own, .ready = ready};
	error = sockhost_getopt(program, SOL_SOCKET, SO_COOKIE, &f->cookie, &len);
	if (error == 0)
		error = netloop_watch(&f->watch, EPOLLIN);
	if (error != 0) {
		free(f);
		return error;
	}
	LIST_INSERT_HEAD(&tun_files, f, all);
	return 0;
}

static int
open_file(int flags, int *ret_fd)
{
	CLEANUP_FD int own = -1, program = -1;
	int error = netconf_start();

	if (error == 0)
		error = sockpair_make(BUFFER_SIZE, &own, &program);
	if (error != 0)
		return error;
	tuntag_set(program, &(struct tuntag){.attached = false});
	if (flags & O_NONBLOCK && fcntl(program, F_SETFL, O_RDWR | O_NONBLOCK) == -1)
		return errno;
	error = make_file(own, program);
	if (error != 0)
		return error;
	take_fd(&own);
	*ret_fd = take_fd(&program);
	return 0;
}

static struct device_driver driver = {.major = 10, .minor = 200, .open = open_file};

void
tun_init(void)
{
	device_add(&driver);
}

void
tun_fini(void)
{
	while (!LIST_EMPTY(&tun_files))
		end_file(LIST_FIRST(&tun_files));
}
