/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of AF_UNIX sockets: nodes in the file system and abstract names.
 */
#ifndef KERNEL_NET_LOCAL_H
#define KERNEL_NET_LOCAL_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "socket/deleg.h"
#include "socket/sockhost.h"

struct lwp;

/* An address as a program gave it. */
struct local_sockaddr {
	struct sockaddr_un un;
	size_t len; /* of it; sizeof(sa_family_t) asks for any name */
	int type;   /* of the socket: those of another type have abstract names of their own */
};

/* EINVAL if it is too long for one. */
int local_sockaddr_of(
    const struct sockaddr_storage *ss, size_t len, int type, struct local_sockaddr *ret);

/* EREDIRECT where an absolute symbolic link leads out. */
int local_bind(struct lwp *l, int fd, const struct local_sockaddr *sa);
int local_connect(struct lwp *l, const struct local_sockaddr *sa, struct deleg_reply *reply);
int local_name(const struct sockhost *host, struct sockaddr_un *ret, socklen_t *ret_len);
void local_fini(void);

#endif
