/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the client tells of itself.
 */
#include "client/client.h"

#include <poll.h>
#include <stddef.h>

#include "base/raw.h"
#include "client/session.h"

void
client_set_flags(unsigned flags)
{
	OWN(session).want = flags;
	/* Before the program changes its directory.  What is wrong with it shows at the first call.
	 */
	session_find_server();
}

void
client_on_birth(void (*born)(void))
{
	OWN(session).born = born;
}

int
client_connect(void)
{
	return session_connect();
}

bool
client_is_connected(void)
{
	return session_is_ready();
}

bool
client_hears(void)
{
	const struct channel *main = OWN(session).main;
	struct pollfd p = {.fd = -1};

	if (!session_is_ready() || main == NULL)
		return false;
	p.fd = atomic_load(&main->fd);
	return p.fd >= 0 && raw_call3(SYS_poll, &p, 1, 0) == 0;
}

const struct client_server *
client_server(void)
{
	session_settle();
	return &OWN(session).server;
}
