/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tools that are clients of a running kernel share. */
#ifndef TOOLS_RUMP_CLIENT_TOOL_H
#define TOOLS_RUMP_CLIENT_TOOL_H

#define EXIT_USAGE  100
#define EXIT_SYSTEM 111

/* Connects to the kernel named by RUMP_SERVER, or exits with a line that says why not.  Returns its
 * address. */
const char *tool_connect(void);

#endif
