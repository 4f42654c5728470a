/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/net/tun: interfaces whose other end is a program, as VPNs and testing tools make them.  What
 * the kernel sends there the program reads, what it writes arrives there: packets (tun) or Ethernet
 * frames (tap).
 *
 *   tun.c        interfaces, and who has them
 *   tun_file.c   open files, and packets between them and their interface
 *   tun_ioctl.c  what a program asks of its file
 *
 * A program's file is one end of a pair of SOCK_SEQPACKET (socket/tuntag.h); the network's thread
 * has the other.
 */
#ifndef KERNEL_NET_TUN_H
#define KERNEL_NET_TUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ifnet;
struct lwp;

void tun_init(void);
void tun_fini(void);
/* What has been closed on the host is closed here, too: before somebody looks at interfaces. */
void tun_settle(void);

/* By the cookie of a file: EBADF, and what Linux says of packets and ioctls.  value: what arg
 * points to, TUN_ARG_MAX bytes. */
int tun_write(uint64_t cookie, const uint8_t *packet, size_t len);
int tun_ioctl(struct lwp *l, uint64_t cookie, unsigned request, unsigned long arg, void *value);

#define TUN_NOBODY UINT32_MAX

/* What an interface is, for those who show it. */
struct tun_about {
	unsigned flags;        /* IFF_TUN or IFF_TAP, IFF_NO_PI, IFF_PERSIST, ... */
	uint32_t owner, group; /* who may use it besides the administrator; TUN_NOBODY */
	bool is_open;
};
/* False: it is no tun or tap. */
bool tun_about(const struct ifnet *, struct tun_about *ret);

#endif
