/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that have no room for more bytes. */
#ifndef HIJACK_CALL_ROOM_H
#define HIJACK_CALL_ROOM_H

#include <stdbool.h>

/* After a call that failed with errno: is there room in the file now, so that it may be tried
 * again? Leaves errno as it was if not. */
bool room_made(int fd);

#endif
