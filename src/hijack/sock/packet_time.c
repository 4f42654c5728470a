/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When frames came.  The host would say when they were received: what it has put beside a frame is
 * corrected.  The time of the last one is asked for by the thread that has received it.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "sock/call_packet.h"

static _Thread_local struct {
	int fd;
	struct timespec when; /* 0: none has come */
} last;

/* A struct timespec as it is, or as the struct timeval of the same size. */
static struct timespec
shown(struct timespec when, bool fine)
{
	if (!fine)
		when.tv_nsec /= 1000;
	return when;
}

void
packet_time_seen(int fd, const struct timespec *when, struct msghdr *msg)
{
	struct timespec t;
	struct cmsghdr *c;

	last.fd = fd;
	last.when = *when;
	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_len < CMSG_LEN(sizeof t) ||
		    (c->cmsg_type != SCM_TIMESTAMP && c->cmsg_type != SCM_TIMESTAMPNS))
			continue;
		t = shown(*when, c->cmsg_type == SCM_TIMESTAMPNS);
		memcpy(CMSG_DATA(c), &t, sizeof t);
	}
}

bool
packet_time_ioctl(int fd, unsigned long request, void *arg, int *ret_error)
{
	bool fine = request == SIOCGSTAMPNS_OLD || request == SIOCGSTAMPNS_NEW;
	struct timespec t;

	if ((!fine && request != SIOCGSTAMP_OLD && request != SIOCGSTAMP_NEW) || !packet_is(fd))
		return false;
	if (last.fd != fd || last.when.tv_sec == 0) {
		*ret_error = ENOENT;
		return true;
	}
	t = shown(last.when, fine);
	*ret_error = fault_write((uintptr_t)arg, &t, sizeof t);
	return true;
}
