/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as RUMPHIJACK, and any path against what it says: nothing is read outside the text, and
 * what is taken has the form that is promised.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "config.h"
#include "route/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const char *path, const char *end)
{
	size_t len = strlen(path);

	CHECK(path + len <= end);
	CHECK(len == 0 || (path[0] == '/' && path[len - 1] != '/'));
}

/* The bytes as a path: what is left of it is a part of it. */
static void
check_below(const char *path, const char *prefix)
{
	const char *rest = path_below(path, prefix);

	CHECK(rest == NULL || (rest >= path && rest <= path + strlen(path)));
	CHECK(rest == NULL || *rest == '\0' || *rest == '/' || *prefix == '\0');
	rest = path_behind_fd(path);
	CHECK(rest == NULL || *rest == '\0' || *rest == '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *path = malloc(size + 1);
	struct config c;

	CHECK(text != NULL && path != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	strcpy(path, text);
	if (config_parse(&c, text) == NULL) {
		if (c.prefix != NULL)
			check_path(c.prefix, text + size);
		CHECK(c.blankets <= CONFIG_BLANKETS);
		for (size_t i = 0; i < c.blankets; i++)
			check_path(c.blanket[i], text + size);
		check_below(path, c.prefix != NULL ? c.prefix : "/rump");
	}
	check_below(path, "/rump/deep");
	free(text);
	free(path);
	return 0;
}
