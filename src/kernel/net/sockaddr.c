/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket addresses in the client's memory.
 */
#include "net/sockaddr.h"

#include <errno.h>

int
sockaddr_get(struct lwp *l, struct uin u, struct sockaddr_storage *ss, size_t *ret_len)
{
	if (u.len > sizeof *ss)
		return EINVAL;
	*ss = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	*ret_len = u.len;
	return u.len == 0 ? 0 : uin_get(l, u, 0, ss, u.len);
}

int
sockaddr_get_host(struct lwp *l, struct uin u, struct sockhost *h)
{
	char path[sizeof h->un.sun_path];
	int error;

	if (u.len > sizeof path)
		return EINVAL;
	error = u.len == 0 ? 0 : uin_get(l, u, 0, path, u.len);
	if (error == 0)
		sockhost_from(h, path, u.len);
	return error;
}

int
sockaddr_put(struct lwp *l, struct uout u, uaddr_t len, const void *ss, socklen_t have)
{
	int error = 0;

	if (u_is_null(u.addr))
		return 0;
	if (u.len > 0)
		error = uout_put(l, u, 0, ss, u.len < have ? u.len : have);
	return error != 0 ? error : uptr_put(l, len, &have, sizeof have);
}
