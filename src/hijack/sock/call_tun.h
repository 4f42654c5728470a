/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of the rump kernel's /dev/net/tun (socket/tuntag.h), for the functions about
 * descriptors.
 */
#ifndef HIJACK_CALL_TUN_H
#define HIJACK_CALL_TUN_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

/* open(2) has given this descriptor: it may be one. */
void tun_opened(int fd);

/* Is it one?  Costs nothing in a process that has opened none. */
bool tun_is(int fd);
/* As writev(2). */
ssize_t tun_write(int fd, const struct iovec *iov, int iovcnt);
/* What a read of it fails with before it is tried (EBADFD), or 0; and what a read of no bytes
 * means.
 */
int tun_read_error(int fd);
int tun_end_error(int fd);

/* An ioctl that is not for the host: *ret_error is its end.  False: it is. */
bool tun_ioctl(int fd, unsigned long request, void *arg, int *ret_error);

#endif
