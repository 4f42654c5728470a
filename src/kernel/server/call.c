/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls: frame -> system call function -> reply.
 *
 * The call's state is its thread's (worker.call) and used again by the next; other threads get to
 * know it only when it first waits (call_begin_wait), which also makes it hold on to its channel:
 * from then on its thread may not be the leader who keeps the channel alive.
 */
#include "call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/scope.h"
#include "channel.h"
#include "dispatch.h"
#include "guest.h"
#include "kern/clock.h"
#include "kern/usercopy.h"
#include "server.h"
#include "syscall/sysent.h"
#include "syscall/sysnum.h"

/* Frame, redirect path, and chunks that have been collected up to WIRE_OUT_MAX. */
#define REPLY_SIZE (WIRE_OUT_MAX + (8u << 10))

int
call_init(struct call *c)
{
	c->lwp.interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->lwp.interrupt_fd < 0)
		return errno;
	c->reply = wbuf_of(malloc(REPLY_SIZE), REPLY_SIZE);
	if (c->reply.base == NULL) {
		close(c->lwp.interrupt_fd);
		return ENOMEM;
	}
	sem_init(&c->copy.done, 0, 0);
	return 0;
}

void
call_fini(struct call *c)
{
	sem_destroy(&c->copy.done);
	close(c->lwp.interrupt_fd);
	free(c->reply.base);
}

void
call_begin_wait(struct call *c)
{
	if (c->waited)
		return;
	c->waited = true;
	channel_ref(c->channel);
	LIST_INSERT_HEAD(&c->guest->waiting, c, waiting_link);
}

void
call_interrupt(struct call *c)
{
	c->interrupted = true;
	eventfd_write(c->lwp.interrupt_fd, 1);
}

void
call_abort(struct call *c)
{
	c->aborted = true;
	call_interrupt(c);
	copy_abort(c);
}

static void
begin(struct call *c, struct channel *ch, uint64_t reqno, const struct usercopy *copy)
{
	c->channel = ch;
	c->guest = ch->guest;
	c->reqno = reqno;
	c->waited = c->interrupted = c->aborted = false;
	c->lwp.proc = ch->guest->proc;
	c->lwp.copy = copy;
	c->lwp.copy_arg = c;
	c->lwp.in_fd = c->lwp.out_fd = -1;
	c->lwp.redirect[0] = '\0';
	curlwp = &c->lwp;
}

static bool
is_delegation(uint32_t nr)
{
	return nr >= RUMP_SYS_PRIVATE && nr < RUMP_SYS_PUBLIC;
}

static int
run(struct call *c, uint32_t nr, const uint64_t args[6], int64_t retval[2])
{
	const struct sysent *se = sysent_find(nr);

	c->lwp.proc->ncalls++;
	clock_begin_call();
	if (se == NULL)
		return ENOSYS;
	if (is_delegation(nr) && (c->lwp.copy != &copy_by_chunks || !c->guest->delegates))
		return EOPNOTSUPP;
	return se->call(&c->lwp, args, retval);
}

/* No other thread knows the call any more. */
static void
end(struct call *c)
{
	eventfd_t count;

	curlwp = NULL;
	if (c->waited)
		guest_call_over(c);
	if (c->interrupted)
		eventfd_read(c->lwp.interrupt_fd, &count);
}

/* After the reply: gives back what the call had. */
static int
leave(struct worker *w)
{
	struct call *c = &w->call;

	if (c->lwp.out_fd >= 0)
		close(c->lwp.out_fd);
	if (c->waited)
		channel_unref(c->channel);
	server_halt_if_asked();
	return w->leading ? SERVED : SERVED_GONE;
}

int
call_serve_syscall(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	struct call *c = &w->call;
	struct wire_sysresp resp = {0};
	uint64_t args[8];
	unsigned nargs;
	uint8_t buf[64];
	struct wbuf reply = wbuf_of(buf, sizeof buf);

	if (wire_syscall_get(f, args, &nargs) != 0) {
		dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
		return SERVED;
	}
	giant_lock();
	if (ch->state != CHANNEL_READY) {
		giant_unlock();
		return SERVED_DROP;
	}
	begin(c, ch, f->h.reqno, &copy_by_frames);
	resp.error = run(c, f->h.arg, args, resp.retval);
	if (resp.error == EREDIRECT) /* only CALL can carry the path */
		resp.error = ELOOP;
	end(c);
	giant_unlock();
	if (!c->aborted) {
		wire_sysresp_put(&reply, c->reqno, &resp);
		channel_send_frames(ch, &reply);
	}
	return leave(w);
}

/*
 * The reply to a CALL begins with a head whose size does not depend on what it says: it is written
 * before the call, to collect chunks behind it, and once more when error and results are known.
 */
static void
reply_head(struct call *c, int error, const int64_t retval[2])
{
	size_t len = c->reply.len;
	uint32_t flags = c->lwp.out_fd >= 0 ? WIRE_CALL_FD : 0;

	c->reply.len = 0;
	wire_call_resp_begin(&c->reply, c->reqno, error, flags, retval);
	if (len > c->reply.len)
		c->reply.len = len;
}

static void
reply_send(struct call *c, int error, const int64_t retval[2])
{
	struct passed passed = {.n = c->lwp.out_fd >= 0, .fd = {c->lwp.out_fd}};

	if (error == EREDIRECT) {
		c->reply.len = c->nreply_chunks = 0;
		reply_head(c, error, retval);
		wire_chunk_put(&c->reply, WIRE_ADDR_REDIRECT, c->lwp.redirect,
		    (uint32_t)strlen(c->lwp.redirect) + 1);
		c->nreply_chunks = 1;
	} else {
		reply_head(c, error, retval);
	}
	wire_call_resp_end(&c->reply, 0, c->nreply_chunks);
	channel_send(c->channel, c->reply.base, c->reply.len, passed.n > 0 ? &passed : NULL);
}

int
call_serve_call(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	static const int64_t nothing[2];
	struct call *c = &w->call;
	struct wire_call m;
	int64_t retval[2] = {0, 0};
	int error;

	if (wire_call_get(f, &m) != 0) {
		dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
		return SERVED;
	}
	giant_lock();
	if (ch->state != CHANNEL_READY) {
		giant_unlock();
		return SERVED_DROP;
	}
	begin(c, ch, f->h.reqno, &copy_by_chunks);
	c->chunks = m.chunks;
	c->nchunks = m.nchunks;
	c->reply.len = c->nreply_chunks = 0;
	reply_head(c, 0, nothing);
	if ((m.flags & WIRE_CALL_FD) != 0)
		c->lwp.in_fd = channel_take_fd(ch);
	if ((m.flags & WIRE_CALL_FD) != 0 && c->lwp.in_fd < 0)
		error = EMFILE; /* no number was free to receive it */
	else
		error = run(c, f->h.arg, m.args, retval);
	if (c->lwp.out_fd >= 0 && !channel_passes(ch)) {
		close(take_fd(&c->lwp.out_fd));
		error = EOPNOTSUPP;
	}
	end(c);
	giant_unlock();
	/* Once it has the answer, the program's descriptor is the only one. */
	if (c->lwp.in_fd >= 0)
		close(take_fd(&c->lwp.in_fd));
	if (!c->aborted && (m.flags & WIRE_CALL_NOREPLY) == 0)
		reply_send(c, error, retval);
	return leave(w);
}
