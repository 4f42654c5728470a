/* SPDX-License-Identifier: BSD-2-Clause */
/* For a kernel that is built without libvdeplug. */
#include <errno.h>

#include "net/netif/vde.h"

int
vde_new(const char *url, const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	(void)url, (void)mac, (void)mtu, (void)ret;
	return ENOSYS;
}
