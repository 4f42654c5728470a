/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls with two paths of which each kernel has one.  They cannot be done (EXDEV), but what Linux
 * finds wrong with the paths before it compares their mounts comes first.
 */
#ifndef HIJACK_ACROSS_H
#define HIJACK_ACROSS_H

/* The errno to fail with. */
int across_renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags);
int across_linkat(int fromfd, const char *from, int tofd, const char *to, int flags);

#endif
