/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening sockets from URLs.
 */
#ifndef KERNEL_SERVER_BIND_H
#define KERNEL_SERVER_BIND_H

#include <stdbool.h>
#include <sys/types.h>

struct bound {
	int fd;
	bool local;
	/* unix: where the socket's name is, to remove it in the end if it is still that one. */
	int dirfd;
	char name[108];
	dev_t dev;
	ino_t ino;
};

/* Errors have been said by server_fail(). */
int bind_url(const char *url, bool any_address, struct bound *);
void bind_unlink(struct bound *); /* the name only */
void bind_close(struct bound *);

#endif
