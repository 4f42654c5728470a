/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of options that AF_UNIX does not have, in memory that the rump kernel shares with all
 * its programs (sockmem.h).  Where that has forgotten one, it is the default again.
 */
#ifndef CORE_SOCKET_OPTSTORE_H
#define CORE_SOCKET_OPTSTORE_H

#include <stdbool.h>

#include "socket/sockmem.h"

#define OPTSTORE_MAX SOCKMEM_OPTIONS /* indices are below, and not 0 */

bool optstore_get(int fd, unsigned index, int *ret_value);
void optstore_put(int fd, unsigned index, int value);
/* Every value of `from` for `to` as well (accept). */
void optstore_copy(int from, int to);

#endif
