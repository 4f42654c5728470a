/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pool of channels.
 *
 * A slot's state moves NONE -> BUSY -> IDLE -> BUSY -> ... -> NONE, always through BUSY, and only
 * its owner does anything but that.  A channel of an earlier connection is closed by whoever has it
 * next.
 */
#include "client/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "client/handshake.h"
#include "client/session.h"

#define CALLS_BEFORE_PIPES 8

PER_PROCESS struct pool pool;

static bool
take(struct channel *ch, uint32_t from)
{
	uint32_t seen = from;

	if (atomic_load_explicit(&ch->state, memory_order_relaxed) != from ||
	    !atomic_compare_exchange_strong(&ch->state, &seen, CHANNEL_BUSY))
		return false;
	ch->owner = pthread_self();
	return true;
}

static void
give(struct channel *ch, uint32_t to)
{
	atomic_store(&ch->state, to);
	if (atomic_load(&OWN(pool).waiters) != 0) {
		atomic_fetch_add(&OWN(pool).freed, 1);
		futex_wake(&OWN(pool).freed, 1);
	}
}

bool
pool_take(struct channel *ch)
{
	return take(ch, CHANNEL_IDLE);
}

void
pool_release(struct channel *ch)
{
	if (ch->gen != atomic_load(&OWN(session).gen))
		pool_discard(ch);
	else
		give(ch, CHANNEL_IDLE);
}

void
pool_discard(struct channel *ch)
{
	channel_close(ch);
	give(ch, CHANNEL_NONE);
}

struct channel *
pool_slot(void)
{
	for (uint32_t i = 0; i < POOL_MAX; i++) {
		struct channel *ch = &OWN(pool).slot[i];
		uint32_t used = atomic_load(&OWN(pool).used);

		if (!take(ch, CHANNEL_NONE))
			continue;
		atomic_store(&ch->fd, -1);
		atomic_store(&ch->in_fd, -1);
		ch->passed[0] = ch->passed[1] = -1;
		ch->gen = atomic_load(&OWN(session).gen);
		while (used <= i && !atomic_compare_exchange_weak(&OWN(pool).used, &used, i + 1))
			continue;
		return ch;
	}
	return NULL;
}

#define ANY_LANE UINT32_MAX

enum sort { ANY_SORT, PIPES, SOCKET };

static bool
is_sort(const struct channel *ch, enum sort sort)
{
	return sort == ANY_SORT || channel_is_pipes(ch) == (sort == PIPES);
}

static struct channel *
take_idle(uint32_t lane, enum sort sort)
{
	uint32_t used = atomic_load_explicit(&OWN(pool).used, memory_order_acquire);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &OWN(pool).slot[i];

		if (lane != ANY_LANE &&
		    atomic_load_explicit(&ch->lane, memory_order_relaxed) != lane)
			continue;
		if (!is_sort(ch, sort) || !take(ch, CHANNEL_IDLE))
			continue;
		if (ch->gen == atomic_load(&OWN(session).gen))
			return ch;
		pool_discard(ch);
	}
	return NULL;
}

/* One more channel.  Signals are blocked, so that the wait for its handshake is not interrupted. */
static int
attach(struct channel **ret)
{
	struct channel *ch = NULL;
	uint64_t mask;
	int error;

	if (atomic_load(&OWN(session).attach_refused))
		return EAGAIN;
	mask = sigs_block();
	ch = pool_slot();
	error = ch == NULL ? EAGAIN : channel_open(ch, &OWN(session).addr, mask);
	if (error == 0)
		error = handshake_banner(ch, false);
	if (error == 0)
		error = handshake_attach(ch);
	if (error == EAGAIN)
		atomic_store(&OWN(session).attach_refused, true);
	if (error != 0 && ch != NULL)
		pool_discard(ch);
	sigs_restore(mask);
	if (error == 0)
		*ret = ch;
	return error;
}

/* A new channel of pipes on the lane of `ch`, which is given back; or, if there can be none, ch. */
static struct channel *
pipes_instead_of(struct channel *ch)
{
	uint64_t mask;
	struct channel *pipes;
	int error;

	if (atomic_load(&OWN(session).pipes_refused))
		return ch;
	mask = sigs_block();
	pipes = pool_slot();
	error = pipes == NULL ? EAGAIN : handshake_pipes(ch, pipes, mask);
	if (error != 0 && pipes != NULL)
		pool_discard(pipes);
	sigs_restore(mask);
	if (error != 0) {
		/* If the channel broke, the call that it is for will notice. */
		atomic_store(&OWN(session).pipes_refused, true);
		return ch;
	}
	pool_release(ch);
	return pipes;
}

/* Does somebody else have a channel that will come back? */
static bool
others_busy(void)
{
	uint32_t used = atomic_load(&OWN(pool).used);

	for (uint32_t i = 0; i < used; i++) {
		const struct channel *ch = &OWN(pool).slot[i];

		if (atomic_load(&ch->state) == CHANNEL_BUSY &&
		    !pthread_equal(ch->owner, pthread_self()))
			return true;
	}
	return false;
}

/* Sleeps until a channel was given back, unless one is free already. */
static int
wait_for_channel(enum sort sort, struct channel **ret)
{
	uint32_t freed;

	atomic_fetch_add(&OWN(pool).waiters, 1);
	freed = atomic_load(&OWN(pool).freed);
	*ret = take_idle(ANY_LANE, sort);
	if (*ret == NULL)
		futex_wait(&OWN(pool).freed, freed);
	atomic_fetch_sub(&OWN(pool).waiters, 1);
	return *ret != NULL ? 0 : EAGAIN;
}

/* An idle channel of the lane, the better sort first. */
static struct channel *
take_near(uint32_t lane, bool passing)
{
	struct channel *ch = passing ? NULL : take_idle(lane, PIPES);

	if (ch == NULL)
		ch = take_idle(lane, SOCKET);
	if (ch == NULL || passing || channel_is_pipes(ch))
		return ch;
	/* Some calls have gone this way: more will follow. */
	return ++ch->calls % CALLS_BEFORE_PIPES == 0 ? pipes_instead_of(ch) : ch;
}

int
pool_acquire(bool passing, struct channel **ret)
{
	uint32_t n = atomic_load_explicit(&OWN(session).nlanes, memory_order_relaxed);
	uint32_t lane = n > 1 ? (uint32_t)sched_getcpu() % n : 0;
	uint32_t gen = atomic_load(&OWN(session).gen);
	enum sort sort = passing ? SOCKET : ANY_SORT;

	*ret = take_near(lane, passing);
	if (*ret != NULL)
		return 0;
	for (;;) {
		int error = attach(ret);

		if (error == 0)
			return 0;
		*ret = take_idle(ANY_LANE, sort);
		if (*ret != NULL)
			return 0;
		if (error != EAGAIN)
			session_check(gen);
		if (atomic_load(&OWN(session).gen) != gen)
			return ENOTCONN;
		/* A handler on top of the only calls in flight would wait for itself. */
		if (!others_busy())
			return error;
		if (wait_for_channel(sort, ret) == 0)
			return 0;
	}
}

void
pool_end(uint32_t gen)
{
	uint32_t used = atomic_load(&OWN(pool).used);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &OWN(pool).slot[i];

		if (take(ch, CHANNEL_IDLE))
			pool_discard(ch);
		else if (atomic_load(&ch->state) == CHANNEL_BUSY && ch->gen == gen)
			channel_shutdown(ch);
	}
}

void
pool_forget(void)
{
	uint32_t used = atomic_load(&OWN(pool).used);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &OWN(pool).slot[i];

		if (atomic_load(&ch->fd) >= 0)
			channel_close(ch);
		atomic_store(&ch->state, CHANNEL_NONE);
	}
	atomic_store(&OWN(pool).waiters, 0);
}

void
pool_leave_buffers(void)
{
	uint32_t used = atomic_load(&OWN(pool).used);

	for (uint32_t i = 0; i < used; i++)
		OWN(pool).slot[i].out = OWN(pool).slot[i].in = NULL;
}

void
pool_leave_channels(void)
{
	uint32_t used = atomic_load(&OWN(pool).used);

	for (uint32_t i = 0; i < used; i++) {
		atomic_store(&OWN(pool).slot[i].fd, -1);
		atomic_store(&OWN(pool).slot[i].in_fd, -1);
	}
}
