/* SPDX-License-Identifier: BSD-2-Clause */
/* Searching for the libraries of a new image, for libraries.c. */
#ifndef HIJACK_LIBRARY_SEARCH_H
#define HIJACK_LIBRARY_SEARCH_H

#include <limits.h>
#include <stdbool.h>

#include "process/libraries.h"

/* What is found so far, and what stays the same meanwhile. */
struct search {
	struct libraries *libs;
	const char *path; /* LD_LIBRARY_PATH, or "" */
};

/* The next directory of a list: dst, with $ORIGIN replaced.  False at the end. */
bool search_next_dir(const char **list, const char *origin, char dst[PATH_MAX]);

enum found { NOWHERE, ON_HOST, IN_RUMP };
/* Looks for a library in the directories of a list; in the rump kernel: opens it. */
enum found search_list(
    const char *list, const char *origin, const char *name, char dir[PATH_MAX], int *ret_fd);

/* Gives an open library its name in the directory of links; false: it has that one already, or
 * there is no room. */
bool search_give_name(struct libraries *libs, const char *name, int fd);

/* What the program or library needs that is open as fd, and lies in the directory origin. */
void search_needs(struct search *s, int fd, const char *origin, unsigned depth);

#endif
