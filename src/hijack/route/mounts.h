/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's tables of mounts (/proc/self/mountinfo, /proc/mounts, /etc/mtab), to which the rump
 * kernel's file systems are added under the prefix: df and the like look there for what they met.
 */
#ifndef HIJACK_MOUNTS_H
#define HIJACK_MOUNTS_H

#include <stdbool.h>

/* Is this path of the host such a table? */
bool mounts_is_table(const char *path);
/* It was opened as fd: puts the table of both under that number, if it can. */
void mounts_complete(int fd, const char *path, int flags);

#endif
