/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.halt: halts the rump kernel named by RUMP_SERVER.
 */
#include <err.h>
#include <errno.h>
#include <linux/reboot.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"

int
main(int argc, char *argv[])
{
	const char *url;

	if (argc == 2 && strcmp(argv[1], "-h") == 0) {
		puts("usage: RUMP_SERVER=url rump.halt");
		return EXIT_SUCCESS;
	}
	if (argc != 1) {
		fputs("usage: RUMP_SERVER=url rump.halt\n", stderr);
		return EXIT_USAGE;
	}
	url = tool_connect();
	if (rump_sys_reboot((int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_POWER_OFF, NULL) != 0)
		err(EXIT_SYSTEM, "%s: cannot halt", url);
	return EXIT_SUCCESS;
}
