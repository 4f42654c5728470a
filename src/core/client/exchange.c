/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for an answer.
 *
 * Signals stay as the program has them.  A handler that runs while we wait may make calls; it finds
 * this channel taken.  recvmsg(2) returns EINTR only if the handler was installed without
 * SA_RESTART: just then a call is to be interrupted.  The server is told, and we go on waiting: it
 * answers EINTR, or what the call did if it was too late.
 */
#include "client/exchange.h"

#include <errno.h>

#include "client/pool.h"
#include "client/serve.h"
#include "client/session.h"

static int
interrupt(struct channel *ch)
{
	uint8_t buf[WIRE_HEADER_LEN];
	struct wbuf w = wbuf_of(buf, sizeof buf);

	wire_interrupt_put(&w, ch->reqno);
	return channel_send(ch, w.base, w.len, NULL, 0, -1);
}

int
exchange_await(struct channel *ch, struct usermem *um, enum exchange_wait how, struct wire_frame *f)
{
	for (;;) {
		int error = 0;

		if (how == WAIT_CANCELLABLY && !channel_has_frame(ch))
			error = channel_await_cancellably(ch);
		if (error == 0)
			error = channel_recv(ch, f);
		if (error == EINTR) {
			error = how != WAIT_FIRMLY ? interrupt(ch) : 0;
			how = WAIT_FIRMLY;
		} else if (error == 0 && f->h.class == WIRE_REQ) {
			error = serve_request(ch, f, um);
		} else if (error == 0) {
			return f->h.reqno == ch->reqno ? 0 : EPROTO;
		}
		if (error != 0)
			return error;
	}
}

void
exchange_abandon(struct channel *ch, struct usermem *um)
{
	struct wire_frame f;
	int error = interrupt(ch);

	if (error == 0)
		error = exchange_await(ch, um, WAIT_FIRMLY, &f);
	exchange_end(ch, error);
}

void
exchange_end(struct channel *ch, int error)
{
	uint32_t gen = ch->gen;

	if (error == 0) {
		channel_drop_fds(ch);
		pool_release(ch);
		return;
	}
	if (error == EPROTO)
		session_lose(gen, "the server breaks the protocol");
	else
		session_check(gen);
	pool_discard(ch);
}
