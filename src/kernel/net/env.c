/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What socket/sockctl.h asks of its surroundings, in the kernel: sockets of the classic kind name
 * themselves by direct calls.  ctx is the call in flight.
 */
#include <unistd.h>

#include "kern/proc.h"
#include "net/group.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/later.h"
#include "net/net.h"
#include "net/remote.h"
#include "net/retry.h"
#include "net/sockmem.h"
#include "socket/sockctl.h"

static int
given(const struct sockaddr *sa, socklen_t len, struct inet_sockaddr *ret)
{
	if (len > sizeof ret->ss)
		return EINVAL;
	*ret = (struct inet_sockaddr){.len = len};
	memcpy(&ret->ss, sa, len);
	return 0;
}

int
sockenv_bind(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags)
{
	struct lwp *l = ctx;
	struct inet_sockaddr in;
	int error = given(sa, len, &in);

	return error != 0 ? error : net_bind(fd, &in, flags, l->proc->pid);
}

int
sockenv_listen(void *ctx, const struct sockhost *own, unsigned flags)
{
	(void)ctx;
	return inet_listen(own, flags);
}

int
sockenv_connect(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply)
{
	struct inet_sockaddr in;
	int error = given(sa, len, &in);

	(void)ctx;
	return error != 0 ? error : inet_connect(&in, own, flags, reply);
}

/* Not needed: the directory is the kernel's own. */
int
sockenv_reach(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply, int *ret_fd)
{
	(void)ctx;
	(void)sa;
	(void)len;
	(void)own;
	(void)flags;
	(void)reply;
	(void)ret_fd;
	return EACCES;
}

int
sockenv_name(void *ctx, const struct sockhost *host, unsigned which, struct inaddr *ret)
{
	(void)ctx;
	return inet_name(host, which, ret);
}

int
sockenv_relay(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags)
{
	struct inet_sockaddr in;
	int error = given(sa, len, &in);

	(void)ctx;
	return error != 0 ? error : inet_relay(fd, &in, flags);
}

int
sockenv_retry(void *ctx, int fd, const struct sockhost *to)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), error;

	(void)ctx;
	if (copy < 0)
		return errno;
	error = retry_add(copy, to);
	if (error != 0)
		close(copy);
	return error;
}

int
sockenv_group(int fd, const struct deleg_group *ask, int *ret_index)
{
	return group_change(fd, ask, ret_index);
}

int
sockenv_many(const struct deleg_many *ask, struct deleg_receivers *reply)
{
	return group_many(ask, reply);
}

int
sockenv_later(
    const struct deleg_later *about, const struct sockhost *to, const void *bytes, size_t len)
{
	uint8_t *room;
	struct later *d = later_new(about, len, &room);

	if (d == NULL)
		return ENOBUFS;
	memcpy(room, bytes, len);
	return later_put(d, to);
}

int
sockenv_option(int fd, int level, int name, const void *val, socklen_t len, int *ret_index)
{
	return inet_option(fd, level, name, val, len, ret_index);
}

int
sockenv_device(int index, char *ret)
{
	const struct ifnet *ifp = ifnet_by_index(index);

	if (ifp == NULL)
		return ENODEV;
	memcpy(ret, ifp->name, sizeof ifp->name);
	return 0;
}

int
sockenv_error(int fd, unsigned op, struct deleg_error *report)
{
	return inet_error(fd, op, report);
}

int
sockenv_kept(const struct sockhost *own)
{
	later_fetch(own);
	return 0;
}

int
sockenv_tcp_info(const struct sockhost *connector, void *info, size_t *len)
{
	return remote == NULL ? ENOENT : remote->tcp_info(sockname_parse(connector).seq, info, len);
}

int
sockenv_tcp_set(const struct sockhost *connector, int level, int name, int value)
{
	return remote == NULL ? ENOENT
			      : remote->tcp_set(sockname_parse(connector).seq, level, name, value);
}

int
sockenv_memory(int *ret_fd)
{
	return sockmem_share(ret_fd);
}

int
sockenv_kernel(void)
{
	return 1;
}
