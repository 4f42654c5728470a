/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program asks of its open /dev/net/tun.  Errors, and which comes first, are Linux's.
 *
 * There is one queue for each interface, no header of virtio before packets, no filter: such
 * flags and requests fail as on a Linux that has not got them.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kern/proc.h"
#include "net/ifnet.h"
#include "net/tun/tun_priv.h"

#define KINDS   (IFF_TUN | IFF_TAP)
#define MISSING (IFF_MULTI_QUEUE | IFF_VNET_HDR | IFF_NAPI_FRAGS)

/* --- TUNSETIFF --- */

static bool
may_use(const struct lwp *l, const struct tun *t)
{
	const struct cred *c = &l->proc->cred;
	bool owner = t->about.owner == TUN_NOBODY || t->about.owner == c->euid;
	bool group = t->about.group == TUN_NOBODY || cred_in_group(c, t->about.group);

	return (owner && group) || cred_is_admin(c);
}

/* An interface that is there. */
static int
take_over(struct lwp *l, struct tun_file *f, const struct ifnet *ifp, unsigned flags)
{
	struct tun *t = tun_of(ifp, flags & IFF_TUN ? IFF_TUN : flags & IFF_TAP);

	if (flags & IFF_TUN_EXCL)
		return EBUSY;
	if (t == NULL)
		return EINVAL;
	if (!may_use(l, t))
		return EPERM;
	if (t->file != NULL)
		return EBUSY;
	t->about.flags = (t->about.flags & ~TUN_FEATURES) | (flags & TUN_FEATURES);
	tun_attach(t, f);
	return 0;
}

static int
make(struct lwp *l, struct tun_file *f, const char *name, unsigned flags)
{
	unsigned kind = flags & IFF_TUN ? IFF_TUN : flags & IFF_TAP;

	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	if (kind == 0)
		return EINVAL;
	if (name[0] == '\0')
		name = kind == IFF_TUN ? "tun%d" : "tap%d";
	return tun_new(f, name, kind | (flags & TUN_FEATURES));
}

static int
set_interface(struct lwp *l, struct tun_file *f, struct ifreq *r)
{
	unsigned flags = (unsigned short)r->ifr_flags;
	const struct ifnet *ifp;
	bool was_there;
	int error;

	if (f->tun != NULL)
		return EEXIST;
	if (f->ended)
		return EBADFD;
	if (flags & MISSING)
		return EINVAL;
	r->ifr_name[sizeof r->ifr_name - 1] = '\0';
	ifp = ifnet_by_any_name(r->ifr_name);
	was_there = ifp != NULL;
	error = was_there ? take_over(l, f, ifp, flags) : make(l, f, r->ifr_name, flags);
	if (error != 0)
		return error;
	if (was_there || flags & IFF_NO_CARRIER)
		ifnet_set_carrier(f->tun->ifp, (flags & IFF_NO_CARRIER) == 0);
	strcpy(r->ifr_name, f->tun->ifp->name);
	return 0;
}

/* --- the others --- */

static void
show_interface(const struct tun *t, struct ifreq *r)
{
	memset(r, 0, sizeof *r);
	strcpy(r->ifr_name, t->ifp->name);
	r->ifr_flags = (short)(t->about.flags | IFF_NOFILTER);
}

static int
set_owner(uint32_t *who, unsigned long arg)
{
	if ((uint32_t)arg == TUN_NOBODY)
		return EINVAL;
	*who = (uint32_t)arg;
	return 0;
}

static int
set_link_type(struct ifnet *ifp, unsigned long arg)
{
	if (ifnet_is_up(ifp))
		return EBUSY;
	ifp->type = (unsigned short)arg;
	return 0;
}

/* What would be left to the program: of that nothing is, so it may have offered anything known. */
static int
set_offload(unsigned long arg)
{
	const unsigned long known =
	    TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_UFO;
	const unsigned long sizes = TUN_F_TSO4 | TUN_F_TSO6;

	if ((arg & ~known) != 0 || ((arg & ~(unsigned long)TUN_F_UFO) != 0 && !(arg & TUN_F_CSUM)))
		return EINVAL;
	return arg & TUN_F_TSO_ECN && !(arg & sizes) ? EINVAL : 0;
}

static int
set_least(int *what, const int *value, int least)
{
	if (*value < least)
		return EINVAL;
	*what = *value;
	return 0;
}

static int
set_link_address(struct ifnet *ifp, const struct ifreq *r)
{
	uint8_t mac[6];

	if (ifp->hidden != 0)
		return EOPNOTSUPP;
	memcpy(mac, r->ifr_hwaddr.sa_data, sizeof mac);
	return r->ifr_hwaddr.sa_family != ifp->type ? EINVAL : ifnet_set_mac(ifp, mac);
}

static int
ask(struct tun *t, unsigned request, unsigned long arg, void *value)
{
	static const int little_endian = 1;
	struct ifreq *r = value;

	switch (request) {
	case TUNGETIFF:
		show_interface(t, r);
		return 0;
	case TUNSETNOCSUM:
	case TUNSETDEBUG:
		return 0;
	case TUNSETPERSIST:
		t->about.flags = (t->about.flags & ~IFF_PERSIST) | (arg != 0 ? IFF_PERSIST : 0);
		return 0;
	case TUNSETOWNER:
		return set_owner(&t->about.owner, arg);
	case TUNSETGROUP:
		return set_owner(&t->about.group, arg);
	case TUNSETLINK:
		return set_link_type(t->ifp, arg);
	case TUNSETOFFLOAD:
		return set_offload(arg);
	case TUNSETCARRIER:
		ifnet_set_carrier(t->ifp, *(const int *)value != 0);
		return 0;
	case TUNGETSNDBUF:
		memcpy(value, &t->sndbuf, sizeof t->sndbuf);
		return 0;
	case TUNSETSNDBUF:
		return set_least(&t->sndbuf, value, 1);
	case TUNGETVNETHDRSZ:
		memcpy(value, &t->header, sizeof t->header);
		return 0;
	case TUNSETVNETHDRSZ:
		return set_least(&t->header, value, 10);
	case TUNGETVNETLE:
		memcpy(value, &little_endian, sizeof little_endian);
		return 0;
	case SIOCGIFHWADDR:
		memset(r, 0, sizeof *r);
		r->ifr_hwaddr.sa_family = (sa_family_t)t->ifp->type;
		memcpy(r->ifr_hwaddr.sa_data, t->ifp->mac, sizeof t->ifp->mac);
		return 0;
	case SIOCSIFHWADDR:
		return set_link_address(t->ifp, r);
	default:
		return EINVAL;
	}
}

static int
want_index(struct tun_file *f, const int *index)
{
	if (f->tun != NULL)
		return EPERM;
	if (*index < 0 || *index > IFNET_INDEX_MAX)
		return EINVAL;
	f->wanted_index = *index;
	return 0;
}

int
tun_ioctl(struct lwp *l, uint64_t cookie, unsigned request, unsigned long arg, void *value)
{
	const unsigned features = KINDS | IFF_NO_CARRIER | TUN_FEATURES;
	struct tun_file *f;

	tun_settle();
	f = tun_file_by_cookie(cookie);
	if (f == NULL)
		return EBADF;
	if (request == TUNGETFEATURES) {
		memcpy(value, &features, sizeof features);
		return 0;
	}
	if (request == TUNSETIFF)
		return set_interface(l, f, value);
	if (request == TUNSETIFINDEX)
		return want_index(f, value);
	return f->tun == NULL ? EBADFD : ask(f->tun, request, arg, value);
}
