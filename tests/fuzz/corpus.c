/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target without libFuzzer over the frames of hex files (arguments; tests/wire), each
 * as it is, cut short at every byte, and with every byte changed.  A banner (`text` line) is one,
 * too.
 */
#include <ctype.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long runs;

static void
run(const uint8_t *data, size_t size)
{
	/* A block of its own, so that a sanitizer sees a read beyond the end. */
	uint8_t *copy = malloc(size != 0 ? size : 1);

	if (copy == NULL)
		err(1, "malloc");
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static void
run_variants(uint8_t *data, size_t size)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	for (size_t len = 0; len <= size; len++)
		run(data, len);
	for (size_t i = 0; i < size; i++) {
		uint8_t was = data[i];

		for (size_t k = 0; k < sizeof values; k++) {
			data[i] = values[k];
			run(data, size);
		}
		data[i] = was;
	}
}

static size_t
bytes_of(const char *p, uint8_t *out, size_t room)
{
	size_t n = 0;

	while (*p != '\0' && *p != '#' && *p != '\n' && n < room) {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		out[n++] = (uint8_t)strtoul((char[]){p[0], p[1], 0}, NULL, 16);
		p += 2;
	}
	return n;
}

static void
run_file(const char *name)
{
	uint8_t frame[4096];
	char line[256];
	size_t len = 0;
	FILE *in = fopen(name, "r");

	if (in == NULL)
		err(1, "%s", name);
	while (fgets(line, sizeof line, in) != NULL) {
		if (strncmp(line, "text ", 5) == 0) {
			run_variants((uint8_t *)line + 5, strlen(line + 5));
		} else if (line[0] == '\n') {
			run_variants(frame, len);
			len = 0;
		} else {
			len += bytes_of(line, frame + len, sizeof frame - len);
		}
	}
	run_variants(frame, len);
	fclose(in);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("%ld inputs\n", runs);
	return 0;
}
