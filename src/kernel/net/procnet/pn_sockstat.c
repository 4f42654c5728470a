/* SPDX-License-Identifier: BSD-2-Clause */
/* How many sockets there are: /proc/net/sockstat, sockstat6. */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "net/procnet/pn_priv.h"
#include "net/socklist.h"

struct numbers {
	unsigned in_use, established, waiting;
};

static void
add(void *arg, const struct socklist_entry *e)
{
	struct numbers *n = arg;

	n->in_use += e->state != TCP_TIME_WAIT;
	n->established += e->state == TCP_ESTABLISHED;
	n->waiting += e->state == TCP_TIME_WAIT;
}

static struct numbers
count(int family, int protocol)
{
	struct numbers n = {.in_use = 0};

	(void)socklist_each(family, protocol, add, &n);
	return n;
}

static unsigned
in_use(int family, int protocol)
{
	return count(family, protocol).in_use;
}

unsigned
procnet_established(void)
{
	return count(AF_INET, IPPROTO_TCP).established + count(AF_INET6, IPPROTO_TCP).established;
}

int
procnet_sockstat(const struct procfs_of *of, FILE *out)
{
	struct numbers tcp4 = count(AF_INET, IPPROTO_TCP), tcp6 = count(AF_INET6, IPPROTO_TCP);
	unsigned tcp = tcp4.in_use + tcp6.in_use, udp = in_use(AF_INET, IPPROTO_UDP);
	unsigned lite = in_use(AF_INET, IPPROTO_UDPLITE), raw = in_use(AF_INET, IPPROTO_RAW);

	(void)of;
	fprintf(out, "sockets: used %u\n", tcp + udp + lite + raw);
	fprintf(out, "TCP: inuse %u orphan 0 tw %u alloc %u mem 0\n", tcp4.in_use,
	    tcp4.waiting + tcp6.waiting, tcp);
	fprintf(out, "UDP: inuse %u mem 0\nUDPLITE: inuse %u\nRAW: inuse %u\n", udp, lite, raw);
	fputs("FRAG: inuse 0 memory 0\n", out);
	return 0;
}

int
procnet_sockstat6(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fprintf(out, "TCP6: inuse %u\nUDP6: inuse %u\nUDPLITE6: inuse %u\nRAW6: inuse %u\n",
	    in_use(AF_INET6, IPPROTO_TCP), in_use(AF_INET6, IPPROTO_UDP),
	    in_use(AF_INET6, IPPROTO_UDPLITE), in_use(AF_INET6, IPPROTO_RAW));
	fputs("FRAG6: inuse 0 memory 0\n", out);
	return 0;
}
