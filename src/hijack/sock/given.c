/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of calls about sockets: see given.h. */
#include "sock/given.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "base/fault.h"

#define CONTROL_MAX 1024 /* more is never put there but by the host itself */

bool
given_name(const void *name, socklen_t len, struct sockaddr_storage *ret)
{
	*ret = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	return name == NULL || (len <= sizeof *ret && fault_read(ret, (uintptr_t)name, len) == 0);
}

bool
given_message(const struct msghdr *msg, struct msghdr *ret, struct sockaddr_storage *ss)
{
	if (fault_read(ret, (uintptr_t)msg, sizeof *ret) != 0 || ret->msg_iovlen > IOV_MAX)
		return false;
	if (ret->msg_name != NULL) {
		if (ret->msg_namelen > sizeof *ss && ret->msg_namelen <= INT_MAX)
			ret->msg_namelen = sizeof *ss; /* as Linux cuts it here */
		if (!given_name(ret->msg_name, ret->msg_namelen, ss))
			return false;
		ret->msg_name = ss;
	}
	return fault_readable((uintptr_t)ret->msg_iov, ret->msg_iovlen * sizeof *ret->msg_iov) ==
		   0 &&
	       (ret->msg_control == NULL ||
		   fault_readable((uintptr_t)ret->msg_control, ret->msg_controllen) == 0);
}

int
given_bytes(const struct iovec *iov, size_t n, void *to, size_t room, size_t *ret_len)
{
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		if (iov[i].iov_len > room - done)
			return EMSGSIZE;
		if (fault_read((char *)to + done, (uintptr_t)iov[i].iov_base, iov[i].iov_len) != 0)
			return EFAULT;
		done += iov[i].iov_len;
	}
	*ret_len = done;
	return 0;
}

/* As far as it is used, for what a program says of the length may be too much. */
static bool
is_writable(const void *at, size_t len, size_t used)
{
	return at == NULL || fault_writable((uintptr_t)at, len < used ? len : used) == 0;
}

bool
given_room(const struct msghdr *msg)
{
	return fault_readable((uintptr_t)msg, sizeof *msg) == 0 &&
	       is_writable(msg->msg_name, msg->msg_namelen, sizeof(struct sockaddr_storage)) &&
	       is_writable(msg->msg_control, msg->msg_controllen, CONTROL_MAX);
}

bool
given_room_for_name(const void *name, const socklen_t *namelen)
{
	return fault_writable((uintptr_t)namelen, sizeof *namelen) == 0 && *namelen <= INT_MAX &&
	       is_writable(name, *namelen, sizeof(struct sockaddr_storage));
}

bool
given_many(const struct mmsghdr *msgs, unsigned n)
{
	return fault_writable((uintptr_t)msgs, (size_t)n * sizeof *msgs) == 0;
}

int
given_back(const struct sockaddr_storage *ss, socklen_t have, void *name, socklen_t *namelen)
{
	socklen_t room;
	int error = fault_read(&room, (uintptr_t)namelen, sizeof room);

	if (error == 0 && room > INT_MAX)
		error = EINVAL;
	if (error == 0)
		error = fault_write((uintptr_t)name, ss, room < have ? room : have);
	return error != 0 ? error : fault_write((uintptr_t)namelen, &have, sizeof have);
}
