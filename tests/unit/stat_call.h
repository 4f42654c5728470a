/* SPDX-License-Identifier: BSD-2-Clause */
/* The call that tests of hostile servers make: newfstatat(AT_FDCWD, "/x", &st, 0). */
#ifndef TESTS_UNIT_STAT_CALL_H
#define TESTS_UNIT_STAT_CALL_H

#include <sys/stat.h>

#include "fake.h"

/* As the server sees it: reqno, and addresses of the client. */
struct stat_request {
	uint64_t reqno, path, st;
};

/* The client's memory, in which nothing but st may change. */
extern struct stat_memory {
	char before[64];
	struct stat st;
	char after[64];
} stat_memory;

/* The client's side; 0 or an errno. */
int stat_call(void);

/* The server's side. */
void stat_take(int fd, struct stat_request *r);
/* A reply with one chunk of data that begins with a 1, if len is not 0. */
void stat_put_reply(struct wbuf *w, uint64_t reqno, int error, uint64_t addr, uint32_t len);
void stat_put_good(struct wbuf *w, const struct stat_request *r);

#endif
