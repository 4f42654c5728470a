/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening files of the rump kernel, for those who open on behalf of another libc function. */
#ifndef HIJACK_CALL_OPEN_H
#define HIJACK_CALL_OPEN_H

#include <sys/types.h>

#include "route.h"

/*
 * Opens along a route that route_at() gave.  0: *ret_fd is the open file.  EREDIRECT: the path
 * leads to the host, where r->path names it.  Otherwise an errno.
 */
int open_rump(struct route *r, int flags, mode_t mode, int *ret_fd);

/* The border of fdoff= for a descriptor of the rump kernel: moves it there, if need be.  On an
 * error it is closed. */
int open_raised(int *fd);
/* The border of fdoff= for a descriptor that the host just opened: itself, or -1 and ENFILE. */
int open_placed(int fd);

#endif
