/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exec is to run: a path of the host as it stands, or a program of the rump kernel, which the
 * host runs from a private copy (the server has the file itself open for writing, and the host runs
 * no such file).  A script's interpreter may be in either kernel.
 */
#ifndef HIJACK_IMAGE_H
#define HIJACK_IMAGE_H

#include <limits.h>

#include "route.h"

#define INTERPRETERS_MAX 5 /* a script of a script of a ...: ELOOP */

struct image {
	int fd;    /* the copy, read-only and close-on-exec, or -1 */
	int dirfd; /* else the host's path, relative to this */
	const char *path;
	int flags;
	char *const *argv;             /* for the image: a script's is longer than the caller's */
	char **made[INTERPRETERS_MAX]; /* those longer ones */
	unsigned scripts;              /* how many */
	struct route route;            /* path may point into it */
	char interpreter[PATH_MAX];
};

/* Finds out what execveat(dirfd, path, argv, ..., flags) is to run; 0 or errno. */
int image_find(struct image *im, int dirfd, const char *path, char *const *argv, int flags);
void image_drop(struct image *im);

/*
 * Searches PATH for a name without a slash as execvp does: the first file that may be executed.
 * 0 and its path in buf; or EACCES, ENOENT, ENAMETOOLONG.
 */
int image_search(const char *file, char *buf, size_t size);

#endif
