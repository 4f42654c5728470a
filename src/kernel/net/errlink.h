/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of datagrams, for sockets whose programs asked for them (IP_RECVERR): a queue for each,
 * and the host socket that such a socket is connected to (errlink.c).
 */
#ifndef KERNEL_NET_ERRLINK_H
#define KERNEL_NET_ERRLINK_H

#include <stdbool.h>
#include <sys/uio.h>

#include "socket/deleg.h"

struct bound;
struct envelope;

/* An error, and the datagram that it is about. */
struct dgram_error {
	int error;             /* an errno; 0: nothing to report */
	bool hard;             /* also for who did not ask, if connected */
	bool pending;          /* the next call fails with it */
	struct deleg_error is; /* as MSG_ERRQUEUE shows it */
};

/* The program's socket, which has the name of b. */
int errlink_make(struct bound *b, int fd);
void errlink_free(struct bound *b);

/* Something was reported; false: b has no link. */
bool errlink_report(const struct bound *b, const struct dgram_error *e);
/* The kernel's side of deleg_error. */
int errlink_ask(struct bound *b, unsigned op, struct deleg_error *report);
/* IP_RECVERR was turned off: what is queued goes. */
void errlink_forget(const struct bound *b);

/* Hands a datagram to the program: nobody else can. */
void errlink_deliver(
    const struct bound *b, const struct envelope *e, const struct iovec *iov, size_t n);

#endif
