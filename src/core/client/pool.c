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

struct pool pool;

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
	if (atomic_load(&pool.waiters) != 0) {
		atomic_fetch_add(&pool.freed, 1);
		futex_wake(&pool.freed, 1);
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
	if (ch->gen != atomic_load(&session.gen))
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
		struct channel *ch = &pool.slot[i];
		uint32_t used = atomic_load(&pool.used);

		if (!take(ch, CHANNEL_NONE))
			continue;
		atomic_store(&ch->fd, -1);
		ch->passed_fd = -1;
		ch->gen = atomic_load(&session.gen);
		while (used <= i && !atomic_compare_exchange_weak(&pool.used, &used, i + 1))
			continue;
		return ch;
	}
	return NULL;
}

#define ANY_LANE UINT32_MAX

static struct channel *
take_idle(uint32_t lane)
{
	uint32_t used = atomic_load_explicit(&pool.used, memory_order_acquire);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &pool.slot[i];

		if (lane != ANY_LANE &&
		    atomic_load_explicit(&ch->lane, memory_order_relaxed) != lane)
			continue;
		if (!take(ch, CHANNEL_IDLE))
			continue;
		if (ch->gen == atomic_load(&session.gen))
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

	if (atomic_load(&session.attach_refused))
		return EAGAIN;
	mask = sigs_block();
	ch = pool_slot();
	error = ch == NULL ? EAGAIN : channel_open(ch, &session.addr, mask);
	if (error == 0)
		error = handshake_banner(ch, false);
	if (error == 0)
		error = handshake_attach(ch);
	if (error == EAGAIN)
		atomic_store(&session.attach_refused, true);
	if (error != 0 && ch != NULL)
		pool_discard(ch);
	sigs_restore(mask);
	if (error == 0)
		*ret = ch;
	return error;
}

/* Does somebody else have a channel that will come back? */
static bool
others_busy(void)
{
	uint32_t used = atomic_load(&pool.used);

	for (uint32_t i = 0; i < used; i++) {
		const struct channel *ch = &pool.slot[i];

		if (atomic_load(&ch->state) == CHANNEL_BUSY &&
		    !pthread_equal(ch->owner, pthread_self()))
			return true;
	}
	return false;
}

/* Sleeps until a channel was given back, unless one is free already. */
static int
wait_for_channel(struct channel **ret)
{
	uint32_t freed;

	atomic_fetch_add(&pool.waiters, 1);
	freed = atomic_load(&pool.freed);
	*ret = take_idle(ANY_LANE);
	if (*ret == NULL)
		futex_wait(&pool.freed, freed);
	atomic_fetch_sub(&pool.waiters, 1);
	return *ret != NULL ? 0 : EAGAIN;
}

int
pool_acquire(struct channel **ret)
{
	uint32_t n = atomic_load_explicit(&session.nlanes, memory_order_relaxed);
	uint32_t lane = n > 1 ? (uint32_t)sched_getcpu() % n : 0;
	uint32_t gen = atomic_load(&session.gen);

	*ret = take_idle(lane);
	if (*ret != NULL)
		return 0;
	for (;;) {
		int error = attach(ret);

		if (error == 0)
			return 0;
		*ret = take_idle(ANY_LANE);
		if (*ret != NULL)
			return 0;
		if (error != EAGAIN)
			session_check(gen);
		if (atomic_load(&session.gen) != gen)
			return ENOTCONN;
		/* A handler on top of the only calls in flight would wait for itself. */
		if (!others_busy())
			return error;
		if (wait_for_channel(ret) == 0)
			return 0;
	}
}

void
pool_end(uint32_t gen)
{
	uint32_t used = atomic_load(&pool.used);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &pool.slot[i];

		if (take(ch, CHANNEL_IDLE))
			pool_discard(ch);
		else if (atomic_load(&ch->state) == CHANNEL_BUSY && ch->gen == gen)
			channel_shutdown(ch);
	}
}

void
pool_forget(void)
{
	uint32_t used = atomic_load(&pool.used);

	for (uint32_t i = 0; i < used; i++) {
		struct channel *ch = &pool.slot[i];

		if (atomic_load(&ch->fd) >= 0)
			channel_close(ch);
		atomic_store(&ch->state, CHANNEL_NONE);
	}
	atomic_store(&pool.waiters, 0);
}
