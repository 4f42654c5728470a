/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of rump(1) share.  Exit statuses of the tools: those of the program that was run,
 * EXIT_USAGE for wrong usage, EXIT_SYSTEM when a call of the host failed.
 */
#ifndef TOOLS_RUMP_TOOL_H
#define TOOLS_RUMP_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define EXIT_USAGE  100
#define EXIT_SYSTEM 111

/* Subcommands: argv[0] is the subcommand's name; what they return is the exit status. */
int rump_run(int argc, char **argv);

/* Where a file of this installation is: beside this program, in the build tree, or where it was
 * configured to be.  Exits if it is nowhere. */
void tool_find_program(const char *name, char path[PATH_MAX]);
void tool_find_library(const char *name, char path[PATH_MAX]);
void tool_find_hijack(char path[PATH_MAX]);

/*
 * Why the dynamic linker will not load the hijack library into the program, or why that will do
 * nothing: part of a sentence, or NULL if all is well.  The program is looked for in PATH; scripts
 * are judged by their interpreter.  A program that cannot be read or found is said to be well.
 */
const char *check_program(const char *program);

/* A kernel of our own, in a private directory. */
struct kernel {
	pid_t pid; /* of the server, or 0 */
	int pidfd;
	char dir[PATH_MAX];
	char url[PATH_MAX + 16];
};

/* Words of rump_server's command line. */
#define KERNEL_OPTIONS_MAX 256
struct kernel_options {
	const char *words[KERNEL_OPTIONS_MAX];
	unsigned nwords;
};

/* Returns when the kernel takes connections; exits if it does not come up. */
void kernel_start(struct kernel *k, const struct kernel_options *o);
/* Halts it, and removes what it left. */
void kernel_stop(struct kernel *k);

#endif
