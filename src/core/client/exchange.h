/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its answer on a channel of the caller's own (0.5).
 */
#ifndef CORE_CLIENT_EXCHANGE_H
#define CORE_CLIENT_EXCHANGE_H

#include "client/channel.h"
#include "client/usermem.h"

/*
 * Waits for the answer to request ch->reqno and serves the server meanwhile.  `um`: what it may
 * copy, or NULL.  interruptible: a signal handler without SA_RESTART interrupts the call there.
 * 0; ENOTCONN; EPROTO.
 */
int exchange_await(
    struct channel *ch, struct usermem *um, bool interruptible, struct wire_frame *f);
/* Gives the channel back after an exchange that ended with `error`: 0, ENOTCONN or EPROTO. */
void exchange_end(struct channel *ch, int error);

#endif
