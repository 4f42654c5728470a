/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, in /proc/net. */
#include <netinet/in.h>
#include <string.h>

#include "net/procnet/pn_priv.h"
#include "net/socklist.h"

struct table {
	FILE *out;
	int family, protocol, line;
};

static void
put_address(char *text, size_t size, const struct inaddr *a, int family)
{
	uint32_t word[4];

	memcpy(word, a->ip, sizeof word);
	if (family == AF_INET)
		snprintf(text, size, "%08X:%04X", word[3], a->port);
	else
		snprintf(text, size, "%08X%08X%08X%08X:%04X", word[0], word[1], word[2], word[3],
		    a->port);
}

/* Lines of IPv4 have all one length. */
static int
width_of(int family, int protocol)
{
	return family == AF_INET6 ? 0 : protocol == IPPROTO_TCP ? 149 : 127;
}

static void
put_socket(void *arg, const struct socklist_entry *e)
{
	struct table *t = arg;
	char own[64], peer[64];

	put_address(own, sizeof own, &e->own, t->family);
	put_address(peer, sizeof peer, &e->peer, t->family);
	procnet_put_padded(t->out, width_of(t->family, t->protocol),
	    "%4d: %s %s %02X %08X:%08X %02X:%08X %08X %5u %8d %ju 1 0000000000000000 %s", t->line++,
	    own, peer, e->state, 0, 0, 0, 0, 0, 0, 0, (uintmax_t)e->id,
	    t->protocol == IPPROTO_TCP ? "100 0 0 10 0" : "0");
}

/* Which sockets a file is about. */
const struct procnet_kind procnet_tcp4 = {AF_INET, IPPROTO_TCP};
const struct procnet_kind procnet_tcp6 = {AF_INET6, IPPROTO_TCP};
const struct procnet_kind procnet_udp4 = {AF_INET, IPPROTO_UDP};
const struct procnet_kind procnet_udp6 = {AF_INET6, IPPROTO_UDP};
const struct procnet_kind procnet_udplite4 = {AF_INET, IPPROTO_UDPLITE};
const struct procnet_kind procnet_udplite6 = {AF_INET6, IPPROTO_UDPLITE};
const struct procnet_kind procnet_raw4 = {AF_INET, IPPROTO_RAW};
const struct procnet_kind procnet_raw6 = {AF_INET6, IPPROTO_RAW};
const struct procnet_kind procnet_icmp4 = {AF_INET, IPPROTO_ICMP};
const struct procnet_kind procnet_icmp6 = {AF_INET6, IPPROTO_ICMPV6};

int
procnet_sockets(const struct procfs_of *of, FILE *out)
{
	const struct procnet_kind *kind = of->entry->data;
	struct table t = {.out = out, .family = kind->family, .protocol = kind->protocol};
	bool v4 = kind->family == AF_INET, tcp = kind->protocol == IPPROTO_TCP;

	procnet_put_padded(out, width_of(kind->family, kind->protocol),
	    "%ssl  %s st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode%s",
	    v4 && kind->protocol == IPPROTO_UDP ? "   " : "  ",
	    v4 ? "local_address rem_address  "
	       : "local_address                         remote_address                       ",
	    tcp ? "" : " ref pointer drops");
	return socklist_each(kind->family, kind->protocol, put_socket, &t);
}

int
procnet_unix(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("Num       RefCount Protocol Flags    Type St Inode Path\n", out);
	return 0;
}
