/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a banner: what parses prints to a banner that parses to the same.
 */
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[WIRE_BANNER_MAX + 1];
	struct wire_banner a, b;

	if (wire_banner_parse((const char *)data, size, &a) != 0)
		return 0;
	CHECK(size <= WIRE_BANNER_MAX);
	CHECK(wire_banner_format(line, sizeof line, &a) == 0);
	CHECK(wire_banner_parse(line, strlen(line), &b) == 0);
	CHECK(a.major == b.major && a.minor == b.minor && strcmp(a.ostype, b.ostype) == 0);
	CHECK(strcmp(a.osrelease, b.osrelease) == 0 && strcmp(a.machine, b.machine) == 0);
	return 0;
}
