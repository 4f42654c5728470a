/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests: see guest.h.
 *
 * Ends in two ways.  Main channel lost: the waiting calls are aborted, the other channels shut
 * down; when the last call has returned the process exits, and when the last channel's leader has
 * noticed the guest is freed.  Exec: the calls of the old image are aborted in the same way, but
 * when the last has returned the process goes on under its new name, and only then the new image is
 * answered: nothing of the old one can come between.
 */
#include "guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "prefork.h"
#include "server.h"

#define HASH_SIZE 1024

static LIST_HEAD(, guest) cookies[HASH_SIZE];

static bool
cookie_is_set(const struct guest *g)
{
	return (g->cookie[0] | g->cookie[1] | g->cookie[2] | g->cookie[3]) != 0;
}

static void
forget_cookie(struct guest *g)
{
	if (cookie_is_set(g))
		LIST_REMOVE(g, hash);
	memset(g->cookie, 0, sizeof g->cookie);
}

int
guest_new_cookie(struct guest *g)
{
	uint32_t cookie[4];

	if (getrandom(cookie, sizeof cookie, 0) != sizeof cookie)
		return EAGAIN;
	forget_cookie(g);
	memcpy(g->cookie, cookie, sizeof cookie);
	if (cookie_is_set(g))
		LIST_INSERT_HEAD(&cookies[cookie[0] % HASH_SIZE], g, hash);
	return 0;
}

static void
add_channel(struct guest *g, struct channel *ch)
{
	LIST_INSERT_HEAD(&g->channels, ch, guest_link);
	g->nchannels++;
	ch->guest = g;
	ch->state = CHANNEL_READY;
}

int
guest_new(struct channel *ch, struct proc *proc)
{
	struct guest *g = calloc(1, sizeof *g);

	if (g == NULL)
		return ENOMEM;
	g->proc = proc;
	g->main = ch;
	proc->guest = g;
	add_channel(g, ch);
	server_note(
	    "pid %d (%s): begins, uid %d", (int)proc->pid, proc->comm, (int)proc->cred.ruid);
	return 0;
}

int
guest_join(struct guest *g, struct channel *ch)
{
	if (g->main == NULL)
		return ESRCH;
	if (g->nchannels >= GUEST_CHANNELS_MAX)
		return EAGAIN;
	add_channel(g, ch);
	return 0;
}

int
guest_attach(struct channel *ch, const uint32_t cookie[4])
{
	struct guest *g;

	LIST_FOREACH (g, &cookies[cookie[0] % HASH_SIZE], hash) {
		if (memcmp(g->cookie, cookie, sizeof g->cookie) == 0)
			break;
	}
	return g == NULL ? ESRCH : guest_join(g, ch);
}

/* Ends what the channel does, and leaves the rest to its leader. */
static void
end_channel(struct channel *ch)
{
	ch->state = CHANNEL_DEAD;
	channel_shutdown(ch);
}

static void
end_channels_but(struct guest *g, const struct channel *spared)
{
	struct channel *ch;

	LIST_FOREACH (ch, &g->channels, guest_link) {
		if (ch != spared)
			end_channel(ch);
	}
}

/* Aborts the waiting calls: of one channel, or of all (NULL). */
static void
abort_calls(struct guest *g, const struct channel *ch)
{
	struct call *c;

	LIST_FOREACH (c, &g->waiting, waiting_link) {
		if (ch == NULL || c->channel == ch)
			call_abort(c);
	}
}

static void
exec_done(struct guest *g)
{
	uint8_t buf[64];
	struct wbuf w = wbuf_of(buf, sizeof buf);

	proc_exec(g->proc, g->exec_comm);
	g->execing = false;
	g->main->state = CHANNEL_READY;
	server_note("pid %d (%s): exec", (int)g->proc->pid, g->proc->comm);
	wire_status_put(&w, g->exec_reqno, 0);
	channel_send_frames(g->main, &w);
}

/* Does what had to wait for calls to return, once none is left. */
static void
settle(struct guest *g)
{
	if (!LIST_EMPTY(&g->waiting))
		return;
	if (g->main != NULL) {
		if (g->execing)
			exec_done(g);
		return;
	}
	if (g->proc != NULL) {
		server_note("pid %d (%s): ends, %llu calls", (int)g->proc->pid, g->proc->comm,
		    (unsigned long long)g->proc->ncalls);
		proc_exit(g->proc);
		g->proc = NULL;
	}
	if (LIST_EMPTY(&g->channels))
		free(g);
}

void
guest_exec(struct guest *g, uint64_t reqno, const char *comm)
{
	g->execing = true;
	g->exec_reqno = reqno;
	memcpy(g->exec_comm, comm, sizeof g->exec_comm);
	g->delegates = false;
	g->proc->abslinks = false;
	forget_cookie(g);
	g->main->state = CHANNEL_EXEC;
	end_channels_but(g, g->main);
	abort_calls(g, NULL);
	settle(g);
}

void
guest_call_over(struct call *c)
{
	LIST_REMOVE(c, waiting_link);
	settle(c->guest);
}

void
guest_lost_channel(struct channel *ch)
{
	struct guest *g = ch->guest;

	LIST_REMOVE(ch, guest_link);
	g->nchannels--;
	ch->guest = NULL;
	if (g->proc != NULL) {
		g->proc->received += atomic_load(&ch->received);
		g->proc->sent += atomic_load(&ch->sent);
	}
	if (ch == g->main) {
		g->main = NULL;
		forget_cookie(g);
		prefork_orphan(g);
		end_channels_but(g, NULL);
		abort_calls(g, NULL);
	} else {
		abort_calls(g, ch);
	}
	settle(g);
}

void
guest_interrupt(struct channel *ch, uint64_t reqno)
{
	struct call *c;

	LIST_FOREACH (c, &ch->guest->waiting, waiting_link) {
		if (c->channel == ch && c->reqno == reqno)
			call_interrupt(c);
	}
}

void
kern_traffic(const struct proc *p, uint64_t *ret_received, uint64_t *ret_sent)
{
	const struct channel *ch;

	*ret_received = p->received;
	*ret_sent = p->sent;
	if (p->guest == NULL)
		return;
	LIST_FOREACH (ch, &p->guest->channels, guest_link) {
		*ret_received += atomic_load_explicit(&ch->received, memory_order_relaxed);
		*ret_sent += atomic_load_explicit(&ch->sent, memory_order_relaxed);
	}
}
