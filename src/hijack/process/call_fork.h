/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HIJACK_CALL_FORK_H
#define HIJACK_CALL_FORK_H

#include <sys/types.h>

/* syscall(2) with this number and up to five arguments makes a child with memory of its own. */
pid_t fork_by_number(const long words[6]);

/*
 * Forks by `host_fork`.  If the rump kernel makes no child process, because it is gone or full, the
 * program gets its child nevertheless; that one connects anew when it needs to.
 */
pid_t fork_both(pid_t (*host_fork)(void));

#endif
