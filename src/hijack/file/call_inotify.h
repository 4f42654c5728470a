/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading an inotify descriptor on which files of the rump kernel are watched. */
#ifndef HIJACK_CALL_INOTIFY_H
#define HIJACK_CALL_INOTIFY_H

/* Before a read: if fd is such a descriptor, all that has happened is in its queue afterwards. */
void inotify_before_read(int fd);

#endif
