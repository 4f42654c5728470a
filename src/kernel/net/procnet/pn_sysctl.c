/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings: /proc/sys/net.  What cannot be changed here is shown as the host has it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/procnet/pn_priv.h"

#define HOST(name_, path)                                                                          \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | 0444, .host = "/proc/sys/net/" path             \
	}

/* One number and nothing else. */
static int
parse(const char *text, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 0);
	if (end == text || end[strspn(end, " \t\n")] != '\0' || errno != 0 || n != (int)n)
		return EINVAL;
	*ret = (int)n;
	return 0;
}

/* --- of interfaces --- */

static int
show_conf(const struct procfs_of *of, FILE *out)
{
	const enum ifconf_id *id = of->entry->data;
	int value, error = ifconf_show(*id, of->num, &value);

	if (error == 0)
		fprintf(out, "%d\n", value);
	return error;
}

static int
store_conf(const struct procfs_of *of, const char *text)
{
	const enum ifconf_id *id = of->entry->data;
	int value, error = parse(text, &value);

	return error != 0 ? error : ifconf_store(*id, of->num, value);
}

/* Another name of a setting of `all`. */
static int
show_all(const struct procfs_of *of, FILE *out)
{
	struct procfs_of all = *of;

	all.num = IFCONF_AT_ALL;
	return show_conf(&all, out);
}

static int
store_all(const struct procfs_of *of, const char *text)
{
	struct procfs_of all = *of;

	all.num = IFCONF_AT_ALL;
	return store_conf(&all, text);
}

static int
conf_number(const char *name, size_t len)
{
	int index;

	if (len == 3 && memcmp(name, "all", 3) == 0)
		return IFCONF_AT_ALL;
	if (len == 7 && memcmp(name, "default", 7) == 0)
		return IFCONF_AT_DEFAULT;
	index = procnet_interface_names.number(name, len);
	return index == -1 ? -1 : IFCONF_AT(index);
}

static void
conf_name(int at, char name[NAME_MAX + 1])
{
	if (at == IFCONF_AT_ALL)
		strcpy(name, "all");
	else if (at == IFCONF_AT_DEFAULT)
		strcpy(name, "default");
	else
		procnet_interface_names.name(IFCONF_INDEX_OF(at), name);
}

static int
next_conf(const struct procfs_of *of, int *num)
{
	int index, error;

	if (*num <= IFCONF_AT_DEFAULT)
		return 0;
	index = IFCONF_INDEX_OF(*num);
	error = procnet_next_interface(of, &index);
	*num = IFCONF_AT(index);
	return error;
}

static const struct procfs_names conf_names = {conf_number, conf_name};

#define CONF_ID(id)     (&(const enum ifconf_id){id})
#define CONF(name_, id) PN_SETTING(name_, show_conf, store_conf, CONF_ID(id))

static const struct procfs_entry conf4_files[] = {
    CONF("forwarding", IFCONF4_FORWARDING),
    PN_END,
};
static const struct procfs_entry conf6_files[] = {
    CONF("accept_ra", IFCONF6_ACCEPT_RA),
    CONF("accept_ra_defrtr", IFCONF6_ACCEPT_RA_DEFRTR),
    CONF("accept_ra_pinfo", IFCONF6_ACCEPT_RA_PINFO),
    CONF("addr_gen_mode", IFCONF6_ADDR_GEN_MODE),
    CONF("autoconf", IFCONF6_AUTOCONF),
    CONF("forwarding", IFCONF6_FORWARDING),
    PN_END,
};
static const struct procfs_entry conf4 = {.mode = S_IFDIR | 0555, .children = conf4_files};
static const struct procfs_entry conf6 = {.mode = S_IFDIR | 0555, .children = conf6_files};

#define CONF_DIR(numbered_)                                                                        \
	{                                                                                          \
		.name = "conf", .mode = S_IFDIR | 0555, .next = next_conf,                         \
		.numbered = (numbered_), .names = &conf_names                                      \
	}

/* --- tables --- */

static const struct procfs_entry core_files[] = {
    HOST("default_qdisc", "core/default_qdisc"),
    HOST("netdev_max_backlog", "core/netdev_max_backlog"),
    HOST("optmem_max", "core/optmem_max"),
    HOST("rmem_default", "core/rmem_default"),
    HOST("rmem_max", "core/rmem_max"),
    HOST("somaxconn", "core/somaxconn"),
    HOST("wmem_default", "core/wmem_default"),
    HOST("wmem_max", "core/wmem_max"),
    PN_END,
};

static const struct procfs_entry ipv4_files[] = {
    CONF_DIR(&conf4),
    HOST("ip_default_ttl", "ipv4/ip_default_ttl"),
    PN_SETTING("ip_forward", show_all, store_all, CONF_ID(IFCONF4_FORWARDING)),
    HOST("ip_local_port_range", "ipv4/ip_local_port_range"),
    HOST("tcp_available_congestion_control", "ipv4/tcp_available_congestion_control"),
    HOST("tcp_congestion_control", "ipv4/tcp_congestion_control"),
    HOST("tcp_fastopen", "ipv4/tcp_fastopen"),
    HOST("tcp_fin_timeout", "ipv4/tcp_fin_timeout"),
    HOST("tcp_keepalive_intvl", "ipv4/tcp_keepalive_intvl"),
    HOST("tcp_keepalive_probes", "ipv4/tcp_keepalive_probes"),
    HOST("tcp_keepalive_time", "ipv4/tcp_keepalive_time"),
    HOST("tcp_max_syn_backlog", "ipv4/tcp_max_syn_backlog"),
    HOST("tcp_rmem", "ipv4/tcp_rmem"),
    HOST("tcp_syncookies", "ipv4/tcp_syncookies"),
    HOST("tcp_wmem", "ipv4/tcp_wmem"),
    PN_END,
};

static const struct procfs_entry ipv6_files[] = {
    HOST("bindv6only", "ipv6/bindv6only"),
    CONF_DIR(&conf6),
    PN_END,
};

static const struct procfs_entry dirs[] = {
    PN_DIR("core", core_files),
    PN_DIR("ipv4", ipv4_files),
    PN_DIR("ipv6", ipv6_files),
    PN_END,
};
const struct procfs_entry procnet_sysctl = {.children = dirs};
