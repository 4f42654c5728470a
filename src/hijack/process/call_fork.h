/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HIJACK_CALL_FORK_H
#define HIJACK_CALL_FORK_H

#include <sys/types.h>

/* syscall(2) with this number and up to five arguments makes a child with memory of its own. */
pid_t fork_by_number(const long words[6]);

#endif
