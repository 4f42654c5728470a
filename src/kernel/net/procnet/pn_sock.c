/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, in /proc/net. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "net/procnet/pn_priv.h"
#include "net/socklist.h"

struct table {
	FILE *out;
	int family, protocol, line;
};

static void
put_address(char *text, size_t size, const struct inaddr *a, int family)
{
	struct inaddr plain = inaddr_on_link(a, 0);
	uint32_t word[4];

	memcpy(word, plain.ip, sizeof word);
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
	    own, peer, e->state, e->wqueue, e->rqueue, 0, 0, 0, e->uid, 0, (uintmax_t)e->inode,
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

/* --- AF_UNIX --- */

static void
put_local(void *arg, const struct socklist_local *e)
{
	const size_t path = offsetof(struct sockaddr_un, sun_path);
	bool connected = e->state == TCP_ESTABLISHED && e->type != SOCK_DGRAM;

	fprintf(arg, "%016x: %08X %08X %08X %04X %02X %5ju", 0, 2, 0,
	    e->state == TCP_LISTEN ? 1u << 16 : 0, e->type, connected ? 3 : 1, (uintmax_t)e->inode);
	if (e->name != NULL && e->len > path) {
		fputc(' ', arg);
		for (size_t i = 0; i < e->len - path; i++) {
			if (e->name->sun_path[i] != '\0')
				fputc(e->name->sun_path[i], arg);
			else if (e->name->sun_path[0] == '\0')
				fputc('@', arg);
		}
	}
	fputc('\n', arg);
}

int
procnet_unix(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("Num       RefCount Protocol Flags    Type St Inode Path\n", out);
	return socklist_each_local(put_local, out);
}
