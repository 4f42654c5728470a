/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the server asks of us while a call is in flight.
 */
#ifndef CORE_CLIENT_SERVE_H
#define CORE_CLIENT_SERVE_H

#include "client/channel.h"
#include "client/usermem.h"

/*
 * Answers one request.  `um`: the calls in flight on this channel.  0; ENOTCONN; EPROTO: it asked
 * for what no call declares, or for nonsense.
 */
int serve_request(struct channel *ch, const struct wire_frame *f, struct usermem *um);

#endif
