/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces from the command line.
 */
#ifndef KERNEL_NET_NETCONF_H
#define KERNEL_NET_NETCONF_H

#include <stddef.h>

/*
 * Makes the interface that the text describes, a list of words between commas, and brings it up:
 *
 *	bus=NAME   joins that bus               slirp      the host's network, without root
 *	tap=NAME   a tap interface of the host  vde=SOCKET a switch of the host
 *	name=eth0  addr=ADDRESS/PREFIX ...      gw=ADDRESS ...
 *	mac=xx:xx:xx:xx:xx:xx  mtu=N            router
 *	forward=PROTOCOL:PORT:PORT ...          of the host, with slirp
 *
 * An errno, and in `message` what is wrong with which word.  Giant lock held.
 */
int netconf_add(const char *text, char *message, size_t size);

/* The stack and its thread are there from now on, without an interface of theirs. */
int netconf_start(void);

#endif
