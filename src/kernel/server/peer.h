/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is at the other end of a connection, as the host says.
 */
#ifndef KERNEL_SERVER_PEER_H
#define KERNEL_SERVER_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct cred;

struct peer {
	bool local; /* AF_UNIX: of this host, and descriptors can be passed */
	pid_t pid;  /* 0: not known */
	uid_t uid;
	gid_t gid;
};

/* Asks the host about a connected socket.  EPERM if the server does not serve that user. */
int peer_identify(int fd, bool local, struct peer *);
/* What its process starts with in the rump kernel: the host's ids, supplementary groups too. */
void peer_cred(int fd, const struct peer *, struct cred *);
/* The CPU a local process last ran on; false if the host does not tell. */
bool peer_cpu(pid_t pid, unsigned *ret);

#endif
