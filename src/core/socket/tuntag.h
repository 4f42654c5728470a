/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of /dev/net/tun: what the program's side and the kernel both know.
 *
 * The program's descriptor is one end of a pair of AF_UNIX sockets of type SOCK_SEQPACKET, tagged
 * in the 64 bits of SO_MAX_PACING_RATE as that of an Internet socket is (socktag.h).  Packets go
 * through it as they go through the device, one a message, so it works for whoever has it; the
 * kernel ends its side when the interface goes.  ioctls are asked for by deleg_tun, which names the
 * file by the socket's cookie.  A program that knows what it has writes by deleg_tun_write: so it
 * hears of errors, and what its packet has brought about is there when the call returns.
 */
#ifndef CORE_SOCKET_TUNTAG_H
#define CORE_SOCKET_TUNTAG_H

#include <stdbool.h>

struct tuntag {
	bool attached; /* to an interface */
};

/* False: it is none. */
bool tuntag_get(int fd, struct tuntag *ret);
void tuntag_set(int fd, const struct tuntag *t);

#define TUN_ARG_MAX    64    /* bytes that an ioctl's argument points to */
#define TUN_PACKET_MAX 65600 /* bytes of a packet with what comes before it */

#endif
