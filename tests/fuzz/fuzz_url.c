/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as a server's URL (RUMP_SERVER, rump_server's arguments): an address of the size that it
 * says, or a reason.
 */
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/check.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *why = NULL;
	struct url u;

	CHECK(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (url_parse(text, &u, &why) != 0) {
		CHECK(why != NULL && *why != '\0');
	} else if (u.kind == URL_UNIX) {
		const struct sockaddr_un *sun = (const struct sockaddr_un *)&u.addr;

		CHECK(u.addr.ss_family == AF_UNIX && u.len <= sizeof *sun);
		CHECK(strcmp(sun->sun_path, text + strlen("unix://")) == 0);
	} else {
		CHECK(u.len == (u.addr.ss_family == AF_INET ? sizeof(struct sockaddr_in)
							    : sizeof(struct sockaddr_in6)));
		CHECK(((const struct sockaddr_in *)&u.addr)->sin_port != 0);
	}
	free(text);
	return 0;
}
