/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGPIPE where AF_UNIX sends it and TCP would not.
 */
#ifndef HIJACK_CALL_SIGPIPE_H
#define HIJACK_CALL_SIGPIPE_H

#include <stdbool.h>
#include <sys/socket.h>

/* The process has a routed connection. */
void sigpipe_guard(void);
bool sigpipe_is_guarded(void);

/* A message was received: descriptors in its control data may be routed connections. */
void sigpipe_received(const struct msghdr *msg);

#endif
