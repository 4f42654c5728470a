/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host objects: nameless files of the host (memfds) that programs get descriptors of.  One holds
 * the bytes of a regular file, or stands for something else so that a descriptor can be given out.
 *
 * The server's own descriptor is one reopened through /proc/self/fd: only then does the host answer
 * F_SETLEASE truly, which is how we learn whether a program still has the object open.  And it is
 * for reading only: a file that anybody has open for writing cannot be executed (ETXTBSY).
 */
#ifndef KERNEL_VFS_HOSTOBJ_H
#define KERNEL_VFS_HOSTOBJ_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>

/* What of open(2)'s flags is the descriptor's own affair. */
#define HOSTOBJ_OPEN_FLAGS                                                                         \
	(O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC | O_DIRECT | O_NOATIME | O_ASYNC |   \
	    O_TRUNC | O_PATH)

/* A new empty object, and the server's descriptor of it; an errno. */
int hostobj_new(int *ret_fd);
/* A descriptor with flags of its own, close-on-exec; -1 with errno set. */
int hostobj_reopen(int fd, int flags);
/* st_dev of all host objects. */
uint64_t hostobj_dev(void);
/* A path that leads to it, for calls that take no descriptor. */
#define HOSTOBJ_PATH_MAX (sizeof "/proc/self/fd/" + 3 * sizeof(int))
void hostobj_path(int fd, char ret_path[HOSTOBJ_PATH_MAX]);
/* Does nobody but us have the object open?  O_PATH descriptors do not count. */
bool hostobj_is_alone(int fd);
/* Does anybody have it open for writing? */
bool hostobj_has_writer(int fd);

#endif
