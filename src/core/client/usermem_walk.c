/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory behind pointers in structures: one walker for each kind of class `walk` (kinds.master).
 * A walker reads each structure once.  What it cannot read it leaves out.
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "base/fault.h"
#include "client/usermem.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

void
walk_iovec(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr, uint64_t count)
{
	struct iovec one;

	if (count > IOV_MAX || fault_readable(addr, count * sizeof one) != 0)
		return;
	usermem_add(um, arg, RANGE_IN, addr, count * sizeof one);
	for (uint64_t i = 0; i < count; i++) {
		/* The program's pointer need not be aligned. */
		memcpy(&one, (const char *)(uintptr_t)addr + i * sizeof one, sizeof one);
		usermem_add(um, arg, dir, (uintptr_t)one.iov_base, one.iov_len);
	}
}

/* sendmsg: everything is read; recvmsg: the structure is read and written, the rest written. */
void
walk_msghdr(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr)
{
	unsigned payload = (dir & RANGE_OUT) != 0 ? RANGE_OUT : RANGE_IN;
	struct msghdr m;

	if (fault_read(&m, addr, sizeof m) != 0)
		return;
	usermem_add(um, arg, dir | RANGE_IN, addr, sizeof m);
	if (m.msg_name != NULL)
		usermem_add(um, arg, payload, (uintptr_t)m.msg_name, m.msg_namelen);
	if (m.msg_control != NULL)
		usermem_add(um, arg, payload, (uintptr_t)m.msg_control, m.msg_controllen);
	walk_iovec(um, arg, payload, (uintptr_t)m.msg_iov, m.msg_iovlen);
}

void
walk_fcntl(struct usermem *um, unsigned arg, uint64_t cmd, uint64_t value)
{
	switch ((int)cmd) {
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		usermem_add(um, arg, RANGE_IN | RANGE_OUT, value, sizeof(struct flock));
		break;
	case F_SETOWN_EX:
		usermem_add(um, arg, RANGE_IN, value, sizeof(struct f_owner_ex));
		break;
	case F_GETOWN_EX:
		usermem_add(um, arg, RANGE_OUT, value, sizeof(struct f_owner_ex));
		break;
	default: /* a number */
		break;
	}
}

/* Requests from before _IOC() put direction and size into the number. */
static const struct {
	uint32_t first, last;
	unsigned dir;
	unsigned size;
} old_requests[] = {
    {TCGETS, TCGETS, RANGE_OUT, sizeof(struct termios)},
    {TCSETS, TCSETSF, RANGE_IN, sizeof(struct termios)},
    {TIOCGPGRP, TIOCGPGRP, RANGE_OUT, sizeof(int)},
    {TIOCSPGRP, TIOCSPGRP, RANGE_IN, sizeof(int)},
    {TIOCOUTQ, TIOCOUTQ, RANGE_OUT, sizeof(int)},
    {TIOCGWINSZ, TIOCGWINSZ, RANGE_OUT, sizeof(struct winsize)},
    {TIOCSWINSZ, TIOCSWINSZ, RANGE_IN, sizeof(struct winsize)},
    {FIONREAD, FIONREAD, RANGE_OUT, sizeof(int)},
    {FIONBIO, FIONBIO, RANGE_IN, sizeof(int)},
    {TIOCGSID, TIOCGSID, RANGE_OUT, sizeof(int)},
    {FIOASYNC, FIOASYNC, RANGE_IN, sizeof(int)},
    {FIOQSIZE, FIOQSIZE, RANGE_OUT, sizeof(loff_t)},
    {FIOSETOWN, SIOCSPGRP, RANGE_IN, sizeof(int)},
    {FIOGETOWN, SIOCATMARK, RANGE_OUT, sizeof(int)},
    {SIOCGIFNAME, SIOCSIFLINK, RANGE_IN | RANGE_OUT, sizeof(struct ifreq)},
    {SIOCGIFFLAGS, SIOCSIFHWBROADCAST, RANGE_IN | RANGE_OUT, sizeof(struct ifreq)},
    {SIOCGIFTXQLEN, SIOCETHTOOL, RANGE_IN | RANGE_OUT, sizeof(struct ifreq)},
    {SIOCDEVPRIVATE, SIOCDEVPRIVATE + 15, RANGE_IN | RANGE_OUT, sizeof(struct ifreq)},
    {SIOCDARP, SIOCSARP, RANGE_IN | RANGE_OUT, sizeof(struct arpreq)},
    {SIOCGIFMAP, SIOCSIFMAP, RANGE_IN | RANGE_OUT, sizeof(struct ifreq)},
};

/* struct ifconf: a length and a buffer that the kernel fills with interfaces. */
static void
walk_ifconf(struct usermem *um, unsigned arg, uint64_t value)
{
	struct ifconf ifc;

	usermem_add(um, arg, RANGE_IN | RANGE_OUT, value, sizeof ifc);
	if (fault_read(&ifc, value, sizeof ifc) == 0 && ifc.ifc_buf != NULL && ifc.ifc_len > 0)
		usermem_add(um, arg, RANGE_OUT, (uintptr_t)ifc.ifc_buf, (unsigned)ifc.ifc_len);
}

/* struct rtentry, with the name of an interface; on an IPv6 socket struct in6_rtmsg, which is
 * shorter and has none. */
static void
walk_route(struct usermem *um, unsigned arg, uint64_t value)
{
	struct rtentry rt;

	usermem_add(um, arg, RANGE_IN, value, sizeof rt);
	if (fault_read(&rt, value, sizeof rt) == 0 && rt.rt_dev != NULL)
		usermem_add(um, arg, RANGE_IN, (uintptr_t)rt.rt_dev, IFNAMSIZ);
}

void
walk_ioctl(struct usermem *um, unsigned arg, uint64_t request, uint64_t value)
{
	uint32_t r = (uint32_t)request;
	unsigned dir = 0;

	if (r == SIOCGIFCONF) {
		walk_ifconf(um, arg, value);
		return;
	}
	if (r == SIOCADDRT || r == SIOCDELRT) {
		walk_route(um, arg, value);
		return;
	}
	for (size_t i = 0; i < LENGTH(old_requests); i++) {
		if (r >= old_requests[i].first && r <= old_requests[i].last) {
			usermem_add(um, arg, old_requests[i].dir, value, old_requests[i].size);
			return;
		}
	}
	/* To _IOC() read and write are the caller's. */
	if ((_IOC_DIR(r) & _IOC_WRITE) != 0)
		dir |= RANGE_IN;
	if ((_IOC_DIR(r) & _IOC_READ) != 0)
		dir |= RANGE_OUT;
	if (dir != 0)
		usermem_add(um, arg, dir, value, _IOC_SIZE(r));
}
