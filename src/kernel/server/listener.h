/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting connections.
 */
#ifndef KERNEL_SERVER_LISTENER_H
#define KERNEL_SERVER_LISTENER_H

#include <stdbool.h>

int listener_init(void);
int listener_new(const char *url, bool any_address);
/* Clients are no longer let in; names of sockets are removed. */
void listener_end_all(void);
/* Once no leader can be in a listener any more. */
void listener_free_all(void);

#endif
