/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Relays.
 *
 * lwIP's callbacks and the host end's events only note what there is and mark the relay; once lwIP
 * has returned, relay_run_all() moves bytes both ways as far as they go without waiting
 * (relay_bytes.c).
 *
 * End of file on one side is passed on as such to the other (FIN, shutdown), each direction
 * by itself.  A program that closes its socket is, for the host end, both gone: bytes for it are
 * answered by a reset, as on Linux.  A reset from the net closes the host end; bytes in it that
 * were not read make the host tell the program ECONNRESET.  lwIP finishes a connection that both
 * sides have ended on its own.
 *
 * The host end is watched edge-triggered: `readable` remembers an edge until a read finds less than
 * it has asked for.  For room it is watched only while it is full, or else each reading by the
 * program would wake the kernel.
 */
#include "net/stack/relay.h"

#include <errno.h>
#include <lwip/priv/tcp_priv.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"
#include "socket/sockctl.h"

#define HOST_EVENTS (EPOLLIN | EPOLLRDHUP | EPOLLET)
#define CHECK_MS    20
#define SLOTS       4096

static struct relay_list all = TAILQ_HEAD_INITIALIZER(all);
static struct relay_list busy = TAILQ_HEAD_INITIALIZER(busy);
static struct relay_list waiting = TAILQ_HEAD_INITIALIZER(waiting); /* not RELAY_OPEN */

static LIST_HEAD(relay_slot, relay) by_seq[SLOTS];

/* --- by the connector's number --- */

void
relay_name(struct relay *r, uint64_t seq)
{
	r->seq = seq;
	LIST_INSERT_HEAD(&by_seq[seq % SLOTS], r, same_slot);
}

struct relay *
relay_by_seq(uint64_t seq)
{
	struct relay *r;

	LIST_FOREACH (r, &by_seq[seq % SLOTS], same_slot)
		if (r->seq == seq)
			return r;
	return NULL;
}

void
relay_mark(struct relay *r)
{
	if (r->is_busy)
		return;
	r->is_busy = true;
	TAILQ_INSERT_TAIL(&busy, r, busy_link);
}

/* --- what lwIP tells --- */

/* Of the chain the lengths of the single pbufs are used only: together they may be too many for
 * lwIP to count. */
static void
append(struct relay *r, struct pbuf *p)
{
	if (r->arrived == NULL)
		r->arrived = p;
	else
		r->arrived_last->next = p;
	while (p->next != NULL)
		p = p->next;
	r->arrived_last = p;
}

static err_t
on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct relay *r = arg;

	(void)pcb, (void)err;
	if (p == NULL)
		r->net_eof = true;
	else
		append(r, p);
	relay_mark(r);
	return ERR_OK;
}

static err_t
on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct relay *r = arg;

	(void)pcb, (void)len;
	r->soft_error = 0;
	relay_mark(r);
	return ERR_OK;
}

/* The pcb is gone. */
static void
on_error(void *arg, err_t err)
{
	struct relay *r = arg;

	r->pcb = NULL;
	if (err != ERR_CLSD)
		r->error = ip_errno(err);
	if (err == ERR_TIMEOUT && r->soft_error != 0)
		r->error = r->soft_error;
	if (err == ERR_RST && r->net_eof)
		r->error = EPIPE; /* as Linux has it where the peer had closed before */
	if (r->state == RELAY_CONNECTING && err == ERR_RST)
		r->error = ECONNREFUSED;
	relay_mark(r);
}

/* lwIP goes on without us. */
static void
let_go(struct relay *r)
{
	struct tcp_pcb *pcb = r->pcb;

	r->pcb = NULL;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	conn_arm(conn_of(pcb)); /* now an orphan */
	if (r->arrived == NULL)
		conn_all_taken(conn_of(pcb));
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
}

static void
reset(struct relay *r)
{
	struct tcp_pcb *pcb = r->pcb;

	if (pcb == NULL)
		return;
	r->pcb = NULL;
	tcp_arg(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_abort(pcb);
}

/* --- making and freeing --- */

struct relay *
relay_new(struct tcp_pcb *pcb, enum relay_state state)
{
	struct relay *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->state = state;
	r->pcb = pcb;
	r->watch.fd = r->client_fd = -1;
	tcp_arg(pcb, r);
	tcp_recv(pcb, on_recv);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
	pcb->ttl = STACK_TTL;
	tcp_nagle_disable(pcb); /* what is written at once is sent at once: the host collects */
	TAILQ_INSERT_TAIL(&all, r, all);
	TAILQ_INSERT_TAIL(&waiting, r, waiting_link);
	return r;
}

void
relay_open(struct relay *r)
{
	r->state = RELAY_OPEN;
	TAILQ_REMOVE(&waiting, r, waiting_link);
	relay_mark(r);
}

void
relay_free(struct relay *r)
{
	reset(r);
	TAILQ_REMOVE(&all, r, all);
	if (r->seq != 0)
		LIST_REMOVE(r, same_slot);
	if (r->state != RELAY_OPEN)
		TAILQ_REMOVE(&waiting, r, waiting_link);
	if (r->is_busy)
		TAILQ_REMOVE(&busy, r, busy_link);
	if (r->watch.fd >= 0) {
		netloop_unwatch(&r->watch);
		close(r->watch.fd);
	}
	if (r->client_fd >= 0)
		close(r->client_fd);
	if (r->arrived != NULL)
		pbuf_free(r->arrived);
	free(r->stash);
	free(r);
}

static void
host_ready(struct netwatch *w, uint32_t events)
{
	struct relay *r = (struct relay *)((char *)w - offsetof(struct relay, watch));

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		r->readable = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		r->host_ends = true;
	if (events & (EPOLLHUP | EPOLLERR))
		r->host_gone = true;
	relay_mark(r);
}

void
relay_wants_room(struct relay *r, bool wants)
{
	if (wants == r->is_full)
		return;
	r->is_full = wants;
	netloop_rewatch(&r->watch, HOST_EVENTS | (wants ? EPOLLOUT : 0));
}

int
relay_set_host(struct relay *r, int fd)
{
	int error;

	r->watch = (struct netwatch){.fd = fd, .ready = host_ready};
	error = netloop_watch(&r->watch, HOST_EVENTS);
	if (error != 0)
		r->watch.fd = -1;
	return error;
}

/* --- moving bytes --- */

static void
run_open(struct relay *r)
{
	if ((r->aborts && r->host_gone) || !relay_to_host(r) || !relay_to_net(r)) {
		relay_free(r);
		return;
	}
	if (r->pcb == NULL) {
		/* A reset, or a failure, or the end; nothing more comes from there. */
		if (r->arrived != NULL && !r->host_gone)
			return;
		if (r->error != 0)
			sockabort_failed(r->seq, r->error);
		relay_free(r);
		return;
	}
	if (!r->host_eof)
		return;
	if (r->net_eof_told || (r->host_gone && r->arrived == NULL)) {
		let_go(r);
		relay_free(r);
	}
}

static void
run_one(struct relay *r)
{
	if (r->state == RELAY_CONNECTING && r->error != 0) {
		tcp_out_finish(r);
		return;
	}
	if (r->state == RELAY_OPEN)
		run_open(r);
	else if (r->state == RELAY_ACCEPTING)
		tcp_in_deliver(r); /* also one that was reset meanwhile, as Linux does */
}

struct relay *
relay_connecting(const struct inaddr *own, const struct inaddr *dest)
{
	struct relay *r;

	TAILQ_FOREACH (r, &waiting, waiting_link)
		if (r->state == RELAY_CONNECTING && r->pcb != NULL &&
		    r->pcb->local_port == own->port && inaddr_same(&r->dest, dest))
			return r;
	return NULL;
}

bool
relay_is_full(const struct inaddr *own)
{
	struct relay *r;

	TAILQ_FOREACH (r, &waiting, waiting_link)
		if (r->stalled && inaddr_same(&r->own, own))
			return true;
	return false;
}

bool
relay_run_all(void)
{
	struct relay *r;
	bool any = !TAILQ_EMPTY(&busy);

	while ((r = TAILQ_FIRST(&busy)) != NULL) {
		TAILQ_REMOVE(&busy, r, busy_link);
		r->is_busy = false;
		run_one(r);
	}
	return any;
}

/* --- those that wait for something that nobody tells --- */

static int
check_waiting(struct netturn *t)
{
	static int64_t next_ms;
	int64_t now = netloop_now_ms();
	struct relay *r, *next;

	(void)t;
	if (now < next_ms)
		return TAILQ_EMPTY(&waiting) ? -1 : (int)(next_ms - now);
	next_ms = now + CHECK_MS;
	for (r = TAILQ_FIRST(&waiting); r != NULL; r = next) {
		next = TAILQ_NEXT(r, waiting_link);
		if (r->state == RELAY_CONNECTING)
			tcp_out_check(r);
		else
			tcp_in_deliver(r);
	}
	return TAILQ_EMPTY(&waiting) ? -1 : CHECK_MS;
}

static struct netturn waiting_turn = {.fn = check_waiting};

int
relay_init(void)
{
	netloop_add_turn(&waiting_turn);
	return tcp_out_init();
}

void
relay_fini(void)
{
	while (!TAILQ_EMPTY(&all))
		relay_free(TAILQ_FIRST(&all));
	netloop_remove_turn(&waiting_turn);
	tcp_out_fini();
}
