/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting with signals blocked, then not.
 */
#include "client/patience.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

#include "base/raw.h"

void
patience_poll(int fd, short event, uint64_t sigmask)
{
	struct pollfd p = {.fd = fd, .events = event};
	struct timespec second = {.tv_sec = 1};

	if (raw_call5(SYS_ppoll, &p, 1, &second, NULL, 0) != 0)
		return;
	while (raw_call5(SYS_ppoll, &p, 1, NULL, &sigmask, sizeof sigmask) == -EINTR)
		continue;
}

void
patience_pause(unsigned ms, uint64_t sigmask)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	raw_call5(SYS_ppoll, NULL, 0, &t, &sigmask, sizeof sigmask);
}
