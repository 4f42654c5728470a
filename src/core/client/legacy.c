/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sharing one connection: leader and followers.
 *
 * Every thread with a request in flight has a waiter in the list.  One of them, the leader, polls
 * the socket and reads for all; the others sleep on their waiters' futexes.  Who has its answer
 * leaves the list; a leader that leaves wakes another.
 *
 * The lock is held while the list changes or a frame is read or written, with signals blocked; the
 * leader lets signals in only while it polls and followers while they sleep, neither with the lock.
 * So a signal handler may make a call: on top of a follower it becomes one more waiter; on top of
 * the leader it takes the lead over (same thread: it could not wait for the one beneath it).
 *
 * When the connection breaks, all waiters are done with ENOTCONN and the list is empty.
 */
#include "client/legacy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/raw.h"
#include "base/siglock.h"
#include "client/pool.h"
#include "client/serve.h"
#include "client/session.h"

#define ALL_BLOCKED (~UINT64_C(0))

PER_PROCESS static struct {
	struct siglock lock;
	struct channel *ch; /* BUSY while the list is not empty */
	struct waiter *list;
	bool led;
	pthread_t leader;
	uint64_t lead; /* counts leaderships: tells a leader that its own is over */
} shared;

void
legacy_forget(void)
{
	memset(&OWN(shared), 0, sizeof shared);
}

static void
nudge(struct waiter *w)
{
	atomic_fetch_add(&w->event, 1);
	futex_wake(&w->event, 1);
}

/* Takes w off the list, with its result; with the last one the channel is free. */
static void
finish(struct waiter *w, int error)
{
	struct waiter **p = &OWN(shared).list;

	while (*p != w)
		p = &(*p)->next;
	*p = w->next;
	w->error = error;
	w->done = true;
	nudge(w);
	if (OWN(shared).list == NULL && error == 0)
		pool_release(OWN(shared).ch);
	else if (OWN(shared).list == NULL)
		pool_discard(OWN(shared).ch);
}

static void
break_down(int error)
{
	uint32_t gen = OWN(shared).ch->gen;

	OWN(shared).led = false;
	OWN(shared).lead++;
	if (error == EPROTO)
		session_lose(gen, "the server breaks the protocol");
	while (OWN(shared).list != NULL)
		finish(OWN(shared).list, error);
	session_check(gen);
}

/* The first waiter needs the main channel. */
static int
join(struct waiter *w)
{
	if (OWN(shared).list == NULL) {
		struct channel *main = OWN(session).main;

		if (!session_is_ready() || !pool_take(main))
			return ENOTCONN;
		OWN(shared).ch = main;
		main->handshake = true; /* be patient with half a frame */
	}
	w->done = false;
	w->reqno = ++OWN(shared).ch->reqno;
	w->next = OWN(shared).list;
	OWN(shared).list = w;
	return 0;
}

/* The memory of all calls in flight: the server does not say for which one it asks. */
static struct usermem *
all_usermem(void)
{
	struct usermem *head = NULL;

	for (struct waiter *w = shared.list; w != NULL; w = w->next) {
		if (w->um == NULL)
			continue;
		w->um->next = head;
		head = w->um;
	}
	return head;
}

static int
dispatch(const struct wire_frame *f)
{
	struct waiter *w = shared.list;
	int error;

	if (f->h.class == WIRE_REQ)
		return serve_request(OWN(shared).ch, f, all_usermem());
	while (w != NULL && w->reqno != f->h.reqno)
		w = w->next;
	if (w == NULL)
		return EPROTO;
	error = w->take(w, f);
	if (error == 0)
		finish(w, 0);
	return error;
}

/* There is something to read: all frames that came. */
static void
read_frames(uint64_t sigmask)
{
	struct channel *ch = shared.ch;

	ch->sigmask = sigmask;
	do {
		struct wire_frame f;
		int error = channel_recv(ch, &f);

		if (error == EINTR)
			continue;
		if (error == 0)
			error = dispatch(&f);
		if (error != 0)
			break_down(error);
	} while (OWN(shared).list != NULL && channel_has_frame(ch));
}

/* Polls and reads until something else than our own answer makes us look up. */
static void
lead(struct waiter *self, uint64_t sigmask)
{
	/* A number closed behind our back leaves us polling a socket that nobody else sees. */
	struct timespec now_and_then = {.tv_nsec = 200000000};
	uint64_t turn = ++OWN(shared).lead;

	OWN(shared).led = true;
	OWN(shared).leader = pthread_self();
	while (!self->done && OWN(shared).lead == turn) {
		struct pollfd p = {.fd = atomic_load(&OWN(shared).ch->fd), .events = POLLIN};
		struct timespec t = now_and_then;
		long n;

		siglock_unlock(&OWN(shared).lock, ALL_BLOCKED);
		n = raw_call5(SYS_ppoll, &p, 1, &t, &sigmask, sizeof sigmask);
		siglock_lock(&OWN(shared).lock);
		if (n > 0 && !self->done && OWN(shared).lead == turn)
			read_frames(sigmask);
	}
	if (OWN(shared).lead == turn) {
		OWN(shared).led = false;
		if (OWN(shared).list != NULL)
			nudge(OWN(shared).list);
	}
}

static void
follow(struct waiter *self, uint64_t sigmask)
{
	uint32_t seen = atomic_load(&self->event);

	siglock_unlock(&OWN(shared).lock, sigmask);
	futex_wait(&self->event, seen);
	siglock_lock(&OWN(shared).lock);
}

int
legacy_exchange(struct waiter *w, bool *ret_sent)
{
	uint8_t buf[WIRE_HEADER_LEN + 8 * CALL_WORDS_MAX];
	struct wbuf frame = wbuf_of(buf, sizeof buf);
	uint64_t sigmask = siglock_lock(&OWN(shared).lock);
	int error = join(w);

	if (error == 0) {
		w->put(w, &frame, w->reqno);
		if (channel_send(OWN(shared).ch, frame.base, frame.len, NULL, 0, -1) == 0)
			*ret_sent = true;
		else
			break_down(ENOTCONN);
		while (!w->done) {
			if (!OWN(shared).led || pthread_equal(OWN(shared).leader, pthread_self()))
				lead(w, sigmask);
			else
				follow(w, sigmask);
		}
		error = w->error;
	}
	siglock_unlock(&OWN(shared).lock, sigmask);
	return error;
}

static void
put_syscall(struct waiter *w, struct wbuf *frame, uint64_t reqno)
{
	const struct call *c = w->arg;

	wire_syscall_put(frame, reqno, c->nr, c->args, c->args_len);
}

static int
take_sysresp(struct waiter *w, const struct wire_frame *f)
{
	struct call *c = w->arg;
	struct wire_sysresp m;

	if (f->h.class == WIRE_ERROR) {
		c->error = wire_error_to_errno(f->h.arg);
		return 0;
	}
	if (wire_sysresp_get(f, &m) != 0 || m.error < 0 || m.error > 4095)
		return EPROTO;
	if (m.error == 0 && !usermem_may_count(&c->um, c->nr, m.retval[0]))
		return EPROTO;
	c->error = m.error == 0 && c->um.faulted ? EFAULT : m.error;
	memcpy(c->res->retval, m.retval, sizeof m.retval);
	return 0;
}

int
legacy_call(struct call *c)
{
	struct waiter w = {.put = put_syscall, .take = take_sysresp, .arg = c, .um = &c->um};

	if (c->pass_fd >= 0) {
		c->error = EOPNOTSUPP;
		return 0;
	}
	return legacy_exchange(&w, &c->sent);
}
