/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGPIPE where AF_UNIX sends it and TCP would not.
 */
#ifndef HIJACK_CALL_SIGPIPE_H
#define HIJACK_CALL_SIGPIPE_H

/* The process has a routed connection. */
void sigpipe_guard(void);

#endif
