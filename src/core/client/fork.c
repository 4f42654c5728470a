/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork: the child is a child process in the rump kernel, too.
 *
 *	parent                              server                       child
 *	FORKCONN ------------------------->  makes the child's process,
 *	   <------- reply + descriptor ---   copy of the descriptors
 *	host's fork ----------------------------------------------------> closes all it inherited,
 *	closes its copy of the descriptor                                has the passed connection;
 *	                                                                 HELLO with its first call
 *
 * With 0.4, or for a program that forks by means of its own (client_prefork_cookie), PREFORK is
 * answered with a cookie, and the child connects and says FORK with it.  Either way the child's
 * process exists before the host's fork, so the parent may end at once.  If the fork fails, closing
 * the descriptor (0.5) or FORK with `cancel` (0.4) ends the unborn process.
 *
 * The child of a threaded program has locks of threads that are not there: it depends on none, all
 * are reset (session_forget).
 */
#include <errno.h>

#include "base/scope.h"
#include "base/siglock.h"
#include "client/client.h"
#include "client/exchange.h"
#include "client/handshake.h"
#include "client/legacy.h"
#include "client/pool.h"
#include "client/session.h"

struct prefork {
	struct client_fork *out;
	int error; /* the server's answer */
};

/* The fork that this thread is making: in the child, a call of a pthread_atfork handler comes
 * before client_fork_child(). */
static __thread struct client_fork *forking;

static bool
is_errno(int32_t error)
{
	return error >= 0 && error <= 4095;
}

/* The reply to FORKCONN: 0 or EPROTO. */
static int
take_forkconn(struct channel *ch, const struct wire_frame *f, struct prefork *p)
{
	struct wire_status m;

	if (f->h.class == WIRE_ERROR) {
		p->error = wire_error_to_errno(f->h.arg);
		return 0;
	}
	if (wire_passed_get(f, WIRE_FORKCONN, &m) != 0 || !is_errno(m.error))
		return EPROTO;
	p->out->fd = channel_take_fd(ch);
	/* The host drops a descriptor for which the program has no number left. */
	p->error = m.error != 0 ? m.error : p->out->fd < 0 ? EMFILE : 0;
	return 0;
}

/* The reply to PREFORK: 0 or EPROTO. */
static int
take_cookie(const struct wire_frame *f, struct prefork *p)
{
	if (f->h.class == WIRE_ERROR) {
		p->error = wire_error_to_errno(f->h.arg);
		return 0;
	}
	return wire_prefork_resp_get(f, p->out->cookie);
}

/* 0.5: on a channel of its own. */
static int
prefork_on_channel(struct prefork *p, bool cookie)
{
	uint8_t buf[WIRE_HEADER_LEN];
	struct wbuf w = wbuf_of(buf, sizeof buf);
	struct channel *ch;
	struct wire_frame f;
	int error = pool_acquire(true, &ch);

	if (error != 0)
		return error;
	if (cookie)
		wire_prefork_put(&w, ++ch->reqno);
	else
		wire_forkconn_put(&w, ++ch->reqno);
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	if (error == 0)
		error = exchange_await(ch, NULL, WAIT_FIRMLY, &f);
	if (error == 0)
		error = cookie ? take_cookie(&f, p) : take_forkconn(ch, &f, p);
	exchange_end(ch, error);
	return error;
}

static void
put_prefork(struct waiter *w, struct wbuf *frame, uint64_t reqno)
{
	(void)w;
	wire_prefork_put(frame, reqno);
}

static int
take_shared(struct waiter *w, const struct wire_frame *f)
{
	return take_cookie(f, w->arg);
}

static int
prefork_shared(struct prefork *p)
{
	struct waiter w = {.put = put_prefork, .take = take_shared, .arg = p};
	bool sent;

	return legacy_exchange(&w, &sent);
}

static int
prefork(struct client_fork *f, bool cookie)
{
	struct prefork p = {.out = f};
	int error;

	*f = (struct client_fork){.fd = -1};
	if (!session_is_ready())
		return 0;
	error = session_settle();
	if (error == 0)
		error = OWN(session).server.minor >= 5 ? prefork_on_channel(&p, cookie)
						       : prefork_shared(&p);
	if (error == 0)
		error = p.error;
	f->connected = error == 0;
	return error;
}

int
client_prefork(struct client_fork *f)
{
	int error = prefork(f, false);

	if (f->fd >= 0)
		fd_reserve(f->fd);
	forking = f;
	return error;
}

int
client_prefork_cookie(struct client_fork *f)
{
	return prefork(f, true);
}

int
client_prefork_sharing_files(struct client_fork *f)
{
	int error = prefork(f, true);

	f->files_shared = true;
	forking = f;
	return error;
}

void
client_fork_parent(struct client_fork *f)
{
	forking = NULL;
	if (f->fd >= 0) {
		fd_unreserve(f->fd);
		raw_close(take_fd(&f->fd));
	}
}

void
client_fork_cancel(struct client_fork *f)
{
	struct channel *ch;
	uint64_t mask;

	forking = NULL;
	if (!f->connected || f->fd >= 0) {
		client_fork_parent(f);
		return;
	}
	mask = sigs_block();
	ch = pool_slot();
	if (ch != NULL) {
		if (channel_open(ch, &OWN(session).addr, mask) == 0 &&
		    handshake_banner(ch, false) == 0)
			handshake_fork(ch, f->cookie, true);
		pool_discard(ch);
	}
	sigs_restore(mask);
}

/* The child connects and shows its cookie. */
static int
connect_child(const uint32_t cookie[4], uint64_t sigmask, struct channel **ret)
{
	struct channel *ch = pool_slot();
	int error;

	if (ch == NULL)
		return EMFILE;
	error = channel_open(ch, &OWN(session).addr, sigmask);
	if (error == 0)
		error = handshake_banner(ch, true);
	if (error == 0)
		error = handshake_fork(ch, cookie, false);
	if (error == 0)
		*ret = ch;
	else
		pool_discard(ch);
	return error;
}

int
client_fork_child(struct client_fork *f)
{
	struct channel *main = NULL;
	uint64_t mask;
	int error;

	if (f->taken_over)
		return 0;
	mask = sigs_block();
	f->taken_over = true;
	forking = NULL;
	if (f->files_shared)
		pool_leave_channels();
	session_forget();
	if (!f->files_shared)
		fd_drop_reserved(f->fd);
	if (!f->connected) {
		sigs_restore(mask);
		return 0;
	}
	error = f->fd >= 0 ? session_adopt(f->fd, &main) : connect_child(f->cookie, mask, &main);
	if (error == 0) {
		f->fd = -1;
		atomic_store(
		    &OWN(session).due, OWN(session).server.minor >= 5 ? DUE_HELLO : DUE_NOTHING);
		session_ready(main);
	} else {
		client_fork_parent(f);
	}
	sigs_restore(mask);
	return error;
}

struct own_copy *
client_vfork_copy(const struct client_fork *f)
{
	struct siglock *lock = &OWN(session).lock;
	struct own_copy *copy;
	uint64_t mask;

	/* 0.4 has one connection, whose turns the parent's threads take by what is in memory. */
	if (f->connected && f->fd < 0)
		return NULL;
	mask = siglock_lock(lock);
	copy = own_begin();
	siglock_unlock(lock, mask);
	return copy;
}

int
client_vfork_child(struct client_fork *f)
{
	pool_leave_buffers();
	return client_fork_child(f);
}

void
fork_noticed(void)
{
	uint64_t mask;

	if (forking != NULL) {
		(void)client_fork_child(forking);
		return;
	}
	mask = sigs_block();
	session_forget();
	fd_drop_reserved(-1);
	sigs_restore(mask);
}
