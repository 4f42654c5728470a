/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inode flags: ioctl_iflags(2) of routed files.
 */
#ifndef HIJACK_CALL_IFLAGS_H
#define HIJACK_CALL_IFLAGS_H

#include <stdbool.h>

/* Is it a request about the flags of a file that is the rump kernel's?  Then it is done, with this
 * result. */
bool iflags_ioctl(int fd, unsigned long request, void *arg, int *ret_error);

#endif
