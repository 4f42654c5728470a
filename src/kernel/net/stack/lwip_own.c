/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/stack/lwip_own.h"

#include <dlfcn.h>
#include <errno.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <stdbool.h>

#include "net/checksum.h"

struct lwip_own lwip_own;

/* lwIP's own, which its headers do not have, takes four times as long. */
FOR_LWIP u16_t lwip_standard_chksum(const void *data, int len);

u16_t
lwip_standard_chksum(const void *data, int len)
{
	return checksum_of(data, (size_t)len);
}

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
	    find("ip4_frag", &lwip_own.ip4_frag) && find("ip6_frag", &lwip_own.ip6_frag) &&
	    find("tcp_rexmit", &lwip_own.tcp_rexmit) &&
	    find("tcp_rexmit_fast", &lwip_own.tcp_rexmit_fast) &&
	    find("tcp_rst", &lwip_own.tcp_rst);

	return found && lwip_own.tcp_alloc != tcp_alloc ? 0 : ENOSYS;
}
