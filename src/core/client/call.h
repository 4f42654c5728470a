/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system call in flight.
 */
#ifndef CORE_CLIENT_CALL_H
#define CORE_CLIENT_CALL_H

#include "client/client.h"
#include "client/usermem.h"

#define CALL_WORDS_MAX 8 /* NetBSD has calls with eight */

struct call {
	unsigned nr;
	uint64_t args[CALL_WORDS_MAX];
	size_t args_len; /* in bytes; a CALL frame always has six words */
	int pass_fd;     /* as client_call()'s */
	bool cancellable;
	bool foreign; /* the program chose number and words: perhaps a NetBSD kernel's */
	struct usermem um;
	bool sent; /* the kernel may have done it, even if the connection breaks now */
	int error; /* the kernel's errno, or EREDIRECT */
	bool redirected;
	struct client_result *res;
};

/*
 * Makes the call, under the retry policy.  Returns what the program is to see: 0, an errno or
 * EREDIRECT.
 */
int call_make(struct call *c);

#endif
