/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that says whatever a test wants, and a client process that talks to it.
 *
 * The client has one session a process, so each case has a process of its own: the test is the
 * server, its child the client.
 */
#ifndef TESTS_UNIT_FAKE_H
#define TESTS_UNIT_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/wire.h"

#define FAKE_BANNER   "RUMPSP-0.5-Linux-0.5.0/x86_64\n"
#define FAKE_BANNER04 "RUMPSP-0.4-Linux-0.5.0/x86_64\n"

/* Runs the server's and the client's side; returns what the client returned (its exit status), or
 * 128 + the signal that ended it.  `arg` goes to both. */
int fake_run(void (*server)(int listener, void *arg), int (*client)(void *arg), void *arg);

/* For the server. */
int fake_accept(int listener, const char *banner);
/* The next frame, in a static buffer; false at the end of the stream. */
bool fake_recv(int fd, struct wire_frame *f);
/* The next frame, which must be of this type. */
void fake_take(int fd, enum wire_type type, struct wire_frame *f);
void fake_send(int fd, const struct wbuf *w);
void fake_send_fds(int fd, const struct wbuf *w, unsigned n);
/* Answers GUEST and, for 0.5, HELLO. */
void fake_welcome(int fd, unsigned minor, uint32_t flags);
/* A reply to CALL, without chunks. */
void fake_reply(int fd, uint64_t reqno, int error, int64_t value);
/* Reads until the client goes. */
void fake_drain(int fd);

/* For the client: how many descriptors it has open. */
int fake_count_fds(void);

#endif
