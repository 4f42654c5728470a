/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the hijacker in a program.
 *
 * Nothing here is needed for correctness of the hooks: each works before this constructor has run,
 * because other libraries' constructors open files first (libselinux).  The constructor reports a
 * bad configuration even if nothing is ever routed, takes over the connection of the image that
 * called exec, and looks at the standard descriptors.
 */
#include "hijack.h"

#include "base/next.h"
#include "config.h"
#include "ident/ident.h"
#include "process/keepenv.h"
#include "process/libraries.h"
#include "process/process.h"

__attribute__((constructor)) static void
hijack_start(void)
{
	config_get();
	process_start();
	next_start();
	libraries_start();
	keepenv_start();
	for (int fd = 0; fd <= 2; fd++)
		ident_inherited(fd);
}
