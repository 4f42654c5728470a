/* SPDX-License-Identifier: BSD-2-Clause */
#include "rump_client_tool.h"

#include <err.h>
#include <stdlib.h>

#include "rump/rumpclient.h"

const char *
tool_connect(void)
{
	const char *url = getenv("RUMP_SERVER");

	if (url == NULL)
		errx(EXIT_SYSTEM, "RUMP_SERVER is not set: which kernel?");
	if (rumpclient_init() != 0)
		err(EXIT_SYSTEM, "%s", url);
	return url;
}
