/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets whose frames are in memory that is shared with the kernel (socket/pkttag.h):
 * mapping it, and waiting for frames.
 *
 * The host's poll says that a byte of the kernel's has come, not that there are frames.  So before
 * a program waits by poll or select, that byte is taken away and the ring looked at; epoll goes on
 * saying that there is something until then.
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/shared.h"
#include "hijack.h"
#include "sock/call_packet.h"
#include "socket/sockhost.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define RINGS_MAX 16

static atomic_bool any;

/* Those that this process has mapped; the one that was mapped longest ago goes. */
static struct ring {
	_Atomic uint64_t cookie;
	const uint8_t *memory;
	const struct pktring *info;
	size_t size; /* of what is before the info */
} rings[RINGS_MAX];
static atomic_uint made;

void
packet_ring_made(void)
{
	atomic_store_explicit(&any, true, memory_order_relaxed);
}

/* --- mapping --- */

/* All of it, for this file's own use. */
static void
note(int fd, int memory)
{
	struct ring *r = &rings[atomic_fetch_add(&made, 1) % RINGS_MAX];
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = shared_size(memory);
	void *p;

	if (size < 2 * page || size % page != 0 || shared_map(memory, size, PROT_READ, &p) != 0)
		return;
	atomic_store(&r->cookie, 0);
	r->memory = p;
	r->size = size - page;
	r->info = (const struct pktring *)(r->memory + r->size);
	atomic_store(&r->cookie, packet_cookie(fd));
}

void *
packet_map_ring(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	int memory, error = call_deleg_packet(PKT_RING, packet_cookie(fd), 0, &memory);
	void *p;

	if (error != 0) {
		errno = error;
		return MAP_FAILED;
	}
	note(fd, memory);
	p = host.mmap(addr, len, prot, flags, memory, offset);
	error = errno;
	raw_close(memory);
	errno = error;
	return p;
}

/* --- waiting --- */

static const struct ring *
ring_of(int fd)
{
	struct pkttag t;
	uint64_t cookie;

	if (!packet_tag(fd, &t) || !t.ring)
		return NULL;
	cookie = packet_cookie(fd);
	for (unsigned i = 0; i < RINGS_MAX; i++)
		if (atomic_load(&rings[i].cookie) == cookie)
			return &rings[i];
	return NULL;
}

/* Is the last frame that was put in still there? */
static bool
has_frames(const struct ring *r)
{
	uint32_t last = __atomic_load_n(&r->info->last, __ATOMIC_ACQUIRE);
	const uint32_t *status = (const uint32_t *)(r->memory + last);

	return last % sizeof *status == 0 && last < r->size &&
	       (__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) != 0;
}

/* Takes the kernel's byte away; true: there are frames. */
static bool
look(int fd)
{
	const struct ring *r = ring_of(fd);
	char byte;

	if (r == NULL)
		return false;
	while (raw_call6(SYS_recvfrom, fd, &byte, sizeof byte, MSG_DONTWAIT, NULL, NULL) > 0)
		;
	return has_frames(r);
}

static int
poll_rings(struct pollfd *fds, nfds_t n, int timeout)
{
	bool found = false;
	int ready;

	for (nfds_t i = 0; i < n; i++)
		found |= fds[i].events & (POLLIN | POLLRDNORM) && look(fds[i].fd);
	ready = host.poll(fds, n, found ? 0 : timeout);
	if (!found || ready < 0)
		return ready;
	for (nfds_t i = 0; i < n; i++) {
		const struct ring *r = ring_of(fds[i].fd);

		if (r == NULL || fds[i].revents & POLLIN || !has_frames(r))
			continue;
		ready += fds[i].revents == 0;
		fds[i].revents |= fds[i].events & (POLLIN | POLLRDNORM);
	}
	return ready;
}

int
hijack_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (!atomic_load_explicit(&any, memory_order_relaxed))
		return host.poll(fds, n, timeout);
	return poll_rings(fds, n, timeout);
}
HIJACK_EXPORTS(poll)

int
hijack___poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	if (!atomic_load_explicit(&any, memory_order_relaxed))
		return host.__poll_chk(fds, n, timeout, room);
	return poll_rings(fds, n, timeout);
}
HIJACK_EXPORTS(__poll_chk)

int
hijack_select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	struct timeval now = {.tv_sec = 0};
	fd_set found;
	bool some = false;
	int ready;

	if (!atomic_load_explicit(&any, memory_order_relaxed) || in == NULL || n > FD_SETSIZE)
		return host.select(n, in, out, except, timeout);
	FD_ZERO(&found);
	for (int fd = 0; fd < n; fd++) {
		if (FD_ISSET(fd, in) && look(fd)) {
			FD_SET(fd, &found);
			some = true;
		}
	}
	ready = host.select(n, in, out, except, some ? &now : timeout);
	for (int fd = 0; ready >= 0 && some && fd < n; fd++) {
		if (FD_ISSET(fd, &found) && !FD_ISSET(fd, in)) {
			FD_SET(fd, in);
			ready++;
		}
	}
	return ready;
}
HIJACK_EXPORTS(select)
