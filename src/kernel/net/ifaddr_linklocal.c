/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPv6 address that each interface has by itself.  What has no link address to make one of gets
 * one by chance.
 */
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <sys/random.h>

#include "net/ifnet.h"
#include "net/ifnet_priv.h"

/* The interface's half of an address by its link address (RFC 4291, appendix A). */
static void
put_eui64(uint8_t id[8], const uint8_t mac[6])
{
	memcpy(id, mac, 3);
	id[0] ^= 2;
	id[3] = 0xff;
	id[4] = 0xfe;
	memcpy(id + 5, mac + 3, 3);
}

bool
ifaddr_interface_id(struct ifnet *ifp, uint8_t id[8], uint32_t *flags)
{
	int *mode = &ifp->conf.value[IFCONF6_ADDR_GEN_MODE];

	if (ifp->hidden != 0 && *mode != IN6_ADDR_GEN_MODE_NONE)
		*mode = IN6_ADDR_GEN_MODE_RANDOM;
	if (*mode == IN6_ADDR_GEN_MODE_EUI64 || *mode == IN6_ADDR_GEN_MODE_NONE) {
		put_eui64(id, ifp->mac);
		return true;
	}
	*flags |= IFA_F_STABLE_PRIVACY;
	return getrandom(id, 8, 0) == 8;
}

void
ifaddr_add_linklocal(struct ifnet *ifp)
{
	struct ifaddr_params p = {.ip = {.ip = {0xfe, 0x80}}, .prefix = 64, .scope = -1};

	if (ifp->flags & IFF_LOOPBACK ||
	    ifp->conf.value[IFCONF6_ADDR_GEN_MODE] == IN6_ADDR_GEN_MODE_NONE)
		return;
	if (ifaddr_interface_id(ifp, p.ip.ip + 8, &p.flags))
		(void)ifaddr_add(ifp, &p, NULL); /* EEXIST: given by hand */
}
