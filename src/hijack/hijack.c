/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the hijacker in a program.
 *
 * Nothing here is needed for correctness of the hooks: each works before this constructor has run,
 * because other libraries' constructors open files first (libselinux).  The constructor reports a
 * bad configuration even if nothing is ever routed, takes over the connection of the image that
 * called exec, and makes the host table definite.
 */
#include "hijack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "config.h"
#include "process.h"
#include "syscall/host.h"

/* A program of the rump kernel runs from a copy, and the host named the process after that. */
static void
take_name(void)
{
	const char *started_as = (const char *)getauxval(AT_EXECFN);

	if (started_as != NULL && (strncmp(started_as, "/dev/fd/", 8) == 0 ||
				      strncmp(started_as, "/proc/self/fd/", 14) == 0))
		prctl(PR_SET_NAME, program_invocation_short_name);
}

__attribute__((constructor)) static void
hijack_start(void)
{
	config_get();
	process_start();
	host_init();
	unsetenv(PROCESS_CWD);
	take_name();
}
