/* SPDX-License-Identifier: BSD-2-Clause */
/* What sockets of the classic kind are called, and their options. */
#include <errno.h>

#include "kern/file.h"
#include "net/sock_file.h"
#include "net/sockaddr.h"
#include "socket/sockctl.h"
#include "socket/sockopt.h"
#include "syscall/sys_proto.h"

#define OPTLEN_MAX 4096

static int
get_name(struct lwp *l, uint64_t s, bool peer, struct uout name, struct uinout namelen)
{
	struct sockaddr_storage ss;
	struct socktag t;
	struct file *f;
	socklen_t len = sizeof ss;
	int error = sock_file_get(l, s, &f);

	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t)) {
		error = sockctl_name(l, f->hostfd, &t, peer, &ss, &len);
	} else {
		error = (peer ? getpeername : getsockname)(
			    f->hostfd, (struct sockaddr *)&ss, &len) == -1
			    ? errno
			    : 0;
		if (error == 0)
			sock_file_show(&ss, &len);
	}
	return error != 0 ? error : sockaddr_put(l, name, namelen.addr, &ss, len);
}

int
sys_getsockname(struct lwp *l, uint64_t s, struct uout name, struct uinout namelen)
{
	return get_name(l, s, false, name, namelen);
}

int
sys_getpeername(struct lwp *l, uint64_t s, struct uout name, struct uinout namelen)
{
	return get_name(l, s, true, name, namelen);
}

int
sys_getsockopt(
    struct lwp *l, uint64_t s, int level, int name, struct uout value, struct uinout lenp)
{
	char buf[OPTLEN_MAX];
	socklen_t len = value.len < sizeof buf ? (socklen_t)value.len : sizeof buf;
	struct socktag t;
	struct file *f;
	int error = sock_file_get(l, s, &f);

	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t))
		error = sockopt_get(f->hostfd, &t, level, name, buf, &len);
	else
		error = sockhost_getopt(f->hostfd, level, name, buf, &len);
	if (error == 0 && len > 0)
		error = uout_put(l, value, 0, buf, len);
	return error != 0 ? error : uinout_put(l, lenp, 0, &len, sizeof len);
}

int
sys_setsockopt(struct lwp *l, uint64_t s, int level, int name, struct uin value, unsigned len)
{
	char buf[OPTLEN_MAX];
	struct socktag t;
	struct file *f;
	int error;

	if (len > sizeof buf)
		return EINVAL;
	error = value.len == 0 ? 0 : uin_get(l, value, 0, buf, value.len);
	if (error == 0)
		error = sock_file_get(l, s, &f);
	if (error != 0)
		return error;
	if (socktag_get(f->hostfd, &t))
		return sockopt_set(f->hostfd, &t, level, name, buf, (socklen_t)value.len);
	return sockhost_setopt(f->hostfd, level, name, buf, (socklen_t)value.len);
}
