/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump(1): the front door.  `rump SUBCOMMAND ...`; each subcommand is one file, rump_<name>.c, and
 * one row here.
 */
#include <stdio.h>
#include <string.h>

#include "rump_tool.h"

static const struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} subcommands[] = {
    {"run", rump_run, "run a program in a rump kernel"},
};

#define N_SUBCOMMANDS (sizeof subcommands / sizeof subcommands[0])

static void
usage(FILE *out)
{
	fprintf(out, "usage: rump SUBCOMMAND [ARGUMENT ...]\n\n");
	for (size_t i = 0; i < N_SUBCOMMANDS; i++)
		fprintf(out, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
	fprintf(out, "\n`rump SUBCOMMAND --help` says more; so does rump(1).\n");
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < N_SUBCOMMANDS; i++) {
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return 0;
	}
	fprintf(stderr, "rump: no such subcommand: %s\n", argv[1]);
	usage(stderr);
	return EXIT_USAGE;
}
