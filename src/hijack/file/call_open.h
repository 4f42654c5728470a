/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening files of the rump kernel, for those who open on behalf of another libc function. */
#ifndef HIJACK_CALL_OPEN_H
#define HIJACK_CALL_OPEN_H

#include <sys/types.h>

#include "route/route.h"

/*
 * Opens along a route that route_at() gave.  0: *ret_fd is the open file.  EREDIRECT: the path
 * leads to the host, where r->path names it.  Otherwise an errno.
 */
int open_rump(struct route *r, int flags, mode_t mode, int *ret_fd);

/* openat2(2), for both kernels; sets errno. */
long open_how(int dirfd, const char *path, const void *uhow, size_t size);

/* What route_at() should know of the flags of an open. */
int open_route_flags(int flags);
/* Gives fd, which came close-on-exec, the number and the flag that the program wants. */
int open_settle(int fd, int flags, int *ret_fd);

/* The border of fdoff= for a descriptor of the rump kernel: moves it there, if need be.  On an
 * error it is closed. */
int open_raised(int *fd);
/* The border of fdoff= for a descriptor that the host just opened: itself, or -1 and ENFILE. */
int open_placed(int fd);

#endif
