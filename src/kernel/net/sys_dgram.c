/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls about a hijacked program's datagram sockets: options, errors, sizes
 * (socket/deleg.h).  Each comes with the socket.
 */
#include <errno.h>

#include "kern/proc.h"
#include "net/inet.h"
#include "syscall/sys_proto.h"

#define OPTION_MAX 64 /* bytes */

int
sys_deleg_option(
    struct lwp *l, int level, int name, struct uin value, unsigned len, int64_t *retval)
{
	char val[OPTION_MAX] = "";
	int index, error;

	if (l->in_fd < 0)
		return EBADF;
	if (len > sizeof val)
		return EINVAL;
	error = len == 0 ? 0 : uin_get(l, value, 0, val, len);
	if (error == 0)
		error = inet_option(l->in_fd, level, name, val, len, &index);
	if (error == 0)
		*retval = index;
	return error;
}

int
sys_deleg_error(struct lwp *l, unsigned op, struct uinout report)
{
	struct deleg_error r;
	int error;

	if (l->in_fd < 0)
		return EBADF;
	error = uinout_get(l, report, 0, &r, sizeof r);
	if (error == 0)
		error = inet_error(l->in_fd, op, &r);
	return error != 0 ? error : uinout_put(l, report, 0, &r, sizeof r);
}
