/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Version 0.4: one connection, on which the calls of all threads are in flight at once.
 */
#ifndef CORE_CLIENT_LEGACY_H
#define CORE_CLIENT_LEGACY_H

#include <stdatomic.h>

#include "client/call.h"
#include "wire/wire.h"

/* One request and the wait for its answer. */
struct waiter {
	void (*put)(struct waiter *w, struct wbuf *frame, uint64_t reqno);
	int (*take)(struct waiter *w, const struct wire_frame *f); /* 0 or EPROTO */
	void *arg;
	struct usermem *um; /* what the server may copy meanwhile, or NULL */
	uint64_t reqno;
	bool done;
	int error;              /* when done: 0, ENOTCONN or EPROTO */
	_Atomic uint32_t event; /* futex: counts reasons to look again */
	struct waiter *next;
};

/* 0, ENOTCONN or EPROTO. */
int legacy_exchange(struct waiter *w, bool *ret_sent);
int legacy_call(struct call *c);
void legacy_forget(void);

#endif
