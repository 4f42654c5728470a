/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of Internet sockets that AF_UNIX does not have, as a table: a routed socket remembers
 * them and reads them back as Linux does, but nothing else depends on them.
 */
#ifndef CORE_SOCKET_OPTROW_H
#define CORE_SOCKET_OPTROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum optkind {
	OPT_BOOL, /* any value but 0 is 1 */
	OPT_INT,  /* min..max, else EINVAL */
	OPT_AUTO, /* the same; -1 is the default again */
	OPT_READ, /* cannot be set: EPERM */
};

struct optrow {
	short level;
	short name;
	short kind; /* enum optkind */
	int def, min, max;
	unsigned flag; /* OPT_BOOL: kept in the tag by this flag, not in the store */
};

/* NULL: no such option.  *ret_index numbers the rows, below OPTROW_MAX. */
const struct optrow *optrow_find(int level, int name, unsigned *ret_index);
#define OPTROW_MAX 110

/* Checks and converts what the program set: 0, EINVAL, EPERM. */
int optrow_convert(
    const struct optrow *row, bool dgram, const void *val, socklen_t len, int *ret_value);
/* Hands a value out as getsockopt does: what fits. */
int optval_give_bytes(const void *src, size_t size, void *val, socklen_t *len);
int optval_give(int value, void *val, socklen_t *len);
/* An int option as the program gave it: EINVAL if it is shorter. */
int optval_take(const void *val, socklen_t len, int *ret_value);

#endif
