/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that the rump kernel shares with all its programs: small values that belong to a socket or
 * a connection, whoever has it.  Lock-free and safe in signal handlers.  It may forget: when it is
 * full, the value that was not asked for the longest is pushed out.
 *
 * A value is found by a number, which is a socket's SO_COOKIE or that in a host name
 * (sockname.h), and an index, which says what the value is.
 */
#ifndef CORE_SOCKET_SOCKMEM_H
#define CORE_SOCKET_SOCKMEM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SOCKMEM_BUCKETS (1u << 15)
#define SOCKMEM_WAYS    8 /* values in a bucket */
#define SOCKMEM_INDICES 512

/* Indices up to here are for values of options, by cookie (optstore.h); then, by a name: */
#define SOCKMEM_OPTIONS 504
enum {
	SOCKMEM_KEPT = SOCKMEM_OPTIONS, /* the kernel keeps datagrams for the socket (later.c) */
	SOCKMEM_ABORT_CONNECTOR,        /* this end has SO_LINGER 0 (sockabort.c) */
	SOCKMEM_ABORT_ACCEPTOR,
	SOCKMEM_FAILED, /* the errno with which a connection through the stack ended */
};

struct sockmem_value {
	_Atomic(uint64_t) key;  /* number and index; 0: free */
	_Atomic(uint64_t) word; /* when it was last used, and the value */
};

struct sockmem {
	/* Was there ever one?  To be looked at first. */
	atomic_bool any_kept, any_abort;
	_Atomic(uint32_t) clock; /* counts uses */
	struct sockmem_value buckets[SOCKMEM_BUCKETS][SOCKMEM_WAYS];
};

/* NULL: there is no memory. */
struct sockmem *sockmem(void);
/* NULL: nobody in this process has asked for it. */
struct sockmem *sockmem_if_mapped(void);
bool sockmem_get(struct sockmem *m, uint64_t number, unsigned index, int *ret_value);
void sockmem_put(struct sockmem *m, uint64_t number, unsigned index, int value);

#endif
