/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls about open files of /dev/net/tun (socket/tuntag.h).
 */
#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "net/tun/tun.h"
#include "socket/tuntag.h"
#include "syscall/sys_proto.h"

int
sys_deleg_tun(struct lwp *l, unsigned long file, unsigned request, unsigned long arg,
    struct uinout value, size_t len, int64_t *retval)
{
	alignas(max_align_t) char bytes[TUN_ARG_MAX] = {0};
	int error = 0;

	*retval = 0;
	if (len > sizeof bytes)
		return EINVAL;
	if (len > 0)
		error = uinout_get(l, value, 0, bytes, len);
	if (error == 0)
		error = tun_ioctl(l, file, request, arg, bytes);
	return error != 0 || len == 0 ? error : uinout_put(l, value, 0, bytes, len);
}

int
sys_deleg_tun_write(struct lwp *l, unsigned long file, struct uin packet, size_t len)
{
	CLEANUP_FREE uint8_t *bytes = NULL;
	int error = 0;

	if (len > TUN_PACKET_MAX)
		return EMSGSIZE;
	bytes = malloc(len + 1);
	if (bytes == NULL)
		return ENOMEM;
	if (len > 0)
		error = uin_get(l, packet, 0, bytes, len);
	return error != 0 ? error : tun_write(file, bytes, len);
}
