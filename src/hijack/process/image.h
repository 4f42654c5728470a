/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exec is to run: a path of the host as it stands, or a program of the rump kernel, whose host
 * object the host runs.  A script's interpreter may be in either kernel.
 */
#ifndef HIJACK_IMAGE_H
#define HIJACK_IMAGE_H

#include <limits.h>

#include "route/route.h"

#define INTERPRETERS_MAX 5 /* a script of a script of a ...: ELOOP */

struct image {
	const char *name; /* of the process, if the host would not see it; NULL */
	int fd;           /* the program, read-only and close-on-exec, or -1 */
	const char *path; /* of that program, or the host's, relative to dirfd */
	int dirfd;
	int flags;
	char *const *argv;            /* for the image: a script's is longer than the caller's */
	void *made[INTERPRETERS_MAX]; /* mappings of those longer ones */
	size_t made_size[INTERPRETERS_MAX];
	unsigned scripts;          /* how many */
	struct route route;        /* path may point into it */
	char shown[PATH_MAX + 20]; /* a path relative to a descriptor, as /dev/fd/N/path */
	char interpreter[PATH_MAX];
	char exe[PATH_MAX]; /* absolute path of the rump kernel's program, "" if it is none */
};

/* Finds out what execveat(dirfd, path, argv, ..., flags) is to run; 0 or errno. */
int image_find(struct image *im, int dirfd, const char *path, char *const *argv, int flags);
void image_drop(struct image *im);

/*
 * The host found no such file as im.  True if im is a script of the host whose interpreter is in
 * the rump kernel: im is then that.
 */
bool image_find_interpreter(struct image *im);
/* Is this file of the host such a script? */
bool image_is_rump_script(const char *path);

#endif
