/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways to host names for programs of another user.
 *
 * connect(2) and sendto(2) take "/proc/self/fd/N" for the name of an AF_UNIX socket; the link leads
 * to the socket itself and asks nothing of the directories above it.  So the program connects by
 * itself, and the host tells its peer who it is.
 */
#include "socket/sockctl.h"

#include <stdio.h>

int
sockway_open(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct sockway *ret)
{
	struct deleg_reply reply;
	char link[32];
	int error = sockenv_reach(ctx, sa, len, own, flags, &reply, &ret->fd);

	if (error == 0)
		sockhost_from(&ret->host, link,
		    (size_t)snprintf(link, sizeof link, "/proc/self/fd/%d", ret->fd));
	return error;
}

void
sockway_close(struct sockway *w)
{
	raw_close(w->fd);
}
