/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's process in the rump kernel, and what that must know of the program and cannot see:
 * its file mode mask.
 */
#ifndef HIJACK_PROCESS_H
#define HIJACK_PROCESS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Before a routed call: everything that must happen before the first.  No connection is made. */
void process_start(void);

/* The host's mask was changed to this one. */
void process_set_umask(mode_t mask);

/*
 * The environment variable for a new image: WORLD[,guard]:NAME/EXE.  Which kernel has the current
 * directory, whether SIGPIPE is guarded (call_sigpipe.h), the name of the process, if the host
 * would give it another one, and the path of its program, absolute, if the host would show a copy.
 * NULL if there is nothing to be said.
 */
#define PROCESS_VARIABLE     "RUMPHIJACK__IMAGE"
#define PROCESS_VARIABLE_MAX (PATH_MAX + NAME_MAX + 64)
const char *process_variable(
    char buf[PROCESS_VARIABLE_MAX], bool rump_cwd, const char *name, const char *exe);

/* The path of the program, if /proc/self/exe is a copy; else NULL. */
const char *process_exe(void);

#endif
