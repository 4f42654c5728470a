/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces, addresses and routes as tables: what comes and goes with what, which route a packet
 * takes and which address it leaves from.  The expectations are what `ip` shows on Linux after the
 * same commands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/neigh.h"
#include "net/netevent.h"
#include "net/rtable.h"

static struct inaddr
ip(const char *text)
{
	struct sockaddr_storage ss = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		in->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		in6->sin6_family = AF_INET6;
	else
		fail_msg("%s is no address", text);
	return inaddr_from(&ss);
}

static const char *
text(const struct inaddr *a)
{
	static char buf[4][INET6_ADDRSTRLEN];
	static unsigned turn;
	char *s = buf[turn++ % 4];
	bool v4 = inaddr_is_v4(a);

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->ip + 12 : a->ip, s, INET6_ADDRSTRLEN);
	return s;
}

static struct ifnet *
ether(const char *name)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	const struct ifnet_params p = {
	    .name = name,
	    .type = ARPHRD_ETHER,
	    .flags = IFF_BROADCAST | IFF_MULTICAST,
	    .mtu = 1500,
	    .mtu_min = 68,
	    .mtu_max = 9000,
	    .mac = mac,
	};
	struct ifnet *ifp;

	assert_int_equal(ifnet_new(&p, &ifp), 0);
	return ifp;
}

static int
add(struct ifnet *ifp, const char *addr, unsigned prefix)
{
	const struct ifaddr_params p = {.ip = ip(addr), .prefix = prefix, .scope = -1};

	return ifaddr_add(ifp, &p, NULL);
}

static int delete (struct ifnet *ifp, const char *addr, unsigned prefix)
{
	struct inaddr a = ip(addr);

	return ifaddr_delete(ifp, &a, prefix);
}

static struct rentry
route(const char *dest, unsigned prefix, const char *gateway, struct ifnet *ifp, uint32_t metric)
{
	struct inaddr d = ip(dest);

	return (struct rentry){
	    .dest = d,
	    .prefix = prefix,
	    .gateway = gateway != NULL ? ip(gateway) : inaddr_any(inaddr_is_v4(&d)),
	    .source = inaddr_any(inaddr_is_v4(&d)),
	    .ifp = ifp,
	    .metric = metric,
	    .type = RTN_UNICAST,
	    .protocol = RTPROT_BOOT,
	};
}

static int
add_route(
    const char *dest, unsigned prefix, const char *gateway, struct ifnet *ifp, uint32_t metric)
{
	struct rentry r = route(dest, prefix, gateway, ifp, metric);

	return rtable_add(&r);
}

/* "INTERFACE from SOURCE via GATEWAY", or the errno's number. */
static void
assert_way(const char *dest, const char *expected)
{
	struct inaddr to = ip(dest);
	struct rtable_hop hop;
	char way[160];
	int error = rtable_lookup(&to, NULL, &hop);

	if (error != 0)
		snprintf(way, sizeof way, "%d", error);
	else
		snprintf(way, sizeof way, "%s%s from %s via %s", hop.local ? "local " : "",
		    hop.ifp->name, text(&hop.source), text(&hop.gateway));
	assert_string_equal(way, expected);
}

static unsigned
routes(void)
{
	struct rentry *r;
	unsigned n = 0;

	TAILQ_FOREACH (r, &rtable_all, link)
		n++;
	return n;
}

static int
setup(void **state)
{
	(void)state;
	return ifnet_init();
}

static int
teardown(void **state)
{
	(void)state;
	ifnet_fini();
	assert_int_equal(routes(), 0);
	return 0;
}

static void
lo_is_there(void **state)
{
	struct ifnet *lo = ifnet_by_name("lo");

	(void)state;
	assert_ptr_equal(lo, ifnet_by_index(IFNET_LO));
	assert_true(ifnet_is_up(lo));
	assert_int_equal(lo->mtu, 65536);
	assert_int_equal(routes(), 0);
	assert_way("127.0.0.1", "local lo from 127.0.0.1 via 127.0.0.1");
	assert_way("127.9.9.9", "local lo from 127.0.0.1 via 127.9.9.9");
	assert_way("::1", "local lo from ::1 via ::1");
	assert_way("10.0.0.1", "101"); /* ENETUNREACH */
	assert_int_equal(ifnet_delete(lo), EOPNOTSUPP);
}

static void
addresses_bring_routes(void **state)
{
	struct ifnet *e = ether("eth%d");

	(void)state;
	assert_string_equal(e->name, "eth0");
	assert_int_equal(add(e, "10.0.0.1", 24), 0);
	assert_int_equal(routes(), 0); /* it is down */
	assert_int_equal(ifnet_set_flags(e, IFF_UP, IFF_UP), 0);
	assert_int_equal(routes(), 2); /* IPv4, and IPv6's link-local */
	assert_way("10.0.0.1", "local eth0 from 10.0.0.1 via 10.0.0.1");
	assert_way("10.0.0.2", "eth0 from 10.0.0.1 via 10.0.0.2");
	assert_way("fe80::9", "eth0 from fe80::ff:fe00:1 via fe80::9");
	assert_int_equal(add(e, "10.0.0.1", 24), EEXIST);
	assert_int_equal(add(e, "10.0.0.1", 33), EINVAL);
	assert_int_equal(add(e, "fd00::1", 64), 0);
	assert_way("fd00::2", "eth0 from fd00::1 via fd00::2");
	assert_int_equal(ifnet_set_flags(e, 0, IFF_UP), 0);
	assert_int_equal(routes(), 0);
	assert_way("10.0.0.1", "local eth0 from 10.0.0.1 via 10.0.0.1");
	assert_way("fd00::1", "101"); /* IPv6's addresses go with the link */
	assert_int_equal(delete (e, "10.0.0.1", 25), EADDRNOTAVAIL);
	assert_int_equal(delete (e, "10.0.0.1", 24), 0);
	assert_way("10.0.0.1", "101");
}

static void
secondary_addresses_go_with_the_first(void **state)
{
	struct ifnet *e = ether("eth%d");

	(void)state;
	ifnet_set_flags(e, IFF_UP, IFF_UP);
	assert_int_equal(add(e, "10.0.0.1", 24), 0);
	assert_int_equal(add(e, "10.0.0.7", 24), 0);
	assert_way("10.0.0.2", "eth0 from 10.0.0.1 via 10.0.0.2");
	assert_int_equal(add(e, "10.0.0.8", 24), 0);
	assert_int_equal(delete (e, "10.0.0.8", 24), 0);
	assert_way("10.0.0.2", "eth0 from 10.0.0.1 via 10.0.0.2");
	assert_int_equal(delete (e, "10.0.0.1", 24), 0);
	assert_int_equal(delete (e, "10.0.0.7", 24), EADDRNOTAVAIL);
	assert_way("10.0.0.2", "101");
}

static void
longest_prefix_then_metric(void **state)
{
	struct ifnet *a = ether("eth%d"), *b = ether("eth%d");

	(void)state;
	ifnet_set_flags(a, IFF_UP, IFF_UP);
	ifnet_set_flags(b, IFF_UP, IFF_UP);
	add(a, "10.0.0.1", 24);
	add(b, "10.1.0.1", 24);
	assert_int_equal(add_route("0.0.0.0", 0, "10.0.0.254", NULL, 0), 0);
	assert_int_equal(add_route("0.0.0.0", 0, "10.0.0.253", NULL, 0), EEXIST);
	assert_int_equal(add_route("0.0.0.0", 0, "10.1.0.254", NULL, 5), 0);
	assert_int_equal(add_route("10.9.0.0", 16, "10.1.0.9", NULL, 0), 0);
	assert_int_equal(add_route("10.9.1.0", 16, "10.1.0.9", NULL, 0), EINVAL);
	assert_int_equal(add_route("10.8.0.0", 16, "10.7.0.9", b, 0), ENETUNREACH);
	assert_way("8.8.8.8", "eth0 from 10.0.0.1 via 10.0.0.254");
	assert_way("10.9.3.3", "eth1 from 10.1.0.1 via 10.1.0.9");
	ifnet_set_flags(a, 0, IFF_UP);
	assert_way("8.8.8.8", "eth1 from 10.1.0.1 via 10.1.0.254");
}

static void
routes_are_deleted(void **state)
{
	struct ifnet *e = ether("eth%d");
	struct rentry r = route("0.0.0.0", 0, NULL, NULL, 0);
	struct rentry stop = route("10.3.0.0", 16, NULL, NULL, 0);

	(void)state;
	ifnet_set_flags(e, IFF_UP, IFF_UP);
	add(e, "10.0.0.1", 24);
	assert_int_equal(rtable_delete(&r), ESRCH);
	assert_int_equal(add_route("0.0.0.0", 0, "10.0.0.254", NULL, 0), 0);
	r.gateway = ip("10.0.0.253");
	assert_int_equal(rtable_delete(&r), ESRCH);
	r.gateway = ip("10.0.0.254");
	assert_int_equal(rtable_delete(&r), 0);
	stop.type = RTN_UNREACHABLE;
	assert_int_equal(rtable_add(&stop), 0);
	assert_way("10.3.1.1", "113"); /* EHOSTUNREACH */
	assert_int_equal(ifnet_delete(e), 0);
	assert_int_equal(routes(), 1);
}

static void
links_have_rules(void **state)
{
	struct ifnet *e = ether("eth%d"), *f = ether("eth%d");
	static const uint8_t group[6] = {1};

	(void)state;
	assert_string_equal(f->name, "eth1");
	assert_int_equal(ifnet_set_mtu(e, 67), EINVAL);
	assert_int_equal(ifnet_set_mtu(e, 9001), EINVAL);
	assert_int_equal(ifnet_set_mtu(e, 9000), 0);
	assert_int_equal(ifnet_rename(e, "eth1"), EEXIST);
	assert_int_equal(ifnet_rename(e, "a/b"), EINVAL);
	assert_int_equal(ifnet_rename(e, "lan"), 0);
	ifnet_set_flags(e, IFF_UP, IFF_UP);
	assert_int_equal(ifnet_set_mac(e, group), EADDRNOTAVAIL);
	assert_int_equal(ifnet_set_mac(ifnet_by_name("lo"), e->mac), EOPNOTSUPP);
}

static unsigned told[NETEVENT_NEIGH_GONE + 1];

static void
count_event(struct netevent_watcher *w, const struct netevent *e)
{
	(void)w;
	told[e->kind]++;
}

static void
watchers_are_told(void **state)
{
	static struct netevent_watcher w = {.fn = count_event};
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};
	struct inaddr a = ip("10.0.0.9");
	struct ifnet *e;

	(void)state;
	netevent_watch(&w);
	e = ether("eth%d");
	ifnet_set_flags(e, IFF_UP, IFF_UP);
	add(e, "10.0.0.1", 24);
	assert_int_equal(neigh_set(e, &a, mac), 0);
	assert_ptr_not_equal(neigh_permanent(e, &a), NULL);
	ifnet_delete(e);
	netevent_unwatch(&w);
	assert_int_equal(told[NETEVENT_LINK], 3);
	assert_int_equal(told[NETEVENT_LINK_GONE], 1);
	assert_int_equal(told[NETEVENT_ADDR], 2);
	assert_int_equal(told[NETEVENT_ADDR_GONE], 2);
	assert_int_equal(told[NETEVENT_ROUTE], 2);
	assert_int_equal(told[NETEVENT_ROUTE_GONE], 2);
	assert_int_equal(told[NETEVENT_NEIGH], 1);
	assert_int_equal(told[NETEVENT_NEIGH_GONE], 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(lo_is_there),
	    T(addresses_bring_routes),
	    T(secondary_addresses_go_with_the_first),
	    T(longest_prefix_then_metric),
	    T(routes_are_deleted),
	    T(links_have_rules),
	    T(watchers_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
