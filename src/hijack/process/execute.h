/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing the program: what exec and the child of a spawn have in common.  Nothing here allocates
 * from the heap: it may run between vfork and exec.
 */
#ifndef HIJACK_EXECUTE_H
#define HIJACK_EXECUTE_H

/* Runs execveat(dirfd, path, argv, envp, flags) in the kernel that has the program; returns the
 * errno with which it did not. */
int execute(int dirfd, const char *path, char *const *argv, char *const *envp, int flags);

/*
 * The files that execvp and posix_spawnp try for `file`: itself if it has a slash, else one in each
 * directory of PATH.  `try` returns an errno; the search ends with the first one that says more
 * than "not here".  EACCES is remembered.
 */
int execute_search(const char *file, int (*try)(const char *path, void *arg), void *arg);

#endif
