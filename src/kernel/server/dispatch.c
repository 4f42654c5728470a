/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames to handlers: one table says which types there are, in which states of a channel a client
 * may send them, and which version of the protocol has them.
 */
#include "dispatch.h"

#include "guest.h"
#include "server.h"

#define IN(state) (1u << (state))

struct handler {
	int (*serve)(struct worker *, struct channel *, const struct wire_frame *);
	unsigned states; /* where it is allowed */
	unsigned minor;  /* least version that has it */
};

static int
serve_interrupt(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	(void)w;
	giant_lock();
	if (ch->state == CHANNEL_READY)
		guest_interrupt(ch, f->h.reqno);
	giant_unlock();
	return SERVED;
}

static const struct handler handlers[] = {
    [WIRE_HANDSHAKE] = {serve_handshake, IN(CHANNEL_HANDSHAKE) | IN(CHANNEL_READY), 4},
    [WIRE_SYSCALL] = {call_serve_syscall, IN(CHANNEL_READY), 4},
    [WIRE_PREFORK] = {serve_prefork, IN(CHANNEL_READY), 4},
    [WIRE_HELLO] = {serve_hello, IN(CHANNEL_READY), 4},
    [WIRE_CALL] = {call_serve_call, IN(CHANNEL_READY), 5},
    [WIRE_INTERRUPT] = {serve_interrupt, IN(CHANNEL_READY), 5},
    [WIRE_FORKCONN] = {serve_forkconn, IN(CHANNEL_READY), 5},
    [WIRE_PIPES] = {serve_pipes, IN(CHANNEL_READY), 5},
};

void
dispatch_refuse(struct channel *ch, const struct wire_header *h, enum wire_error error)
{
	uint8_t buf[64];
	struct wbuf w = wbuf_of(buf, sizeof buf);

	wire_error_put(&w, h->reqno, h->type, error);
	channel_send_frames(ch, &w);
}

static int
refuse_request(struct channel *ch, const struct wire_frame *f)
{
	enum channel_state state = ch->state;

	switch (state) {
	case CHANNEL_HANDSHAKE:
		server_note("pid %d: no handshake; connection closed", (int)ch->peer.pid);
		dispatch_refuse(ch, &f->h, WIRE_ERR_AUTH);
		return SERVED_DROP;
	case CHANNEL_EXEC:
		dispatch_refuse(ch, &f->h, WIRE_ERR_INEXEC);
		return SERVED;
	case CHANNEL_DEAD:
		return SERVED_DROP;
	case CHANNEL_READY:
		break;
	}
	dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
	return SERVED;
}

int
dispatch(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	const struct handler *h;

	if (f->h.class != WIRE_REQ) {
		copy_answer(ch, f);
		return SERVED;
	}
	if (f->h.type >= sizeof handlers / sizeof handlers[0])
		return refuse_request(ch, f);
	h = &handlers[f->h.type];
	if (h->serve == NULL || (h->states & IN(ch->state)) == 0)
		return refuse_request(ch, f);
	if (h->minor > ch->minor)
		return refuse_request(ch, f);
	return h->serve(w, ch, f);
}
