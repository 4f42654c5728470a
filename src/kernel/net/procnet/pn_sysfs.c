/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /sys/class/net and /sys/devices/virtual/net: each interface is a directory in the latter and a
 * link to it in the former.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/procnet/pn_priv.h"

/* --- attributes --- */

/* What is in a file of an interface's directory. */
struct attribute {
	int (*show)(const struct ifnet *, FILE *out);
	int (*store)(struct ifnet *, const char *text);
};

static int
show(const struct procfs_of *of, FILE *out)
{
	const struct attribute *a = of->entry->data;
	const struct ifnet *ifp = ifnet_by_index(of->num);

	return ifp == NULL ? ENODEV : a->show(ifp, out);
}

static int
store(const struct procfs_of *of, const char *text)
{
	const struct attribute *a = of->entry->data;
	struct ifnet *ifp = ifnet_by_index(of->num);

	return ifp == NULL ? ENODEV : a->store(ifp, text);
}

static int
parse(const char *text, unsigned *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (end == text || end[strspn(end, "\n")] != '\0' || n > UINT32_MAX)
		return EINVAL;
	*ret = (unsigned)n;
	return 0;
}

static int
put_number(FILE *out, uint64_t n)
{
	fprintf(out, "%ju\n", (uintmax_t)n);
	return 0;
}

static int
put_mac(FILE *out, const struct ifnet *ifp, const uint8_t mac[6])
{
	if (ifnet_addr_len(ifp) == 0) {
		fputc('\n', out);
		return 0;
	}
	fprintf(
	    out, "%02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return 0;
}

/* An attribute `name` with the function show_NAME(ifp, out), whose body follows. */
#define SHOWN(name_)                                                                               \
	static int show_##name_(const struct ifnet *ifp, FILE *out);                               \
	static const struct attribute name_ = {.show = show_##name_};                              \
	static int show_##name_(const struct ifnet *ifp, FILE *out)

SHOWN(zero)
{
	(void)ifp;
	return put_number(out, 0);
}

SHOWN(addr_len)
{
	return put_number(out, ifnet_addr_len(ifp));
}

SHOWN(address)
{
	return put_mac(out, ifp, ifp->mac);
}

SHOWN(broadcast)
{
	uint8_t all[6];

	memset(all, ifp->index == IFNET_LO ? 0 : 0xff, sizeof all);
	return put_mac(out, ifp, all);
}

SHOWN(carrier)
{
	if (!ifnet_is_up(ifp))
		return EINVAL;
	return put_number(out, ifnet_has_carrier(ifp));
}

SHOWN(dev_id)
{
	(void)ifp;
	fputs("0x0\n", out);
	return 0;
}

/* Nobody's speed is known. */
SHOWN(unknown)
{
	(void)ifp, (void)out;
	return EINVAL;
}

SHOWN(ifindex)
{
	return put_number(out, (uint64_t)ifp->index);
}

SHOWN(operstate)
{
	static const char *const names[] = {
	    "unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"};

	fprintf(out, "%s\n", names[ifnet_operstate(ifp)]);
	return 0;
}

SHOWN(carrier_changes)
{
	return put_number(out, ifp->carrier_changes);
}

SHOWN(iflink)
{
	return put_number(out, (uint64_t)(ifnet_link(ifp) != 0 ? ifnet_link(ifp) : ifp->index));
}

SHOWN(name_assign_type)
{
	return put_number(out, ifp->index == IFNET_LO ? 2 : 1);
}

SHOWN(type)
{
	return put_number(out, ifp->type);
}

SHOWN(uevent)
{
	fprintf(out, "INTERFACE=%s\nIFINDEX=%d\n", ifp->name, ifp->index);
	return 0;
}

/* --- those that can be written --- */

#define WRITTEN(name_, show_, store_)                                                              \
	static const struct attribute name_ = {.show = (show_), .store = (store_)}

static int
show_flags(const struct ifnet *ifp, FILE *out)
{
	fprintf(out, "0x%x\n", ifp->flags & 0xffff);
	return 0;
}

static int
store_flags(struct ifnet *ifp, const char *text)
{
	unsigned flags;
	int error = parse(text, &flags);

	return error != 0 ? error : ifnet_set_flags(ifp, flags, UINT32_MAX);
}
WRITTEN(flags, show_flags, store_flags);

static int
show_mtu(const struct ifnet *ifp, FILE *out)
{
	return put_number(out, ifp->mtu);
}

static int
store_mtu(struct ifnet *ifp, const char *text)
{
	unsigned mtu;
	int error = parse(text, &mtu);

	return error != 0 ? error : ifnet_set_mtu(ifp, mtu);
}
WRITTEN(mtu, show_mtu, store_mtu);

static int
show_queue(const struct ifnet *ifp, FILE *out)
{
	return put_number(out, ifp->txqueuelen);
}

static int
store_queue(struct ifnet *ifp, const char *text)
{
	unsigned len;
	int error = parse(text, &len);

	return error != 0 ? error : ifnet_set_txqueuelen(ifp, len);
}
WRITTEN(tx_queue_len, show_queue, store_queue);

static int
show_alias(const struct ifnet *ifp, FILE *out)
{
	fprintf(out, "%s\n", ifp->alias);
	return 0;
}

static int
store_alias(struct ifnet *ifp, const char *text)
{
	return ifnet_set_alias(ifp, text, strcspn(text, "\n"));
}
WRITTEN(ifalias, show_alias, store_alias);

static int
show_group(const struct ifnet *ifp, FILE *out)
{
	return put_number(out, ifp->group);
}

static int
store_group(struct ifnet *ifp, const char *text)
{
	unsigned group;
	int error = parse(text, &group);

	return error != 0 ? error : ifnet_set_group(ifp, group);
}
WRITTEN(netdev_group, show_group, store_group);

/* --- statistics --- */

static int
show_count(const struct procfs_of *of, FILE *out)
{
	const size_t *offset = of->entry->data;
	const struct ifnet *ifp = ifnet_by_index(of->num);

	if (ifp == NULL)
		return ENODEV;
	return put_number(
	    out, offset == NULL ? 0 : *(const uint64_t *)((const char *)ifp + *offset));
}

static const size_t rx_bytes = offsetof(struct ifnet, rx.bytes);
static const size_t rx_packets = offsetof(struct ifnet, rx.packets);
static const size_t rx_errors = offsetof(struct ifnet, rx.errors);
static const size_t rx_dropped = offsetof(struct ifnet, rx.dropped);
static const size_t multicast = offsetof(struct ifnet, rx.multicast);
static const size_t tx_bytes = offsetof(struct ifnet, tx.bytes);
static const size_t tx_packets = offsetof(struct ifnet, tx.packets);
static const size_t tx_errors = offsetof(struct ifnet, tx.errors);
static const size_t tx_dropped = offsetof(struct ifnet, tx.dropped);

#define COUNT(name_) PN_DATA(#name_, show_count, &(name_))
#define NEVER(name_) PN_DATA(name_, show_count, NULL)

static const struct procfs_entry statistics[] = {
    NEVER("collisions"),
    COUNT(multicast),
    COUNT(rx_bytes),
    NEVER("rx_compressed"),
    NEVER("rx_crc_errors"),
    COUNT(rx_dropped),
    COUNT(rx_errors),
    NEVER("rx_fifo_errors"),
    NEVER("rx_frame_errors"),
    NEVER("rx_length_errors"),
    NEVER("rx_missed_errors"),
    NEVER("rx_nohandler"),
    NEVER("rx_over_errors"),
    COUNT(rx_packets),
    NEVER("tx_aborted_errors"),
    COUNT(tx_bytes),
    NEVER("tx_carrier_errors"),
    NEVER("tx_compressed"),
    COUNT(tx_dropped),
    COUNT(tx_errors),
    NEVER("tx_fifo_errors"),
    NEVER("tx_heartbeat_errors"),
    COUNT(tx_packets),
    NEVER("tx_window_errors"),
    PN_END,
};

/* --- the tree --- */

#define ATTRIBUTE(name_)     PN_DATA(#name_, show, &(name_))
#define IS(name_, attribute) PN_DATA(name_, show, &(attribute))
#define CHANGED(name_)       PN_SETTING(#name_, show, store, &(name_))

static int
subsystem(const struct procfs_of *of, char target[PATH_MAX])
{
	(void)of;
	strcpy(target, "../../../../class/net");
	return 0;
}

static const struct procfs_entry files[] = {
    IS("addr_assign_type", zero),
    ATTRIBUTE(addr_len),
    ATTRIBUTE(address),
    ATTRIBUTE(broadcast),
    ATTRIBUTE(carrier),
    ATTRIBUTE(carrier_changes),
    ATTRIBUTE(dev_id),
    IS("dev_port", zero),
    IS("dormant", zero),
    IS("duplex", unknown),
    CHANGED(flags),
    PN_TUN("group", procnet_tun_group),
    CHANGED(ifalias),
    ATTRIBUTE(ifindex),
    ATTRIBUTE(iflink),
    IS("link_mode", zero),
    CHANGED(mtu),
    ATTRIBUTE(name_assign_type),
    CHANGED(netdev_group),
    ATTRIBUTE(operstate),
    PN_TUN("owner", procnet_tun_owner),
    IS("proto_down", zero),
    IS("speed", unknown),
    PN_DIR("statistics", statistics),
    {.name = "subsystem", .mode = S_IFLNK | 0777, .link = subsystem},
    IS("testing", zero),
    PN_TUN("tun_flags", procnet_tun_flags),
    CHANGED(tx_queue_len),
    ATTRIBUTE(type),
    ATTRIBUTE(uevent),
    PN_END,
};

static const struct procfs_entry device = {.mode = S_IFDIR | 0755, .children = files};
const struct procfs_entry procnet_devices = {
    .next = procnet_next_interface, .numbered = &device, .names = &procnet_interface_names};

static int
to_device(const struct procfs_of *of, char target[PATH_MAX])
{
	const struct ifnet *ifp = ifnet_by_index(of->num);

	if (ifp == NULL)
		return ENOENT;
	snprintf(target, PATH_MAX, "../../devices/virtual/net/%s", ifp->name);
	return 0;
}

static const struct procfs_entry link_to_device = {.mode = S_IFLNK | 0777, .link = to_device};
const struct procfs_entry procnet_class = {
    .next = procnet_next_interface, .numbered = &link_to_device, .names = &procnet_interface_names};
