/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.umount: unmounts file systems inside the rump kernel named by RUMP_SERVER.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: rump.umount [-fl] DIRECTORY ...\n"
	      "  -f  fail requests that a file system does not answer\n"
	      "  -l  take it out of the tree now, end it when nobody uses it any more\n",
	    to);
	exit(status);
}

int
main(int argc, char *argv[])
{
	int c, flags = 0, status = EXIT_SUCCESS;

	while ((c = getopt(argc, argv, "fhl")) != -1) {
		switch (c) {
		case 'f':
			flags |= MNT_FORCE;
			break;
		case 'l':
			flags |= MNT_DETACH;
			break;
		case 'h':
			usage(stdout, EXIT_SUCCESS);
		default:
			usage(stderr, EXIT_USAGE);
		}
	}
	if (optind == argc)
		usage(stderr, EXIT_USAGE);
	tool_connect();
	for (char **dir = argv + optind; *dir != NULL; dir++) {
		if (rump_sys_umount2(*dir, flags) != 0) {
			if (errno == ETIMEDOUT)
				warnx("%s: unmounted, but the program that serves it has not ended",
				    *dir);
			else
				warn("%s", *dir);
			status = EXIT_SYSTEM;
		}
	}
	return status;
}
