/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one session of the process: connect, check, lose, forget.
 */
#include "client/session.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/raw.h"
#include "client/handshake.h"
#include "client/legacy.h"
#include "client/pool.h"
#include "trace/trace.h"

PER_PROCESS struct session session;

/* The page that a fork wipes: its first word is OURS in the process that wrote it. */
enum { MARK_WIPED, MARK_FORGETTING, MARK_OURS };
static _Atomic uint32_t mark_unwiped; /* where the host cannot wipe */
static _Atomic(_Atomic uint32_t *) marker;

static void
make_marker(void)
{
	_Atomic uint32_t *m = &mark_unwiped;
	long p;

	if (atomic_load(&marker) != NULL)
		return;
	p = raw_call6(
	    SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p > 0 && raw_call3(SYS_madvise, p, 4096, MADV_WIPEONFORK) == 0)
		m = (_Atomic uint32_t *)p;
	atomic_store(m, MARK_OURS);
	atomic_store(&marker, m);
}

/* After a fork behind our back: the first to come forgets, the others wait for that. */
static void
forget_if_forked(void)
{
	_Atomic uint32_t *m = atomic_load(&marker);
	uint32_t seen = MARK_WIPED;

	if (m == NULL)
		return;
	if (atomic_compare_exchange_strong(m, &seen, MARK_FORGETTING))
		fork_noticed();
	while (atomic_load(m) == MARK_FORGETTING)
		raw_call0(SYS_sched_yield);
}

static void
start_tracing(void)
{
	static _Atomic bool started;

	if (!atomic_exchange(&started, true))
		trace_init();
}

bool
session_is_ready(void)
{
	_Atomic uint32_t *m = atomic_load_explicit(&marker, memory_order_relaxed);

	return atomic_load_explicit(&OWN(session).state, memory_order_acquire) == SESSION_READY &&
	       m != NULL && atomic_load_explicit(m, memory_order_relaxed) == MARK_OURS;
}

void
session_forget(void)
{
	_Atomic uint32_t *m = atomic_load(&marker);

	siglock_reset(&OWN(session).lock);
	atomic_store(&OWN(session).state, SESSION_NONE);
	atomic_fetch_add(&OWN(session).gen, 1);
	atomic_store(&OWN(session).due, DUE_NOTHING);
	OWN(session).main = NULL;
	pool_forget();
	legacy_forget();
	if (m != NULL)
		atomic_store(m, MARK_OURS);
}

int
session_adopt(int fd, struct channel **ret_main)
{
	struct channel *ch;
	int error;

	start_tracing();
	make_marker();
	ch = pool_slot();
	if (ch == NULL)
		return EMFILE;
	error = channel_adopt(ch, fd);
	if (error != 0) {
		pool_discard(ch);
		return error;
	}
	*ret_main = ch;
	return 0;
}

void
session_ready(struct channel *main)
{
	OWN(session).main = main;
	OWN(session).main_ident = main->ident;
	atomic_store(&OWN(session).attach_refused, false);
	atomic_store(&OWN(session).pipes_refused, false);
	pool_release(main);
	atomic_store_explicit(&OWN(session).state, SESSION_READY, memory_order_release);
}

/* The lock is held. */
static int
open_main(uint64_t sigmask)
{
	struct channel *ch;
	int error = session_find_server();

	if (error != 0)
		return error;
	ch = pool_slot();
	if (ch == NULL)
		return EMFILE;
	error = channel_open(ch, &OWN(session).addr, sigmask);
	if (error == 0)
		error = handshake_banner(ch, true);
	if (error == 0)
		error = handshake_guest(ch);
	if (error == 0)
		session_ready(ch);
	else
		pool_discard(ch);
	return error;
}

/* The program's word to a process that connecting has made: not for one that it makes by this. */
static void
tell_birth(void)
{
	static _Atomic bool telling;

	if (OWN(session).born == NULL || atomic_exchange(&telling, true))
		return;
	OWN(session).born();
	atomic_store(&telling, false);
}

int
session_connect(void)
{
	uint64_t mask;
	int error = 0;
	bool made = false;

	forget_if_forked();
	mask = siglock_lock(&OWN(session).lock);
	start_tracing();
	make_marker();
	if (!session_is_ready()) {
		error = open_main(mask);
		made = error == 0;
	}
	siglock_unlock(&OWN(session).lock, mask);
	if (made)
		tell_birth();
	return error;
}

/* The lock is held, and the main channel is ours. */
static int
settle(struct channel *main, uint32_t due, uint64_t sigmask)
{
	int error;

	main->handshake = due == DUE_ANSWERS; /* the old image's calls may take their time */
	main->sigmask = sigmask;
	error = due == DUE_HELLO ? handshake_hello(main) : handshake_exec_await(main);
	main->handshake = false;
	return error;
}

int
session_settle(void)
{
	uint64_t mask;
	uint32_t gen, due;
	int error = 0;

	if (atomic_load_explicit(&OWN(session).due, memory_order_acquire) == DUE_NOTHING)
		return 0;
	mask = siglock_lock(&OWN(session).lock);
	gen = atomic_load(&OWN(session).gen);
	/* Nobody has used the main channel before this is done, and signals are blocked. */
	due = atomic_load(&OWN(session).due);
	if (due != DUE_NOTHING && pool_take(OWN(session).main)) {
		error = settle(OWN(session).main, due, mask);
		if (error == 0)
			pool_release(OWN(session).main);
		else
			pool_discard(OWN(session).main);
		atomic_store_explicit(
		    &OWN(session).due, error == 0 ? DUE_NOTHING : due, memory_order_release);
	}
	siglock_unlock(&OWN(session).lock, mask);
	if (error != 0)
		session_lose(gen, due == DUE_HELLO ? "the forked process was not accepted"
						   : "the new image was not accepted");
	return error == 0 ? 0 : ENOTCONN;
}

/* The lock is held. */
static void
lose(uint32_t gen, const char *why)
{
	if (gen != atomic_load(&OWN(session).gen) ||
	    atomic_load(&OWN(session).state) != SESSION_READY)
		return;
	atomic_store(&OWN(session).lost_why, why);
	atomic_store(&OWN(session).state, SESSION_LOST);
	atomic_fetch_add(&OWN(session).gen, 1);
	atomic_store(&OWN(session).due, DUE_NOTHING);
	pool_end(gen);
}

void
session_lose(uint32_t gen, const char *why)
{
	uint64_t mask = siglock_lock(&OWN(session).lock);

	lose(gen, why);
	siglock_unlock(&OWN(session).lock, mask);
}

void
session_check(uint32_t gen)
{
	uint64_t mask = siglock_lock(&OWN(session).lock);

	if (gen == atomic_load(&OWN(session).gen) && OWN(session).main != NULL &&
	    (OWN(session).main->ident != OWN(session).main_ident ||
		!channel_is_alive(OWN(session).main)))
		lose(gen, "the server closed it, or the program did");
	siglock_unlock(&OWN(session).lock, mask);
}
