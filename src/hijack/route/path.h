/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of paths: nothing here asks any kernel. */
#ifndef HIJACK_PATH_H
#define HIJACK_PATH_H

#include <stddef.h>

/*
 * What is left of path behind prefix ("" or beginning with a slash), or NULL if path is not at or
 * below it.  Compares whole components (/rumpdev is not below /rump), takes `//` and `/./` for one
 * slash and `/x/../` for none.  An empty prefix is above every path.
 */
const char *path_below(const char *path, const char *prefix);

/* The next component at or behind *path, and its length in *len; moves *path behind it.  NULL at
 * the end. */
const char *path_next(const char **path, size_t *len);

/*
 * What is left of path behind the name of a descriptor: /dev/fd/N, /dev/stdin, /proc/X/fd/N,
 * /proc/X/task/Y/fd/N; NULL if it begins otherwise.
 */
const char *path_behind_fd(const char *path);

/* dst = dir + "/" + name with one slash between; ENAMETOOLONG. */
int path_join(char *dst, size_t size, const char *dir, const char *name, size_t name_len);

#endif
