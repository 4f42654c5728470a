/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams that the rump kernel keeps because there was no room for them at the receiver.
 *
 * As long as there are any, the memory that all share (sockmem.h) says so: what is sent to that
 * receiver goes to the kernel, too, and does not overtake them.
 */
#include <poll.h>
#include <time.h>

#include "base/raw.h"
#include "socket/sockmem.h"
#include "socket/sockudp.h"

void
sockudp_set_kept(const struct sockhost *receiver, bool on)
{
	struct sockmem *m = sockmem();

	if (m == NULL)
		return;
	sockmem_put(m, sockname_parse(receiver).seq, SOCKMEM_KEPT, on);
	if (on)
		atomic_store(&m->any_kept, true);
}

bool
sockudp_is_kept(const struct sockhost *receiver)
{
	struct sockmem *m = sockmem();
	int on = 0;

	return m != NULL && atomic_load(&m->any_kept) &&
	       sockmem_get(m, sockname_parse(receiver).seq, SOCKMEM_KEPT, &on) && on != 0;
}

bool
sockctl_may_be_kept(void)
{
	struct sockmem *m = sockmem_if_mapped();

	return m != NULL && atomic_load_explicit(&m->any_kept, memory_order_relaxed);
}

bool
sockctl_fetch_kept(int fd)
{
	const struct timespec now = {0};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct sockhost own;

	if (sockhost_name(fd, false, &own) != 0 || sockhost_path_len(&own) == 0 ||
	    (sockudp_is_kept(&own) && sockenv_kept(&own) != 0))
		return false;
	/* If nothing is kept, the kernel may have found out by itself that there is room. */
	return raw_call5(SYS_ppoll, &p, 1, &now, NULL, 0) == 1 && (p.revents & POLLIN) != 0;
}
