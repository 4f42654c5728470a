/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of the options of optrow.h: a fixed table of one process, found by the socket's
 * SO_COOKIE.  Lock-free and safe in signal handlers.  It forgets: a value may be pushed out by
 * another socket's, and after exec or in another process it is the default again.
 */
#ifndef CORE_SOCKET_OPTSTORE_H
#define CORE_SOCKET_OPTSTORE_H

#include <stdbool.h>

#define OPTSTORE_MAX 127 /* indices are below */

bool optstore_get(int fd, unsigned index, int *ret_value);
void optstore_put(int fd, unsigned index, int value);
/* Every value of `from` for `to` as well (accept). */
void optstore_copy(int from, int to);

#endif
