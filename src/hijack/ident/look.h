/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of route `look`: as those of syscall/calls.h with the same names, but answered from the
 * shared table where it has the answer.
 */
#ifndef HIJACK_LOOK_H
#define HIJACK_LOOK_H

#include <stdint.h>
#include <sys/stat.h>

int look_newfstatat(uint64_t dirfd, const char *path, struct stat *st, int flags);
int look_statx(uint64_t dirfd, const char *path, int flags, unsigned int mask, struct statx *stx);
int look_faccessat2(uint64_t dirfd, const char *path, int mode, int flags);

#endif
