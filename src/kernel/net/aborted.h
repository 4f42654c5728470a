/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections within the kernel that were closed with SO_LINGER 0, and those through the stack that
 * failed (socket/sockabort.c).
 */
#ifndef KERNEL_NET_ABORTED_H
#define KERNEL_NET_ABORTED_H

#include <stdbool.h>
#include <stdint.h>

#include "socket/sockhost.h"

/* Remembers the connection, and 0; or, if `!add`, what it ended with: an errno, ENOENT: nothing. */
int aborted(const struct sockhost *connector, bool add);
/* One that went through the stack, by the number in its connector's name. */
void aborted_remote(uint64_t seq, int error);
/* Was there ever one within the kernel? */
bool aborted_any(void);
void aborted_fini(void);

#endif
