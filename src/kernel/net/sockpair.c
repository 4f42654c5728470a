/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/sockpair.h"

#include <errno.h>
#include <sys/socket.h>

#include "socket/sockhost.h"

int
sockpair_make(int size, int *ret_own, int *ret_program)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return errno == EMFILE ? ENFILE : errno;
	sockhost_set_sndbuf(fds[0], size);
	*ret_own = fds[0];
	*ret_program = fds[1];
	return 0;
}
