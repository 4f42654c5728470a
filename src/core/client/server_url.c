/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which server: RUMP_SERVER, or what an exec handed over (RUMP__PARSEDSERVER).
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/raw.h"
#include "client/session.h"

static _Atomic bool complained;

/* The program may change its directory: a relative path is made absolute if a socket can have it.
 */
static void
make_absolute(void)
{
	char cwd[SESSION_URL_MAX], url[SESSION_URL_MAX];
	struct url addr;
	const char *why;
	long n;

	if (OWN(session).addr.kind != URL_UNIX || OWN(session).env_url[7] == '/')
		return;
	n = raw_call2(SYS_getcwd, cwd, sizeof cwd);
	if (n <= 0 || cwd[0] != '/')
		return;
	n = snprintf(url, sizeof url, "unix://%s/%s", cwd, OWN(session).env_url + 7);
	if (n < (long)sizeof url && url_parse(url, &addr, &why) == 0) {
		memcpy(OWN(session).url, url, sizeof OWN(session).url);
		OWN(session).addr = addr;
	}
}

int
session_find_server(void)
{
	const char *url = getenv("RUMP__PARSEDSERVER");
	const char *why = "it is too long";
	int error = ENAMETOOLONG;

	if (OWN(session).url[0] != '\0')
		return 0;
	if (url == NULL)
		url = getenv("RUMP_SERVER");
	if (url == NULL)
		return ENOENT;
	if (strlen(url) < sizeof OWN(session).env_url)
		error = url_parse(url, &OWN(session).addr, &why);
	if (error != 0) {
		if (!atomic_exchange(&complained, true))
			log_line("rumpclient: RUMP_SERVER=%s: %s", url, why);
		return error;
	}
	strcpy(OWN(session).env_url, url);
	strcpy(OWN(session).url, url);
	make_absolute();
	return 0;
}
