/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said on a channel before the first call.
 */
#ifndef CORE_CLIENT_HANDSHAKE_H
#define CORE_CLIENT_HANDSHAKE_H

#include "client/channel.h"

/*
 * Reads the banner; fills in session.netbsd and session.server.minor (of a main channel only).
 * EPROTONOSUPPORT, with a line on stderr, if the server is not for us.
 */
int handshake_banner(struct channel *ch, bool main);
/* GUEST, and HELLO in the same send if the server speaks 0.5. */
int handshake_guest(struct channel *ch);
/* EXEC and, with 0.5, HELLO in one send, and what is answered. */
int handshake_exec_send(struct channel *ch);
int handshake_exec_await(struct channel *ch);
int handshake_fork(struct channel *ch, const uint32_t cookie[4], bool cancel);
int handshake_attach(struct channel *ch);
int handshake_hello(struct channel *ch);
/* Asks on `ch` for a channel of pipes.  Signals are blocked; sigmask: what to let in if it lasts.
 */
int handshake_pipes(struct channel *ch, struct channel *pipes, uint64_t sigmask);

#endif
