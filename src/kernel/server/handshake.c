/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a connection becomes a process's channel, and what its ends agree on.
 *
 *	GUEST   a new process, child of init         FORK    the process of a prefork
 *	ATTACH  one more channel of a process (0.5)  EXEC    a new image on the main channel
 *	HELLO   after any of them but ATTACH: the client speaks 0.5
 *
 * A connection whose first frame is none of these is told so (ERROR AUTH) and closed.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dispatch.h"
#include "guest.h"
#include "kern/hostdir.h"
#include "prefork.h"
#include "server.h"
#include "vfs/vfs.h"

static int
refuse_and_drop(struct channel *ch, const struct wire_frame *f, enum wire_error error)
{
	dispatch_refuse(ch, &f->h, error);
	return SERVED_DROP;
}

static void
answer_status(struct channel *ch, uint64_t reqno)
{
	uint8_t buf[64];
	struct wbuf w = wbuf_of(buf, sizeof buf);

	wire_status_put(&w, reqno, 0);
	channel_send_frames(ch, &w);
}

/* Serves a local client where it runs, as far as the host tells. */
static int
go_to_peer(struct worker *w, struct channel *ch)
{
	unsigned cpu;

	if (!peer_cpu(ch->peer.pid, &cpu))
		return SERVED;
	return channel_move(w, ch, lane_of_cpu(cpu));
}

static int
guest_from_peer(struct channel *ch, const char *comm)
{
	struct proc *proc;
	int error = proc_new(proc_init_p, false, &proc);

	if (error != 0)
		return error;
	proc_exec(proc, comm);
	peer_cred(ch->fd, &ch->peer, &proc->cred);
	proc->host_pid = ch->peer.pid;
	proc->host_root = ch->peer.local && ch->peer.uid == 0;
	error = guest_new(ch, proc);
	if (error != 0)
		proc_exit(proc);
	return error;
}

static int
serve_guest(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	struct wire_guest m;
	int error;

	if (wire_guest_get(f, &m) != 0)
		return refuse_and_drop(ch, f, WIRE_ERR_MALFORMED);
	giant_lock();
	error = guest_from_peer(ch, m.comm);
	giant_unlock();
	if (error != 0)
		return refuse_and_drop(ch, f, error == EAGAIN ? WIRE_ERR_TRYAGAIN : WIRE_ERR_NOMEM);
	answer_status(ch, f->h.reqno);
	return go_to_peer(w, ch);
}

static int
fork_claim(struct channel *ch, const struct wire_fork *m)
{
	struct proc *proc;
	int error = prefork_claim(m->cookie, &proc);

	if (error != 0)
		return error;
	if (m->cancel == 0) {
		proc->host_pid = ch->peer.pid;
		error = guest_new(ch, proc);
	}
	if (m->cancel != 0 || error != 0)
		proc_exit(proc);
	return error;
}

static int
serve_fork(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	struct wire_fork m;
	int error;

	if (wire_fork_get(f, &m) != 0)
		return refuse_and_drop(ch, f, WIRE_ERR_MALFORMED);
	giant_lock();
	error = fork_claim(ch, &m);
	giant_unlock();
	if (error != 0)
		return refuse_and_drop(
		    ch, f, error == ESRCH ? WIRE_ERR_INVALID_PREFORK : WIRE_ERR_NOMEM);
	if (m.cancel != 0)
		return SERVED_DROP;
	answer_status(ch, f->h.reqno);
	return go_to_peer(w, ch);
}

static int
serve_attach(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	struct wire_attach m;
	int error;

	if (wire_attach_get(f, &m) != 0)
		return refuse_and_drop(ch, f, WIRE_ERR_MALFORMED);
	giant_lock();
	error = guest_attach(ch, m.cookie);
	giant_unlock();
	if (error != 0)
		return refuse_and_drop(
		    ch, f, error == ESRCH ? WIRE_ERR_INVALID_PREFORK : WIRE_ERR_TRYAGAIN);
	ch->minor = 5;
	answer_status(ch, f->h.reqno);
	return channel_move(w, ch, lane_of_cpu(m.lane));
}

static int
serve_exec(struct channel *ch, const struct wire_frame *f)
{
	struct wire_guest m;
	enum wire_error refusal = 0;

	if (wire_guest_get(f, &m) != 0) {
		dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
		return SERVED;
	}
	giant_lock();
	if (ch->state != CHANNEL_READY || ch != ch->guest->main) {
		refusal = WIRE_ERR_AUTH;
	} else {
		ch->minor = 4;
		guest_exec(ch->guest, f->h.reqno, m.comm); /* answers when it is done */
	}
	giant_unlock();
	if (refusal != 0)
		dispatch_refuse(ch, &f->h, refusal);
	return SERVED;
}

int
serve_handshake(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	bool first = ch->state == CHANNEL_HANDSHAKE;

	if (f->h.arg == WIRE_GUEST && first)
		return serve_guest(w, ch, f);
	if (f->h.arg == WIRE_FORK && first)
		return serve_fork(w, ch, f);
	if (f->h.arg == WIRE_ATTACH && first)
		return serve_attach(w, ch, f);
	if (f->h.arg == WIRE_EXEC && !first)
		return serve_exec(ch, f);
	dispatch_refuse(ch, &f->h, WIRE_ERR_AUTH);
	return first ? SERVED_DROP : SERVED;
}

/* The guest side of HELLO: takes the client's wishes, says what it gets.  Giant lock. */
static int
hello_agree(struct channel *ch, const struct wire_hello *m, struct wire_hello_resp *r)
{
	struct guest *g = ch->guest;
	int error;

	if (m->major != 0 || m->minor < 5)
		return EPROTONOSUPPORT;
	error = guest_new_cookie(g);
	if (error != 0)
		return error;
	r->flags = m->flags & WIRE_HELLO_ABSLINKS;
	if (ch->peer.local)
		r->flags |= m->flags & WIRE_HELLO_DELEGATE;
	ch->minor = 5;
	g->delegates = (r->flags & WIRE_HELLO_DELEGATE) != 0;
	g->proc->abslinks = (r->flags & WIRE_HELLO_ABSLINKS) != 0;
	if (m->pid != 0)
		g->proc->host_pid = (pid_t)m->pid;
	r->nlanes = lanes_count();
	r->pid = (uint32_t)g->proc->pid;
	memcpy(r->cookie, g->cookie, sizeof r->cookie);
	r->file_dev = vfs_file_dev();
	memcpy(r->names, server_names_dir(), strlen(server_names_dir()));
	r->host_pid = (uint32_t)getpid();
	return 0;
}

int
serve_hello(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	uint8_t buf[256];
	struct wbuf reply = wbuf_of(buf, sizeof buf);
	struct wire_hello_resp r = {.nlanes = 1};
	struct wire_hello m;
	bool refused;

	_Static_assert(HOSTDIR_PATH_MAX <= sizeof r.names, "the directory's name fits");
	refused = wire_hello_get(f, &m) != 0;
	if (!refused) {
		giant_lock();
		refused = ch->state != CHANNEL_READY || ch != ch->guest->main;
		if (!refused)
			r.error = hello_agree(ch, &m, &r);
		giant_unlock();
	}
	if (refused) {
		dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
		return SERVED;
	}
	wire_hello_resp_put(&reply, f->h.reqno, &r);
	channel_send_frames(ch, &reply);
	return r.error == 0 ? channel_move(w, ch, lane_of_cpu(m.lane)) : SERVED;
}
