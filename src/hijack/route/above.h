/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is above the rump kernel's root.  `..` there does not lead out, but who looks at it sees the
 * host's directory, as at a mount point: programs that find out the name of their directory by
 * climbing (zsh) take a directory that is its own parent for `/`.
 */
#ifndef HIJACK_ABOVE_H
#define HIJACK_ABOVE_H

#include <stdint.h>
#include <sys/stat.h>

/* After a call that found *st at path: it becomes the host's directory if path ends above the root.
 */
void above_stat(uint64_t dir, const char *path, struct stat *st);
void above_statx(uint64_t dir, const char *path, unsigned mask, struct statx *stx);

#endif
