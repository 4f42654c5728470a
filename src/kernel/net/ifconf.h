/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings of interfaces, as in /proc/sys/net/ipv4/conf and /proc/sys/net/ipv6/conf: each interface
 * has its own, `default` is what a new one begins with, and writing `all` writes all others, too.
 *
 * Only what has an effect is here; each has its largest value.
 */
#ifndef KERNEL_NET_IFCONF_H
#define KERNEL_NET_IFCONF_H

#include <stdbool.h>

struct ifnet;

enum ifconf_id {
	IFCONF4_FORWARDING,
	IFCONF6_FORWARDING,
	IFCONF6_ADDR_GEN_MODE, /* enum in6_addr_gen_mode: what the link-local address is made of */
	IFCONF6_ACCEPT_RA, /* listen to routers' advertisements; 2: also if it is a router itself */
	IFCONF6_ACCEPT_RA_DEFRTR,
	IFCONF6_ACCEPT_RA_PINFO,
	IFCONF6_AUTOCONF, /* addresses from them */
	IFCONF_COUNT,
};

struct ifconf_values {
	int value[IFCONF_COUNT];
};

extern struct ifconf_values ifconf_all, ifconf_default;

/* What holds on the interface. */
int ifconf_get(const struct ifnet *, enum ifconf_id);
/* Both families: is it to be a router? */
void ifconf_set_router(struct ifnet *, bool on);

/* The places where a setting is: these, and behind them those of the interfaces by index. */
#define IFCONF_AT_ALL       0
#define IFCONF_AT_DEFAULT   1
#define IFCONF_AT(index)    ((index) + IFCONF_AT_DEFAULT)
#define IFCONF_INDEX_OF(at) ((at)-IFCONF_AT_DEFAULT)
/* ENOENT; EINVAL for a value that the setting cannot have. */
int ifconf_show(enum ifconf_id, int at, int *ret);
int ifconf_store(enum ifconf_id, int at, int value);

#endif
