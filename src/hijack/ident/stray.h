/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symbolic links of the host that lead into the rump kernel.  The host follows them to a directory
 * that it does not have, so its ENOENT is the sign to look for one.
 */
#ifndef HIJACK_STRAY_H
#define HIJACK_STRAY_H

#include <limits.h>
#include <stdbool.h>

/*
 * The host found nothing at this path.  True: a link on the way leads to where the rump kernel is,
 * and buf has the whole path behind it.  flags: AT_SYMLINK_NOFOLLOW counts.
 */
bool stray_find(int dirfd, const char *path, int flags, char buf[PATH_MAX]);

#endif
