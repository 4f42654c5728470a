/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings of interfaces, as in /proc/sys/net/ipv4/conf and /proc/sys/net/ipv6/conf: each interface
 * has its own, `default` is what a new one begins with, and what `all` means depends on the
 * setting.
 *
 * Only what has an effect is here.
 */
#ifndef KERNEL_NET_IFCONF_H
#define KERNEL_NET_IFCONF_H

#include <stdbool.h>

struct ifnet;

enum ifconf_id {
	IFCONF4_FORWARDING,
	IFCONF6_FORWARDING,
	IFCONF6_ADDR_GEN_MODE, /* 0: by the link address, 1: no link-local address */
	IFCONF_COUNT,
};

struct ifconf_values {
	int value[IFCONF_COUNT];
};

/* How `all` and the interface's own setting go together. */
enum ifconf_all {
	IFCONF_ALL_SETS, /* writing it writes all others, too */
};

struct ifconf_what {
	enum ifconf_id id;
	enum ifconf_all all;
	int min, max;
};

extern struct ifconf_values ifconf_all, ifconf_default;
extern const struct ifconf_what ifconf_table[IFCONF_COUNT];

/* What holds on the interface. */
int ifconf_get(const struct ifnet *, enum ifconf_id);
/* Both families: is it to be a router? */
void ifconf_set_router(struct ifnet *, bool on);

/* The places where a setting is: of an interface, or these. */
#define IFCONF_AT_ALL     0
#define IFCONF_AT_DEFAULT 1
#define IFCONF_AT_FIRST   2 /* of the interface with index 1, and so on */
/* ENOENT; EINVAL for a value that the setting cannot have. */
int ifconf_show(enum ifconf_id, int at, int *ret);
int ifconf_store(enum ifconf_id, int at, int value);

#endif
