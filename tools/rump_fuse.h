/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting the program that serves a FUSE file system.
 *
 * It is started at once but waits for the kernel: mount(2) with the options that fuse_program_start
 * gives makes the kernel connect to a socket, and the other end is the program's.  What the program
 * takes for its mount point is an empty directory; a statically linked one, in which nothing can be
 * preloaded, gets /dev/fd/N, which libraries for FUSE understand.
 */
#ifndef TOOLS_RUMP_FUSE_H
#define TOOLS_RUMP_FUSE_H

#include <sys/types.h>

struct fuse_program {
	pid_t pid;
	char dir[64];     /* private, with the socket and the empty directory */
	char options[96]; /* for mount(2) of type "fuse" */
};

#define FUSE_ARGS_MAX 1024

/* Splits a command at blanks outside of quotes, in place; -1: a quote that does not end, or too
 * many words. */
int fuse_split(char *command, char *words[FUSE_ARGS_MAX]);

/* Starts argv[0] with its arguments; the mount point goes to where an argument is "{}", else to the
 * end.  Exits with a line that says what went wrong. */
void fuse_program_start(struct fuse_program *p, char *const argv[]);
/* After mount(2): the socket's name is not needed any more.  failed: nor is the program. */
void fuse_program_mounted(struct fuse_program *p, int failed);

#endif
