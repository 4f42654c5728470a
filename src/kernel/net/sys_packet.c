/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls about packet sockets (socket/pkttag.h).
 */
#include <errno.h>
#include <stdlib.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "net/packet/packet.h"
#include "socket/pkttag.h"
#include "syscall/sys_proto.h"

int
sys_deleg_packet(struct lwp *l, unsigned op, unsigned long arg, int protocol)
{
	if (op == PKT_RING)
		return packet_ring_fd(arg, &l->out_fd);
	if (op != PKT_OPEN)
		return EINVAL;
	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	return packet_open((int)arg, (uint16_t)protocol, &l->out_fd);
}

int
sys_deleg_packet_do(struct lwp *l, unsigned long cookie, unsigned op, struct uin arg, size_t len,
    struct uout reply, size_t room, int64_t *retval)
{
	char out[PKT_OPTION_MAX];
	CLEANUP_FREE char *in = NULL;
	size_t used;
	int error = 0;

	if (len > PKT_SEND_MAX || room > sizeof out)
		return EINVAL;
	in = malloc(len + 1);
	if (in == NULL)
		return ENOBUFS;
	if (len > 0)
		error = uin_get(l, arg, 0, in, len);
	if (error == 0)
		error = packet_do(cookie, op, in, len, out, room, &used);
	if (error == 0 && used > 0)
		error = uout_put(l, reply, 0, out, used);
	if (error == 0)
		*retval = (int64_t)used;
	return error;
}
