/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the client tells of itself.
 */
#include "client/client.h"

#include "client/session.h"

void
client_set_flags(unsigned flags)
{
	session.want = flags;
	/* Before the program changes its directory.  What is wrong with it shows at the first call.
	 */
	session_find_server();
}

void
client_on_birth(void (*born)(void))
{
	session.born = born;
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

const struct client_server *
client_server(void)
{
	session_settle();
	return &session.server;
}
