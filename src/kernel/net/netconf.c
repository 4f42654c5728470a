/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces from the command line.
 */
#include "net/netconf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "net/ifconf.h"
#include "net/ifnet.h"
#include "net/netif/bus.h"
#include "net/netif/loop.h"
#include "net/netif/slirp.h"
#include "net/netif/tap.h"
#include "net/netif/vde.h"
#include "net/netloop.h"
#include "net/rtable.h"
#include "net/stack/stack.h"

#define ADDRS_MAX   16
#define METRIC6     1024 /* what a route has that says nothing */
#define METRIC_STEP 100

struct prefix {
	struct inaddr ip;
	unsigned bits;
};

struct spec {
	const struct wire *wire;
	const char *where, *name;
	const char *forwards[ADDRS_MAX];
	struct prefix addrs[ADDRS_MAX];
	struct inaddr gateways[ADDRS_MAX];
	unsigned nwires, naddrs, ngateways, nforwards, mtu;
	bool has_mac, router;
	uint8_t mac[6];
};

struct report {
	char *message;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int
fail(const struct report *r, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->message, r->size, fmt, ap);
	va_end(ap);
	return error;
}

/* --- where they lead --- */

static int
make_bus(const struct spec *s, struct ifnet **ret)
{
	return bus_new(s->where, s->has_mac ? s->mac : NULL, s->mtu, ret);
}

static int
make_slirp(const struct spec *s, struct ifnet **ret)
{
	return slirp_link_new(s->has_mac ? s->mac : NULL, s->mtu, ret);
}

static int
make_tap(const struct spec *s, struct ifnet **ret)
{
	return tap_new(s->where, s->has_mac ? s->mac : NULL, s->mtu, ret);
}

static int
make_vde(const struct spec *s, struct ifnet **ret)
{
	return vde_new(s->where, s->has_mac ? s->mac : NULL, s->mtu, ret);
}

static const struct wire {
	const char *word;
	bool has_name;
	int (*make)(const struct spec *s, struct ifnet **ret);
	/* What is wrong, where strerror() says too little. */
	struct {
		int error;
		const char *means;
	} errors[3];
} wires[] = {
    {"bus", true, make_bus, {{0, NULL}}},
    {"slirp", false, make_slirp, {{0, NULL}}},
    {"tap", true, make_tap,
	{{EPERM, "needs CAP_NET_ADMIN, or a persistent tap that is yours (ip tuntap add ... user)"},
	    {EACCES, "may not open the host's /dev/net/tun"},
	    {ENOENT, "the host has no /dev/net/tun"}}},
    {"vde", true, make_vde, {{ENOSYS, "this kernel was built without libvdeplug"}}},
};

static bool
leads(const char *word, const char *value, struct spec *s)
{
	for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++) {
		if (strcmp(word, wires[i].word) != 0 || wires[i].has_name != (value != NULL) ||
		    (value != NULL && *value == '\0'))
			continue;
		s->nwires++;
		s->wire = &wires[i];
		s->where = value;
		return true;
	}
	return false;
}

static const char *
why(const struct wire *w, int error)
{
	for (size_t i = 0; i < sizeof w->errors / sizeof w->errors[0]; i++)
		if (w->errors[i].error == error && error != 0)
			return w->errors[i].means;
	return strerror(error);
}

/* --- words --- */

static bool
parse_ip(const char *text, struct inaddr *ret)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		ss.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		ss.ss_family = AF_INET6;
	else
		return false;
	*ret = inaddr_from(&ss);
	ret->port = 0;
	return true;
}

static bool
parse_number(const char *text, unsigned max, unsigned *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > max)
		return false;
	*ret = (unsigned)n;
	return true;
}

/* Without a prefix: the address alone. */
static bool
parse_prefix(char *text, struct prefix *ret)
{
	char *slash = strchr(text, '/');

	if (slash != NULL)
		*slash = '\0';
	if (!parse_ip(text, &ret->ip))
		return false;
	ret->bits = inaddr_bits(&ret->ip);
	return slash == NULL || parse_number(slash + 1, ret->bits, &ret->bits);
}

static bool
parse_mac(const char *text, uint8_t mac[6])
{
	unsigned b[6];
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
		&end) != 6 ||
	    text[end] != '\0' || b[0] & 1)
		return false;
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
	return true;
}

static bool
parse_value(const char *key, char *value, struct spec *s)
{
	if (strcmp(key, "name") == 0)
		s->name = value;
	else if (strcmp(key, "mtu") == 0)
		return parse_number(value, UINT16_MAX, &s->mtu);
	else if (strcmp(key, "mac") == 0)
		return s->has_mac = parse_mac(value, s->mac);
	else if (strcmp(key, "addr") == 0 && s->naddrs < ADDRS_MAX)
		return parse_prefix(value, &s->addrs[s->naddrs++]);
	else if (strcmp(key, "gw") == 0 && s->ngateways < ADDRS_MAX)
		return parse_ip(value, &s->gateways[s->ngateways++]);
	else if (strcmp(key, "forward") == 0 && s->nforwards < ADDRS_MAX)
		s->forwards[s->nforwards++] = value;
	else
		return false;
	return *value != '\0';
}

static bool
is_slirp(const struct spec *s)
{
	return s->wire->make == make_slirp;
}

static int
parse(char *text, struct spec *s, const struct report *r)
{
	char *word, *value, shown[80];

	while ((word = strsep(&text, ",")) != NULL) {
		snprintf(shown, sizeof shown, "%s", word);
		value = strchr(word, '=');
		if (value != NULL)
			*value++ = '\0';
		if (value == NULL && strcmp(word, "router") == 0)
			s->router = true;
		else if (!leads(word, value, s) && (value == NULL || !parse_value(word, value, s)))
			return fail(r, EINVAL, "%s: not understood", shown);
	}
	if (s->nwires != 1)
		return fail(r, EINVAL,
		    "one of bus=NAME, slirp, tap=NAME, vde=SOCKET is to say where it leads");
	if (s->nforwards > 0 && !is_slirp(s))
		return fail(r, EINVAL, "forward: only with slirp");
	return 0;
}

/* --- doing it --- */

static int
add_addresses(struct ifnet *ifp, const struct spec *s, const struct report *r)
{
	int error = 0;

	for (unsigned i = 0; i < s->naddrs && error == 0; i++) {
		const struct ifaddr_params p = {
		    .ip = s->addrs[i].ip, .prefix = s->addrs[i].bits, .scope = -1};

		error = ifaddr_add(ifp, &p, NULL);
	}
	return error != 0 ? fail(r, error, "address: %s", strerror(error)) : 0;
}

static int
add_gateways(struct ifnet *ifp, const struct spec *s, const struct report *r)
{
	int error = 0;

	for (unsigned i = 0; i < s->ngateways && error == 0; i++) {
		bool v4 = inaddr_is_v4(&s->gateways[i]);
		struct rentry route = {
		    .dest = inaddr_any(v4),
		    .gateway = s->gateways[i],
		    .source = inaddr_any(v4),
		    .ifp = ifp,
		    .type = RTN_UNICAST,
		    .protocol = RTPROT_BOOT,
		};

		/* The gateways of later interfaces stand by. */
		while ((error = rtable_add(&route)) == EEXIST)
			route.metric =
			    (route.metric == 0 && !v4 ? METRIC6 : route.metric) + METRIC_STEP;
	}
	return error != 0 ? fail(r, error, "gateway: %s", strerror(error)) : 0;
}

static int
add_forwards(struct ifnet *ifp, const struct spec *s, const struct report *r)
{
	int error = 0;
	unsigned i;

	for (i = 0; i < s->nforwards && error == 0; i++)
		error = slirp_link_forward(ifp, s->forwards[i]);
	return error != 0 ? fail(r, error, "forward=%s: %s", s->forwards[i - 1], strerror(error))
			  : 0;
}

/* What nothing was said about is as libslirp's DHCP server would have it. */
static void
add_slirp_defaults(struct spec *s)
{
	if (!is_slirp(s))
		return;
	if (s->naddrs == 0) {
		s->naddrs = 2;
		parse_ip(SLIRP_ADDRESS, &s->addrs[0].ip);
		s->addrs[0].bits = SLIRP_PREFIX;
		parse_ip(SLIRP_ADDRESS6, &s->addrs[1].ip);
		s->addrs[1].bits = SLIRP_PREFIX6;
		if (s->ngateways == 0) {
			s->ngateways = 2;
			parse_ip(SLIRP_GATEWAY, &s->gateways[0]);
			parse_ip(SLIRP_GATEWAY6, &s->gateways[1]);
		}
	}
}

int
netconf_start(void)
{
	int error = netloop_start();

	return error != 0 ? error : stack_start();
}

static int
make(const struct spec *s, const struct report *r, struct ifnet **ret)
{
	int error = netconf_start();

	if (error != 0)
		return fail(r, error, "cannot start the network: %s", strerror(error));
	error = s->wire->make(s, ret);
	if (error != 0)
		return fail(r, error, "%s%s%s: %s", s->wire->word, s->where != NULL ? "=" : "",
		    s->where != NULL ? s->where : "", why(s->wire, error));
	return 0;
}

static int
set_up(struct ifnet *ifp, const struct spec *s, const struct report *r)
{
	int error = s->name != NULL ? ifnet_rename(ifp, s->name) : 0;

	if (error != 0)
		return fail(r, error, "name %s: %s", s->name, strerror(error));
	if (s->router)
		ifconf_set_router(ifp, true);
	/* The host's network has been told here all that its router says. */
	if (is_slirp(s))
		ifp->conf.value[IFCONF6_ACCEPT_RA] = 0;
	error = ifnet_set_flags(ifp, IFF_UP, IFF_UP);
	if (error != 0)
		return fail(r, error, "cannot bring it up: %s", strerror(error));
	error = add_addresses(ifp, s, r);
	if (error == 0)
		error = add_gateways(ifp, s, r);
	return error != 0 ? error : add_forwards(ifp, s, r);
}

/* What the kernel sends to itself is to be packets. */
static int
start_lo(const struct report *r)
{
	int error = netconf_start();

	if (error == 0)
		error = loop_start();
	return error != 0 ? fail(r, error, "%s", strerror(error)) : 0;
}

int
netconf_add(const char *text, char *message, size_t size)
{
	const struct report r = {.message = message, .size = size};
	CLEANUP_FREE char *copy = strdup(text);
	struct spec s = {.wire = NULL};
	struct ifnet *ifp;
	int error;

	if (strcmp(text, "lo=packets") == 0)
		return start_lo(&r);
	if (copy == NULL)
		return fail(&r, ENOMEM, "out of memory");
	error = parse(copy, &s, &r);
	if (error == 0)
		add_slirp_defaults(&s);
	if (error == 0)
		error = make(&s, &r, &ifp);
	if (error != 0)
		return error;
	error = set_up(ifp, &s, &r);
	if (error != 0)
		(void)ifnet_delete(ifp);
	netloop_turn();
	return error;
}
