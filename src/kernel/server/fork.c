/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parent's part of fork.
 *
 * PREFORK (0.4): the child's process is made at once, with the descriptors as they are now; the
 * child claims it with the cookie from a connection of its own.  FORKCONN (0.5): the connection is
 * made here as well and passed to the parent, whose child inherits it; if no child comes to be, the
 * parent closes it, and that ends the process.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/scope.h"
#include "dispatch.h"
#include "guest.h"
#include "prefork.h"
#include "server.h"

static enum wire_error
fork_error(int error)
{
	switch (error) {
	case EAGAIN:
		return WIRE_ERR_TRYAGAIN;
	case ENOMEM:
		return WIRE_ERR_NOMEM;
	default:
		return WIRE_ERR_RFORK_FAILED;
	}
}

int
serve_prefork(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	uint8_t buf[64];
	struct wbuf reply = wbuf_of(buf, sizeof buf);
	uint32_t cookie[4];
	int error = ESRCH;

	(void)w;
	giant_lock();
	if (ch->state == CHANNEL_READY)
		error = prefork_new(ch->guest, cookie);
	giant_unlock();
	if (error != 0) {
		dispatch_refuse(ch, &f->h, fork_error(error));
		return SERVED;
	}
	wire_prefork_resp_put(&reply, f->h.reqno, cookie);
	channel_send_frames(ch, &reply);
	return SERVED;
}

/* A process that is a copy of the channel's, as the guest of a new channel over socket s. */
static int
fork_guest(struct channel *parent, int s, struct channel **ret)
{
	struct peer peer = parent->peer;
	struct channel *ch;
	struct proc *proc;
	int error;

	peer.pid = 0; /* not born yet; its HELLO will say */
	error = channel_new(s, -1, &peer, CHANNEL_HANDSHAKE, &ch);
	if (error != 0)
		return error;
	error = proc_new(parent->guest->proc, true, &proc);
	if (error == 0) {
		error = guest_new(ch, proc);
		if (error != 0)
			proc_exit(proc);
	}
	if (error == 0)
		*ret = ch;
	else
		channel_discard(ch);
	return error;
}

int
serve_forkconn(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	uint8_t buf[64];
	struct wbuf reply = wbuf_of(buf, sizeof buf);
	CLEANUP_FD int childs_end = -1;
	struct passed passed = {.n = 1};
	struct channel *child = NULL;
	int fds[2];
	int error = ESRCH;

	if (!channel_passes(ch) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
		error = channel_passes(ch) ? errno : EOPNOTSUPP;
	} else {
		childs_end = fds[1];
		giant_lock();
		if (ch->state == CHANNEL_READY)
			error = fork_guest(ch, fds[0], &child);
		else
			close(fds[0]);
		giant_unlock();
	}
	if (error == 0)
		channel_place(child, w->lane);
	passed.fd[0] = childs_end;
	wire_passed_put(&reply, f->h.reqno, WIRE_FORKCONN, error);
	channel_send(ch, reply.base, reply.len, error == 0 ? &passed : NULL);
	return SERVED;
}
