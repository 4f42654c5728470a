/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.fault: packets that a rump kernel's interfaces lose, delay, double or damage.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"

#define REPORT_MAX  (256u << 10)
#define COMMAND_MAX 1024

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: RUMP_SERVER=url rump.fault [INTERFACE off | INTERFACE RULE... | off]\n"
	      "  RULE: loss P%, delay T, jitter T, rate R, dup P%, corrupt P%, reorder P%, port N, "
	      "in, "
	      "out, seed N\n",
	    to);
	exit(status);
}

static const char *
join(char *const words[])
{
	static char text[COMMAND_MAX];
	size_t len = 0;

	for (; *words != NULL; words++) {
		int n =
		    snprintf(text + len, sizeof text - len, "%s%s", len == 0 ? "" : " ", *words);

		if (n < 0 || (size_t)n >= sizeof text - len)
			errx(EXIT_USAGE, "the command is too long");
		len += (size_t)n;
	}
	return text;
}

int
main(int argc, char *argv[])
{
	static char report[REPORT_MAX];
	int c;

	while ((c = getopt(argc, argv, "+h")) != -1)
		usage(c == 'h' ? stdout : stderr, c == 'h' ? EXIT_SUCCESS : EXIT_USAGE);
	tool_connect();
	if (rump_sys_net_fault(join(argv + optind), report, sizeof report - 1) == -1) {
		if (report[0] == '\0')
			err(EXIT_SYSTEM, "the kernel");
		errx(errno == EINVAL ? EXIT_USAGE : EXIT_SYSTEM, "%s", report);
	}
	fputs(report, stdout);
	return EXIT_SUCCESS;
}
