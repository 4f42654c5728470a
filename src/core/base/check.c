/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a program whose programmer erred.
 */
#include "base/check.h"

#include <stdlib.h>

#include "base/log.h"

_Noreturn void
check_failed(const char *what, const char *file, int line)
{
	log_line("rump: %s:%d: check failed: %s", file, line, what);
	abort();
}
