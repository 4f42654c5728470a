/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections within the kernel that were closed with SO_LINGER 0 (socket/sockabort.c).
 */
#ifndef KERNEL_NET_ABORTED_H
#define KERNEL_NET_ABORTED_H

#include <stdbool.h>

#include "socket/sockhost.h"

/* Remembers the connection; or, if `!add`, says whether it is remembered (0, ENOENT). */
int aborted(const struct sockhost *connector, bool add);
/* Was there ever one? */
bool aborted_any(void);
void aborted_fini(void);

#endif
