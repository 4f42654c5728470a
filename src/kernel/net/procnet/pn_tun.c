/* SPDX-License-Identifier: BSD-2-Clause */
/* What /sys/class/net shows of interfaces of /dev/net/tun. */
#include <errno.h>

#include "net/ifnet.h"
#include "net/procnet/pn_priv.h"
#include "net/tun/tun.h"

static bool
about(const struct procfs_of *of, struct tun_about *ret)
{
	const struct ifnet *ifp = ifnet_by_index(of->num);

	return ifp != NULL && tun_about(ifp, ret);
}

bool
procnet_is_tun(const struct procfs_of *of)
{
	struct tun_about a;

	return about(of, &a);
}

int
procnet_tun_flags(const struct procfs_of *of, FILE *out)
{
	struct tun_about a;

	if (!about(of, &a))
		return EINVAL;
	fprintf(out, "0x%x\n", a.flags);
	return 0;
}

static int
put_who(FILE *out, uint32_t who)
{
	if (who == TUN_NOBODY)
		fputs("-1\n", out);
	else
		fprintf(out, "%u\n", who);
	return 0;
}

int
procnet_tun_owner(const struct procfs_of *of, FILE *out)
{
	struct tun_about a;

	return about(of, &a) ? put_who(out, a.owner) : EINVAL;
}

int
procnet_tun_group(const struct procfs_of *of, FILE *out)
{
	struct tun_about a;

	return about(of, &a) ? put_who(out, a.group) : EINVAL;
}
