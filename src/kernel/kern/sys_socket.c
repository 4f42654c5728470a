/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about sockets of the classic kind: making, binding, connecting, accepting, ending.
 *
 * What they mean for Internet sockets is in socket/sockctl.h, which hijacked programs share;
 * AF_UNIX names are in net/local.h.  Here: the client's memory, the descriptor table, waiting.
 */
#include <errno.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/clock.h"
#include "kern/proc.h"
#include "net/local.h"
#include "net/sock_file.h"
#include "net/sockaddr.h"
#include "socket/sockctl.h"
#include "syscall/sys_proto.h"

/* How long to wait before a listener's queue is looked at again. */
#define RETRY_NS 2000000

int
sys_socket(struct lwp *l, int domain, int type, int protocol, int64_t *retval)
{
	struct socktag t;
	int hostfd, fd, error = 0;

	if (domain != AF_UNIX)
		error = sockctl_check(domain, type, protocol, &t);
	if (error == 0 && domain != AF_UNIX && t.flags & SOCKTAG_RAW &&
	    !cred_is_admin(&l->proc->cred))
		error = EPERM;
	if (error != 0)
		return error;
	hostfd =
	    socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, domain == AF_UNIX ? protocol : 0);
	if (hostfd == -1)
		return errno == EMFILE ? ENFILE : errno;
	if (domain != AF_UNIX)
		error = socktag_set(hostfd, &t);
	if (domain != AF_UNIX && error == 0)
		error = sockctl_opened(l, hostfd, &t);
	if (error != 0) {
		raw_close(hostfd);
		return error;
	}
	error = sock_file_open(l, hostfd, type, &fd);
	if (error == 0)
		*retval = fd;
	return error;
}

int
sys_socketpair(struct lwp *l, int domain, int type, int protocol, struct uout fds)
{
	int host[2];

	if (domain != AF_UNIX)
		return domain == AF_INET || domain == AF_INET6 ? EOPNOTSUPP : EAFNOSUPPORT;
	if (socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol, host) == -1)
		return errno == EMFILE ? ENFILE : errno;
	return sock_file_open_pair(l, host, type, fds);
}

/* The arguments of bind and connect; copied in first, then looked up (kern/proc.h). */
static int
get_socket_and_name(struct lwp *l, uint64_t s, struct uin name, struct file **ret_f,
    struct sockaddr_storage *ss, size_t *ret_len)
{
	int error = sockaddr_get(l, name, ss, ret_len);

	return error != 0 ? error : sock_file_get(l, s, ret_f);
}

int
sys_bind(struct lwp *l, uint64_t s, struct uin name, unsigned namelen)
{
	struct sockaddr_storage ss;
	struct local_sockaddr local;
	struct socktag t;
	struct file *f;
	size_t len;
	int error = get_socket_and_name(l, s, name, &f, &ss, &len);

	(void)namelen;
	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t))
		return sockctl_bind(l, f->hostfd, &t, (struct sockaddr *)&ss, (socklen_t)len);
	error = local_sockaddr_of(&ss, len, sockhost_int(f->hostfd, SO_TYPE), &local);
	return error != 0 ? error : local_bind(l, f->hostfd, &local);
}

int
sys_listen(struct lwp *l, uint64_t s, int backlog)
{
	struct socktag t;
	struct file *f;
	int error = sock_file_get(l, s, &f);

	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t))
		return sockctl_listen(l, f->hostfd, &t, backlog);
	return listen(f->hostfd, backlog) == -1 ? errno : 0;
}

/* A connection of the queue, waiting for one if the file is a blocking one. */
static int
accept_host(struct lwp *l, struct file *f, struct sockaddr_storage *ss, socklen_t *len, int *ret_fd)
{
	int error;

	for (;;) {
		*len = sizeof *ss;
		*ret_fd =
		    accept4(f->hostfd, (struct sockaddr *)ss, len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (*ret_fd != -1)
			return 0;
		if (errno != EAGAIN || (f->flags & O_NONBLOCK) != 0)
			return errno == EMFILE ? ENFILE : errno;
		error = kern_wait(l, f->hostfd, POLLIN, NULL);
		if (error != 0)
			return error;
	}
}

int
sys_accept4(
    struct lwp *l, uint64_t s, struct uout name, struct uinout namelen, int flags, int64_t *retval)
{
	struct sockaddr_storage ss;
	struct socktag t, accepted;
	struct sockhost peer;
	struct file *f;
	socklen_t len;
	int hostfd, fd, error;

	if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
		return EINVAL;
	error = sock_file_get(l, s, &f);
	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t) && t.flags & SOCKTAG_ENDED)
		return EINVAL;
	file_ref(f);
	error = accept_host(l, f, &ss, &len, &hostfd);
	if (error == 0 && socktag_get(f->hostfd, &t)) {
		sockctl_accepted(f->hostfd, &t, hostfd, &accepted);
		sockhost_take(&peer, &ss, len);
		len = sockctl_peer(l, &accepted, &peer, &ss);
	} else if (error == 0) {
		sock_file_show(&ss, &len);
	}
	file_unref(f);
	if (error == 0)
		error = sock_file_open(l, hostfd, flags, &fd);
	if (error != 0)
		return error;
	error = sockaddr_put(l, name, namelen.addr, &ss, len);
	if (error != 0)
		filedesc_close(l->proc, (uint64_t)fd);
	else
		*retval = fd;
	return error;
}

static int
pause_a_little(struct lwp *l)
{
	const struct timespec pause = {.tv_nsec = RETRY_NS};
	struct timespec until;
	int error;

	deadline_after(&pause, &until);
	error = kern_wait(l, -1, 0, &until);
	return error == ETIMEDOUT ? 0 : error;
}

static int
connect_inet(struct lwp *l, struct file *f, const struct sockaddr *sa, socklen_t len)
{
	bool nonblock = (f->flags & O_NONBLOCK) != 0;
	struct socktag t;
	int error;

	if (!socktag_get(f->hostfd, &t))
		return ENOTSOCK;
	error = sockctl_connect(l, f->hostfd, &t, sa, len, nonblock);
	while (!nonblock && (error == EINPROGRESS || error == EALREADY)) {
		error = pause_a_little(l);
		if (error == 0 && socktag_get(f->hostfd, &t))
			error = sockctl_connect(l, f->hostfd, &t, sa, len, true);
	}
	return error;
}

static int
connect_local(struct lwp *l, struct file *f, const struct sockaddr_storage *ss, size_t len)
{
	struct local_sockaddr local;
	struct deleg_reply reply;
	struct sockhost to;
	int error;

	if (len >= sizeof ss->ss_family && ss->ss_family == AF_UNSPEC)
		return sockhost_connect(f->hostfd, ss, (socklen_t)len);
	error = local_sockaddr_of(ss, len, sockhost_int(f->hostfd, SO_TYPE), &local);
	if (error == 0)
		error = local_connect(l, &local, &reply);
	if (error != 0)
		return error;
	sockhost_from(&to, reply.connect, reply.connect_len);
	while ((error = sockhost_connect(f->hostfd, &to.un, to.len)) == EAGAIN &&
	       (f->flags & O_NONBLOCK) == 0) {
		error = pause_a_little(l);
		if (error != 0)
			break;
	}
	return error == ENOENT ? ECONNREFUSED : error;
}

int
sys_connect(struct lwp *l, uint64_t s, struct uin name, unsigned namelen)
{
	struct sockaddr_storage ss;
	struct socktag t;
	struct file *f;
	size_t len;
	int error = get_socket_and_name(l, s, name, &f, &ss, &len);

	(void)namelen;
	if (error != 0)
		return error;
	file_ref(f);
	if (socktag_get(f->hostfd, &t))
		error = connect_inet(l, f, (struct sockaddr *)&ss, (socklen_t)len);
	else
		error = connect_local(l, f, &ss, len);
	file_unref(f);
	return error;
}

int
sys_shutdown(struct lwp *l, uint64_t s, int how)
{
	struct socktag t;
	struct file *f;
	int error = sock_file_get(l, s, &f);

	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t))
		return sockctl_shutdown(l, f->hostfd, &t, how);
	return shutdown(f->hostfd, how) == -1 ? errno : 0;
}
