/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shared libraries that a new image needs and the rump kernel has.
 *
 * The dynamic linker works before the hijacker does and knows the host only.  So exec looks for the
 * libraries first, as the linker would; those in the rump kernel it opens, and gives their names,
 * as links to the descriptors, in a directory of the host that comes first in LD_LIBRARY_PATH. When
 * the new image starts, the linker is done: descriptors, directory and variable are put away.
 */
#ifndef HIJACK_LIBRARIES_H
#define HIJACK_LIBRARIES_H

#include <limits.h>
#include <stddef.h>

struct libraries {
	char about[1024]; /* LIBRARIES_VARIABLE=... for the new image's start */
	char dir[128];    /* of the links, "" if there is none */
	int fds[64];
	unsigned n;
	/* LD_PRELOAD=... where it named one, and what it was; or "". */
	char preload[PATH_MAX], preloaded[PATH_MAX];
	size_t size;
	char path[]; /* LD_LIBRARY_PATH=... */
};

#define LIBRARIES_DIR      "/lib." /* and six letters */
#define LIBRARIES_VARIABLE "RUMPHIJACK__LIBRARIES"

/*
 * Looks for what the program needs, which is open as fd (or -1: at path on the host), has the path
 * `shown` and gets the environment envp; `preload`: LD_PRELOAD=... in its place, or NULL.  NULL:
 * nothing of it is the rump kernel's.
 */
struct libraries *libraries_find(int fd, const char *shown, char *const *envp, const char *preload);
/* exec failed.  libs may be NULL. */
void libraries_drop(struct libraries *libs);

/* The new image starts. */
void libraries_start(void);

#endif
