/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's process in the rump kernel, and what that must know of the program and cannot see:
 * its file mode mask and, in a program that was started afresh (posix_spawn, a lost connection),
 * the current directory.
 */
#ifndef HIJACK_PROCESS_H
#define HIJACK_PROCESS_H

#include <sys/types.h>

/* Everything that must happen before the first routed call; may be called any number of times. */
void process_start(void);
/* Before a routed call: tells a new process of the rump kernel what it must know.  No connection is
 * made before the first such call. */
void process_refresh(void);
/* In a child whose process in the rump kernel is a copy of the parent's: it knows all. */
void process_forked(void);

/* The host's mask was changed to this one. */
void process_set_umask(mode_t mask);

/* Environment variable that carries the current directory in the rump kernel to a new image. */
#define PROCESS_CWD "RUMPHIJACK__CWD"

#endif
