/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its answer on a channel of the caller's own (0.5).
 */
#ifndef CORE_CLIENT_EXCHANGE_H
#define CORE_CLIENT_EXCHANGE_H

#include "client/channel.h"
#include "client/usermem.h"

enum exchange_wait {
	WAIT_FIRMLY,
	WAIT_INTERRUPTIBLY, /* a signal handler without SA_RESTART interrupts the call there */
	WAIT_CANCELLABLY,   /* besides, it is a cancellation point; not on a channel of pipes */
};

/*
 * Waits for the answer to request ch->reqno and serves the server meanwhile.  `um`: what it may
 * copy, or NULL.  0; ENOTCONN; EPROTO.
 */
int exchange_await(
    struct channel *ch, struct usermem *um, enum exchange_wait how, struct wire_frame *f);
/* The thread is being cancelled in exchange_await: ends the call, and gives the channel back. */
void exchange_abandon(struct channel *ch, struct usermem *um);
/* Gives the channel back after an exchange that ended with `error`: 0, ENOTCONN or EPROTO. */
void exchange_end(struct channel *ch, int error);

#endif
