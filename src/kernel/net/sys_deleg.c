/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls by which a hijacked program's own host sockets get names (socket/deleg.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "net/group.h"
#include "net/hostnames.h"
#include "net/inet.h"
#include "net/later.h"
#include "net/local.h"
#include "net/net.h"
#include "net/remote.h"
#include "net/retry.h"
#include "net/sockaddr.h"
#include "net/sockmem.h"
#include "socket/sockname.h"
#include "syscall/sys_proto.h"

#define DATAGRAM_MAX 65535
#define TCP_INFO_MAX 512

int
sys_deleg_bind(struct lwp *l, struct uin name, unsigned namelen, unsigned flags)
{
	struct inet_sockaddr sa;
	struct local_sockaddr local;
	int error;

	(void)namelen;
	if (l->in_fd < 0)
		return EBADF;
	error = sockaddr_get(l, name, &sa.ss, &sa.len);
	if (error != 0)
		return error;
	if (flags & DELEG_RAW && !cred_is_admin(&l->proc->cred))
		return EPERM;
	if (!(flags & DELEG_LOCAL))
		return net_bind(l->in_fd, &sa, flags, l->proc->pid);
	error = local_sockaddr_of(&sa.ss, sa.len, sockhost_int(l->in_fd, SO_TYPE), &local);
	return error != 0 ? error : local_bind(l, l->in_fd, &local);
}

int
sys_deleg_listen(struct lwp *l, struct uin host, unsigned hostlen, unsigned flags)
{
	struct sockhost own;
	int error;

	(void)hostlen;
	error = sockaddr_get_host(l, host, &own);
	return error != 0 ? error : inet_listen(&own, flags);
}

static int
find(struct lwp *l, struct uin name, struct uin host, unsigned flags, struct deleg_reply *ret)
{
	struct inet_sockaddr sa;
	struct local_sockaddr local;
	struct sockhost own;
	int error;

	error = sockaddr_get(l, name, &sa.ss, &sa.len);
	if (error == 0)
		error = sockaddr_get_host(l, host, &own);
	if (error != 0)
		return error;
	if (!(flags & DELEG_LOCAL))
		return inet_connect(&sa, u_is_null(host.addr) ? NULL : &own, flags, ret);
	error = local_sockaddr_of(&sa.ss, sa.len, DELEG_NUMBER_OF(flags), &local);
	return error != 0 ? error : local_connect(l, &local, ret);
}

int
sys_deleg_connect(struct lwp *l, struct uin name, unsigned namelen, struct uin host,
    unsigned hostlen, unsigned flags, struct uout reply, int64_t *retval)
{
	struct deleg_reply r;
	int error = find(l, name, host, flags, &r);

	(void)namelen;
	(void)hostlen;
	if (error != 0)
		return error;
	*retval = sizeof r;
	return uout_put(l, reply, 0, &r, sizeof r);
}

int
sys_deleg_reach(struct lwp *l, struct uin name, unsigned namelen, struct uin host, unsigned hostlen,
    unsigned flags, struct uout reply)
{
	struct sockhost to;
	struct deleg_reply r;
	int error = find(l, name, host, flags, &r);

	(void)namelen;
	(void)hostlen;
	if (error == 0)
		error = uout_put(l, reply, 0, &r, sizeof r);
	if (error != 0)
		return error;
	if (r.connect_len == 0)
		return EDESTADDRREQ;
	sockhost_from(&to, r.connect, r.connect_len);
	/* The rump kernel has allowed it; the host is not to object. */
	if (chmod(to.un.sun_path, 0666) != 0)
		return ECONNREFUSED;
	l->out_fd = open(to.un.sun_path, O_PATH | O_CLOEXEC);
	return l->out_fd >= 0 ? 0 : errno == EMFILE ? ENFILE : errno;
}

/* An Internet address goes as a sockaddr_in6, IPv4 mapped. */
int
sys_deleg_name(struct lwp *l, struct uin host, unsigned hostlen, unsigned which, struct uout name,
    int64_t *retval)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct sockaddr_un un;
	struct sockhost own;
	struct inaddr a;
	socklen_t len;
	int error;

	(void)hostlen;
	error = sockaddr_get_host(l, host, &own);
	if (error != 0)
		return error;
	if (sockname_parse(&own).kind == SOCKNAME_LOCAL) {
		error = local_name(&own, &un, &len);
		if (error == 0)
			memcpy(&ss, &un, sizeof un);
	} else {
		error = inet_name(&own, which, &a);
		len = error == 0 ? inaddr_show(&a, true, &ss) : 0;
	}
	if (error != 0)
		return error;
	*retval = len;
	return uout_put(l, name, 0, &ss, len);
}

int
sys_deleg_relay(struct lwp *l, struct uin name, unsigned namelen, unsigned flags)
{
	struct inet_sockaddr sa;
	int error;

	(void)namelen;
	if (l->in_fd < 0)
		return EBADF;
	error = sockaddr_get(l, name, &sa.ss, &sa.len);
	return error != 0 ? error : inet_relay(l->in_fd, &sa, flags);
}

int
sys_deleg_retry(struct lwp *l, struct uin host, unsigned hostlen)
{
	struct sockhost to;
	int error;

	(void)hostlen;
	if (l->in_fd < 0)
		return EBADF;
	error = sockaddr_get_host(l, host, &to);
	if (error == 0 && !hostnames_is_bound(&to))
		error = EINVAL;
	if (error == 0)
		error = retry_add(l->in_fd, &to);
	if (error == 0)
		l->in_fd = -1;
	return error;
}

int
sys_deleg_group(struct lwp *l, struct uin ask, int64_t *retval)
{
	struct deleg_group g;
	int index, error;

	if (l->in_fd < 0)
		return EBADF;
	error = uin_get(l, ask, 0, &g, sizeof g);
	if (error == 0)
		error = group_change(l->in_fd, &g, &index);
	if (error == 0)
		*retval = index;
	return error;
}

int
sys_deleg_many(struct lwp *l, struct uin ask, struct uout reply)
{
	struct deleg_many m;
	struct deleg_receivers r;
	int error = uin_get(l, ask, 0, &m, sizeof m);

	if (error == 0)
		error = group_many(&m, &r);
	return error != 0 ? error : uout_put(l, reply, 0, &r, sizeof r);
}

/* What goes beyond this kernel waits in its own socket only until it is taken. */
static int
later_for_remote(const struct sockhost *to)
{
	struct sockname n = sockname_parse(to);

	return remote != NULL && remote->take(&n.own) ? EAGAIN : ECONNREFUSED;
}

int
sys_deleg_later(struct lwp *l, struct uin about, struct uin host, unsigned hostlen,
    struct uin bytes, size_t size)
{
	struct deleg_later a;
	struct sockhost to;
	struct later *d;
	uint8_t *room;
	int error = uin_get(l, about, 0, &a, sizeof a);

	(void)hostlen;
	if (error == 0)
		error = sockaddr_get_host(l, host, &to);
	if (error == 0 && sockname_parse(&to).kind == SOCKNAME_REMOTE)
		return later_for_remote(&to);
	if (error == 0 && !hostnames_is_bound(&to))
		error = EINVAL;
	if (error == 0 && size > DATAGRAM_MAX)
		error = EMSGSIZE;
	if (error != 0)
		return error;
	d = later_new(&a, size, &room);
	if (d == NULL)
		return ENOBUFS;
	error = size == 0 ? 0 : uin_get(l, bytes, 0, room, size);
	if (error == 0)
		return later_put(d, &to);
	later_free(d);
	return error;
}

/* The number in a connector's name. */
static int
connector_seq(struct lwp *l, struct uin host, uint64_t *ret)
{
	struct sockhost own;
	struct sockname n;
	int error = sockaddr_get_host(l, host, &own);

	if (error != 0)
		return error;
	n = sockname_parse(&own);
	*ret = n.seq;
	if (n.kind != SOCKNAME_CONNECTOR && n.kind != SOCKNAME_BOUND)
		return EINVAL;
	return remote == NULL ? ENOENT : 0;
}

int
sys_deleg_tcp_info(struct lwp *l, struct uin host, unsigned hostlen, struct uout info, size_t size,
    int64_t *retval)
{
	uint8_t bytes[TCP_INFO_MAX];
	size_t len = size < sizeof bytes ? size : sizeof bytes;
	uint64_t seq;
	int error = connector_seq(l, host, &seq);

	(void)hostlen;
	if (error == 0)
		error = remote->tcp_info(seq, bytes, &len);
	if (error != 0)
		return error;
	*retval = (int64_t)len;
	return uout_put(l, info, 0, bytes, len);
}

int
sys_deleg_tcp_set(struct lwp *l, struct uin host, unsigned hostlen, int level, int name, int value)
{
	uint64_t seq;
	int error = connector_seq(l, host, &seq);

	(void)hostlen;
	return error != 0 ? error : remote->tcp_set(seq, level, name, value);
}

int
sys_deleg_kept(struct lwp *l, struct uin host, unsigned hostlen)
{
	struct sockhost own;
	int error = sockaddr_get_host(l, host, &own);

	(void)hostlen;
	if (error == 0)
		later_fetch(&own);
	return error;
}

int
sys_deleg_sockmem(struct lwp *l)
{
	return sockmem_share(&l->out_fd);
}
