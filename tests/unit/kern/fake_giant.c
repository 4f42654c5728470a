/* SPDX-License-Identifier: BSD-2-Clause */
/* The giant lock for tests of one thread. */
#include "kern/giant.h"

void
giant_lock(void)
{
}

void
giant_unlock(void)
{
}
