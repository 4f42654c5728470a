/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as a line of /proc/net/unix, where names are whatever the programs of the host chose;
 * and as the rest of a line that has this server's name.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "kern/hostdir.h"
#include "net/hostnames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const char *
server_names_dir(void)
{
	return "/run/rump-abcdef";
}

static void
look(void *arg, const struct sockname *n, bool connected)
{
	(void)arg, (void)connected;
	CHECK(n->kind != SOCKNAME_OTHER && n->kind != SOCKNAME_NONE);
}

static void
scan(const char *head, const char *word, const uint8_t *data, size_t size)
{
	size_t len = strlen(head) + strlen(word);
	char *line = malloc(len + size + 1);

	CHECK(line != NULL);
	sprintf(line, "%s%s", head, word);
	memcpy(line + len, data, size);
	line[len + size] = '\0';
	hostnames_scan_line(line, look, NULL);
	free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;

	if (!begun)
		CHECK(hostnames_init() == 0);
	begun = true;
	scan("", "", data, size);
	scan("0: 00000002 00000000 00010000 0001 01 14600 @rump/", hostnames_server(), data, size);
	scan("0: 00000002 00000000 00010000 0001 03 14600 /run/rump-abcdef/", "", data, size);
	return 0;
}
