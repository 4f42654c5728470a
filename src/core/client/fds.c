/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's descriptors among the program's: high numbers, out of the way, never 0, 1 or 2.
 *
 * Numbers are dealt out in rotation below the limit, so that one which the program closed behind
 * our back is not soon another of ours: a thread that still believes in it finds nothing there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "base/raw.h"
#include "client/channel.h"
#include "client/client.h"
#include "client/pool.h"
#include "trace/trace.h"

#define HIGHEST 1024 /* of select(2) and of many programs' tables */
#define WINDOW  64   /* numbers per attempt */

static int
number_limit(void)
{
	struct rlimit r;

	if (raw_call4(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &r) != 0 || r.rlim_cur > HIGHEST)
		return HIGHEST;
	return (int)r.rlim_cur;
}

/* fd under a high number, close-on-exec; or a negative errno. */
static int
dup_high(int fd)
{
	static _Atomic unsigned rotation;
	int step = (int)(atomic_fetch_add(&rotation, 1) % (WINDOW / 2));
	int got = -EMFILE;

	for (int low = number_limit() - WINDOW; got < 0 && low > 2; low -= WINDOW)
		got = (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, low + step);
	if (got < 0)
		got = (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, number_limit() / 2);
	if (got < 0)
		got = (int)raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
	return got;
}

int
fd_lift(int fd, int *ret_fd)
{
	int high = dup_high(fd);

	if (high < 0)
		return -high;
	raw_close(fd);
	*ret_fd = high;
	return 0;
}

/* Reserved descriptors, as number + 1; 0: a free place. */
#define RESERVED_MAX 64
PER_PROCESS static _Atomic int reserved[RESERVED_MAX];
PER_PROCESS static _Atomic int nreserved;

void
fd_reserve(int fd)
{
	/* Without a place it is only less well guarded. */
	for (int i = 0; i < RESERVED_MAX; i++) {
		int none = 0;

		if (atomic_compare_exchange_strong(&OWN(reserved)[i], &none, fd + 1)) {
			atomic_fetch_add(&OWN(nreserved), 1);
			return;
		}
	}
}

void
fd_unreserve(int fd)
{
	for (int i = 0; i < RESERVED_MAX; i++) {
		int word = fd + 1;

		if (atomic_compare_exchange_strong(&OWN(reserved)[i], &word, 0)) {
			atomic_fetch_sub(&OWN(nreserved), 1);
			return;
		}
	}
}

void
fd_drop_reserved(int spared)
{
	if (atomic_exchange(&OWN(nreserved), 0) == 0)
		return;
	for (int i = 0; i < RESERVED_MAX; i++) {
		int fd = atomic_exchange(&OWN(reserved)[i], 0) - 1;

		if (fd >= 0 && fd != spared)
			raw_close(fd);
	}
}

/* The lowest reserved number that is at least fd, or -1. */
static int
next_reserved(int fd)
{
	int next = -1;

	if (atomic_load_explicit(&OWN(nreserved), memory_order_relaxed) == 0)
		return -1;
	for (int i = 0; i < RESERVED_MAX; i++) {
		int n = atomic_load_explicit(&OWN(reserved)[i], memory_order_relaxed) - 1;

		if (n >= fd && (next < 0 || n < next))
			next = n;
	}
	return next;
}

/* Where a channel keeps this number; NULL: none does. */
static _Atomic int *
place_of(int fd)
{
	uint32_t used = atomic_load_explicit(&OWN(pool).used, memory_order_acquire);

	for (uint32_t i = 0; fd >= 0 && i < used; i++) {
		struct channel *ch = &OWN(pool).slot[i];

		if (atomic_load_explicit(&ch->fd, memory_order_relaxed) == fd)
			return &ch->fd;
		if (atomic_load_explicit(&ch->in_fd, memory_order_relaxed) == fd)
			return &ch->in_fd;
	}
	return NULL;
}

bool
client_owns_fd(int fd)
{
	return fd >= 0 && (fd == OWN(trace_fd) || place_of(fd) != NULL || next_reserved(fd) == fd);
}

int
client_vacate_fd(int fd)
{
	_Atomic int *place = place_of(fd);
	int high;

	if (place == NULL && (fd < 0 || fd != OWN(trace_fd)))
		return 0;
	high = dup_high(fd);
	if (high < 0)
		return -high;
	/* The old number stays open until the program's dup2() replaces it: a thread may be using
	 * it. */
	if (place != NULL)
		atomic_store(place, high);
	else
		OWN(trace_fd) = high;
	return 0;
}

/* The lower of two that are at least `from`; next: the best so far, or -1. */
static int
nearer(int from, int next, int fd)
{
	return fd >= 0 && fd >= from && (next < 0 || fd < next) ? fd : next;
}

int
client_next_fd(int fd)
{
	uint32_t used = atomic_load_explicit(&OWN(pool).used, memory_order_acquire);
	int next = nearer(fd, next_reserved(fd), OWN(trace_fd));

	for (uint32_t i = 0; i < used; i++) {
		next = nearer(fd, next, atomic_load(&OWN(pool).slot[i].fd));
		next = nearer(fd, next, atomic_load(&OWN(pool).slot[i].in_fd));
	}
	return next;
}
