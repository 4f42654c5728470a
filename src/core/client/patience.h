/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting while a lock is held and signals are blocked (base/siglock.h).  A healthy server answers
 * a handshake within a second; after that the program's signals are let in while we wait, so that
 * Ctrl-C ends a program whose server is stuck.
 */
#ifndef CORE_CLIENT_PATIENCE_H
#define CORE_CLIENT_PATIENCE_H

#include <stdint.h>

/* Until fd has the event (or an error). */
void patience_poll(int fd, short event, uint64_t sigmask);
void patience_pause(unsigned ms, uint64_t sigmask);

#endif
