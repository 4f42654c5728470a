/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces and their addresses: the kernel's own tables, whatever drives the packets.
 *
 * Everything that configures or shows the network (command line, netlink, ioctls, /proc/net)
 * reads and changes these tables, and those of rtable.h and neigh.h.  The TCP/IP stack follows
 * them: it listens to their events (netevent.h).  `lo` is there from the start.
 *
 * Addresses are struct inaddr (IPv4 v4-mapped) with port 0; a prefix counts the bits of the
 * address' own family, 0-32 or 0-128.  Flags, types and scopes are Linux's.  All functions return 0
 * or the errno that Linux has for it, and are called with the giant lock held.
 *
 * Frames within the kernel are Ethernet's on every interface.  On a link without headers (tun) the
 * header stands there with zeroes for addresses, and is hidden from everybody outside.
 */
#ifndef KERNEL_NET_IFNET_H
#define KERNEL_NET_IFNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/ifconf.h"
#include "net/netevent.h"
#include "socket/inaddr.h"

#define IFNET_NAME_MAX    16 /* IFNAMSIZ: with the NUL */
#define IFNET_LO          1  /* the index of lo */
#define IFNET_HEADER      14 /* bytes before the packet in a frame */
#define IFNET_ALIAS_MAX   256
#define IFNET_ALTNAME_MAX 128
#define IFADDR_FOREVER    UINT32_MAX
#define IFADDR_LABEL_MAX  16
/* Lists of files are by index, and look for what comes after. */
#define IFNET_INDEX_MAX (INT32_MAX - 2)

struct ifnet;

struct ifnet_altname {
	STAILQ_ENTRY(ifnet_altname) link;
	char name[IFNET_ALTNAME_MAX];
};
STAILQ_HEAD(ifnet_altnames, ifnet_altname);

struct ifnet_upper;
TAILQ_HEAD(ifnet_uppers, ifnet_upper);

/* What a driver does for its interface; any may be NULL. */
struct ifnet_ops {
	const char *kind; /* "bus", "slirp", ...: shown as the kind of link */
	/* Sends one Ethernet frame; never waits: ENOBUFS. */
	int (*output)(struct ifnet *, const void *frame, size_t len);
	/* The same for large frames (large.h), if ifp->large. */
	int (*output_large)(struct ifnet *, const void *frame, size_t len, unsigned segment);
	int (*set_up)(struct ifnet *, bool up);
	int (*set_mtu)(struct ifnet *, unsigned mtu); /* may refuse: EINVAL */
	int (*set_mac)(struct ifnet *);               /* ifp->mac has changed */
	int (*set_promisc)(struct ifnet *, bool on);
	/* Of an interface that has others as its ports; add_port says why not. */
	int (*add_port)(struct ifnet *, struct ifnet *port);
	void (*remove_port)(struct ifnet *, struct ifnet *port);
	void (*free)(struct ifnet *); /* the interface goes */
};

/* As in struct rtnl_link_stats64, by direction. */
struct ifnet_count {
	uint64_t packets, bytes, errors, dropped, multicast;
};

struct ifnet_addr {
	TAILQ_ENTRY(ifnet_addr) link;
	struct ifnet *ifp;
	struct inaddr ip;
	struct inaddr peer;      /* of a point-to-point address; else equal to ip */
	struct inaddr broadcast; /* IPv4; any() if there is none */
	unsigned prefix;
	uint8_t scope;             /* RT_SCOPE_* */
	uint32_t flags;            /* IFA_F_* */
	uint32_t metric;           /* of its connected route; 0: what there is */
	uint32_t valid, preferred; /* seconds from since_ms; IFADDR_FOREVER */
	int64_t since_ms;
	char label[IFADDR_LABEL_MAX];
};
TAILQ_HEAD(ifaddr_list, ifnet_addr);

struct ifnet {
	TAILQ_ENTRY(ifnet) link;
	int index;
	char name[IFNET_NAME_MAX];
	unsigned flags; /* IFF_* as they were set; ifnet_flags() says all */
	enum {
		IFNET_CARRIER_UNKNOWN, /* the driver does not say: there is one */
		IFNET_CARRIER,
		IFNET_NO_CARRIER,
	} carrier;
	unsigned carrier_changes;
	bool was_up;          /* ever */
	struct ifnet *lower;  /* on which it lies */
	int peer;             /* index of the interface at the other end of its cable; 0: none */
	struct ifnet *master; /* whose port it is */
	uint32_t group;
	char alias[IFNET_ALIAS_MAX];
	struct ifnet_altnames altnames;
	struct ifnet_uppers uppers; /* ifnet_io.h */
	unsigned type;              /* ARPHRD_* */
	unsigned hidden;            /* bytes of a frame's header that are hidden: none or all */
	unsigned mtu, mtu_min, mtu_max;
	unsigned txqueuelen;
	bool large;       /* the driver sends large frames, now */
	unsigned promisc; /* how many want it */
	uint8_t mac[6];
	struct ifnet_count rx, tx;
	struct ifaddr_list addrs;
	struct ifconf_values conf;
	const struct ifnet_ops *ops;
	void *driver; /* the driver's own */
	void *stack;  /* the stack's own */
};
TAILQ_HEAD(ifnet_list, ifnet);

extern struct ifnet_list ifnet_all; /* by index */

/* What a user wants of a new interface; zeroes: whatever there is. */
struct ifnet_wish {
	const char *name; /* may have a %d */
	int index;
	unsigned mtu;
	const uint8_t *mac;
};

/* What a driver says about a new interface. */
struct ifnet_params {
	int index;        /* 0: the next */
	const char *name; /* one with %d gets the lowest free number */
	unsigned type, flags, mtu, mtu_min, mtu_max;
	const uint8_t *mac; /* NULL: a random local one */
	bool bare;          /* the link has no headers and so no addresses */
	const struct ifnet_ops *ops;
	void *driver;
};

/* --- ifnet.c: links --- */
int ifnet_init(void); /* makes lo: up, 127.0.0.1/8 and ::1/128 */
void ifnet_fini(void);
/* Down, without addresses.  EEXIST, EINVAL for a name that is none, ENOMEM. */
int ifnet_new(const struct ifnet_params *, struct ifnet **ret);
/* The same for an Ethernet interface with Linux's limits and the usual MTU. */
int ifnet_new_ether(const struct ifnet_wish *, const char *name, unsigned flags,
    const struct ifnet_ops *, void *driver, struct ifnet **ret);
/* Removes it with its addresses and routes.  EOPNOTSUPP for lo. */
int ifnet_delete(struct ifnet *);
struct ifnet *ifnet_by_index(int index);
struct ifnet *ifnet_by_name(const char *name);
/*
 * IFF_UP, IFF_PROMISC, IFF_ALLMULTI, IFF_NOARP, IFF_MULTICAST, ... in `mask` to their value in
 * `flags`.  Up brings the connected routes (and IPv6's link-local address), down takes all routes
 * and the IPv6 addresses.
 */
int ifnet_set_flags(struct ifnet *, unsigned flags, unsigned mask);
int ifnet_set_mtu(struct ifnet *, unsigned mtu);         /* EINVAL */
int ifnet_set_mac(struct ifnet *, const uint8_t mac[6]); /* EADDRNOTAVAIL, EOPNOTSUPP for lo */
int ifnet_set_txqueuelen(struct ifnet *, unsigned len);
void ifnet_set_carrier(struct ifnet *, bool on); /* for drivers */
/* Somebody wants to see all frames, or does not any more. */
void ifnet_hold_promisc(struct ifnet *, bool on);
/* IFF_* as programs see them, with IFF_RUNNING and IFF_LOWER_UP; IF_OPER_*. */
unsigned ifnet_flags(const struct ifnet *);
uint8_t ifnet_operstate(const struct ifnet *);
bool ifnet_is_up(const struct ifnet *);
bool ifnet_has_carrier(const struct ifnet *);
/* Ethernet frames come and go there: lo has none unless netif/loop.h says so. */
bool ifnet_has_frames(const struct ifnet *);
/* The length of its link address, as programs see it. */
unsigned ifnet_addr_len(const struct ifnet *);

/* --- iflink.c: names, and how interfaces belong together --- */
struct ifnet *ifnet_by_any_name(const char *name);                  /* alternative ones, too */
int ifnet_rename(struct ifnet *, const char *name);                 /* EEXIST, EINVAL */
int ifnet_set_alias(struct ifnet *, const char *alias, size_t len); /* EINVAL: too long */
int ifnet_set_group(struct ifnet *, uint32_t group);
int ifnet_add_altname(struct ifnet *, const char *name);    /* EEXIST, EINVAL, ENOMEM */
int ifnet_remove_altname(struct ifnet *, const char *name); /* ENOENT */
/* Makes it a port of the master, or of nobody (NULL): EOPNOTSUPP, EBUSY for a circle, EMLINK. */
int ifnet_set_master(struct ifnet *, struct ifnet *master);
/* The index of the interface that it lies on, or of its peer; 0: none. */
int ifnet_link(const struct ifnet *);
/* How many interfaces lie on one another below it, itself included; one may not lie on
 * IFNET_DEPTH_MAX. */
unsigned ifnet_depth(const struct ifnet *);
#define IFNET_DEPTH_MAX 8
void ifnet_forget_links(struct ifnet *); /* it goes */

/* --- ifaddr.c: addresses --- */

/* What a new address may say besides; zeroes mean the default. */
struct ifaddr_params {
	struct inaddr ip;
	unsigned prefix;
	const struct inaddr *peer, *broadcast;
	int scope; /* RT_SCOPE_*, or -1: what the address is of itself */
	uint32_t flags;
	uint32_t metric;
	uint32_t valid, preferred; /* seconds; both forever if valid is 0 */
	const char *label;
};

/* The interface's half of its addresses, and what of it is to be told in their flags; false: no
 * random number. */
bool ifaddr_interface_id(struct ifnet *, uint8_t id[8], uint32_t *flags);
/* EEXIST, EINVAL, EADDRNOTAVAIL, ENOMEM.  Makes the connected route if the interface is up. */
int ifaddr_add(struct ifnet *, const struct ifaddr_params *, struct ifnet_addr **ret);
/* Other flags, metric and lifetimes; all else stays. */
void ifaddr_change(struct ifnet_addr *, const struct ifaddr_params *);
/* ifaddr_life.c: lifetimes in seconds from now, as in struct ifaddr_params; what is left of one. */
void ifaddr_set_life(struct ifnet_addr *, uint32_t valid, uint32_t preferred);
uint32_t ifaddr_left(const struct ifnet_addr *, uint32_t seconds);
/* EADDRNOTAVAIL.  Takes the connected route and those that have it as their source. */
int ifaddr_delete(struct ifnet *, const struct inaddr *ip, unsigned prefix);
void ifaddr_free(struct ifnet_addr *); /* deletes this one, and what is secondary to it */
/* Of all interfaces: who has it?  127.0.0.0/8 is lo's as a whole.  NULL: nobody. */
struct ifnet *ifaddr_owner(const struct inaddr *ip);
/* The entry itself, on that interface or, if NULL, on any. */
struct ifnet_addr *ifaddr_find(const struct ifnet *, const struct inaddr *ip);
/* Is it the broadcast address of a network that an interface is on? */
struct ifnet *ifaddr_broadcast(const struct inaddr *ip);
bool ifaddr_has_broadcast(const struct ifnet_addr *);
/* The address to send from on this interface to dest, as Linux chooses; NULL if there is none. */
const struct ifnet_addr *ifaddr_source(const struct ifnet *, const struct inaddr *dest);

/*
 * --- ifaddr_local.c: the routing table `local`, which follows from the addresses ---
 *
 * In the order in which Linux makes them; the connected route comes after the given broadcast
 * address.
 */
enum ifaddr_local_kind {
	IFADDR_LOCAL_OWN,
	IFADDR_LOCAL_GIVEN,   /* the broadcast address it was given */
	IFADDR_LOCAL_NETWORK, /* lo's networks are its own as a whole */
	IFADDR_LOCAL_LAST,    /* the broadcast address that its network has anyway */
};
#define IFADDR_LOCAL_KINDS 4

struct ifaddr_local {
	struct inaddr dest, source;
	unsigned prefix;
	uint8_t type; /* RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST */
	const struct ifnet *ifp;
};

/* False: this address makes none of that kind. */
bool ifaddr_local(const struct ifnet_addr *, enum ifaddr_local_kind, struct ifaddr_local *ret);
/* Tells that it has come or gone (NETEVENT_LOCAL*), if nothing else stands for it. */
void ifaddr_tell_local(const struct ifnet_addr *, enum ifaddr_local_kind, enum netevent_kind);

/* --- prefix.c: addresses and their networks --- */

/* Are the first `prefix` bits, counted in their family, the same?  False across families. */
bool inaddr_in_prefix(const struct inaddr *a, const struct inaddr *net, unsigned prefix);
/* The network: all bits after the prefix cleared; as its broadcast address: set. */
struct inaddr inaddr_network(const struct inaddr *a, unsigned prefix);
struct inaddr inaddr_last(const struct inaddr *a, unsigned prefix);
unsigned inaddr_bits(const struct inaddr *a); /* 32 or 128 */
uint8_t inaddr_scope(const struct inaddr *a); /* RT_SCOPE_* that an address has by itself */

#endif
