/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/stack/lwip_own.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>

struct lwip_own lwip_own;

/* Only lwIP calls it, so nothing else would make the linker take checksum.c into a program. */
static u16_t (*const checksum)(const void *, int) __attribute__((used)) = lwip_standard_chksum;

static bool
find(const char *name, void *ret)
{
	*(void **)ret = dlsym(RTLD_NEXT, name);
	return *(void **)ret != NULL;
}

int
lwip_own_init(void)
{
	bool found =
	    find("tcp_alloc", &lwip_own.tcp_alloc) && find("tcp_free", &lwip_own.tcp_free) &&
	    find("tcp_input", &lwip_own.tcp_input) && find("tcp_output", &lwip_own.tcp_output) &&
	    find("tcp_rexmit", &lwip_own.tcp_rexmit) &&
	    find("tcp_rexmit_fast", &lwip_own.tcp_rexmit_fast) &&
	    find("tcp_rst", &lwip_own.tcp_rst);

	return found && lwip_own.tcp_alloc != tcp_alloc ? 0 : ENOSYS;
}
