/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ephemeral ports, 32768-60999, given out in turn.  A port is not given again before its turn comes
 * round; then the host is asked which are still in use.
 */
#ifndef KERNEL_NET_PORTS_H
#define KERNEL_NET_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_FIRST 32768
#define PORT_LAST  60999

void ports_init(void);
/* EADDRNOTAVAIL: all are in use. */
int ports_next(uint16_t *ret);
/* A program binds this port itself: not to be given out. */
void ports_mark(uint16_t port);
/* May a connection, not only a bound address, have this port? */
bool ports_maybe_used(uint16_t port);
/* Does one? Asks the host. */
bool ports_is_connector(uint16_t port);

#endif
