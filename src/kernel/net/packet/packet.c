/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets: their making and end, and what a program asks of one.
 */
#include "net/packet/packet.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/ifnet.h"
#include "net/packet/packet_priv.h"
#include "net/sockpair.h"
#include "socket/sockhost.h"

#define BUFFER_SIZE (4 << 20)

struct packet_list packet_all = LIST_HEAD_INITIALIZER(packet_all);

/* --- life --- */

static void
end_socket(struct packet_socket *s)
{
	netloop_unwatch(&s->watch);
	packet_leave_all(s);
	ring_free(s);
	LIST_REMOVE(s, all);
	close(s->watch.fd);
	free(s->filter);
	free(s);
	if (LIST_EMPTY(&packet_all))
		packet_in_stop();
}

/* What the program sent without an address, or its end. */
static void
ready(struct netwatch *w, uint32_t events)
{
	static uint8_t bytes[PKT_SEND_MAX];
	struct packet_socket *s = (struct packet_socket *)w;
	ssize_t n;

	(void)events;
	while ((n = recv(s->watch.fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		(void)packet_send(s, NULL, bytes, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end_socket(s);
}

int
packet_open(int type, uint16_t protocol, int *ret_fd)
{
	const struct pkttag tag = {.cooked = type == SOCK_DGRAM};
	CLEANUP_FD int own = -1, program = -1;
	struct packet_socket *s;
	socklen_t len = sizeof s->cookie;
	int error;

	if (type != SOCK_RAW && type != SOCK_DGRAM)
		return ESOCKTNOSUPPORT;
	error = netloop_start();
	if (error == 0)
		error = sockpair_make(BUFFER_SIZE, &own, &program);
	if (error != 0)
		return error;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return ENOMEM;
	s->watch = (struct netwatch){.fd = own, .ready = ready};
	s->cooked = tag.cooked;
	s->protocol = ntohs(protocol);
	s->version = TPACKET_V1;
	pkttag_set(program, &tag);
	error = sockhost_getopt(program, SOL_SOCKET, SO_COOKIE, &s->cookie, &len);
	if (error == 0)
		error = netloop_watch(&s->watch, EPOLLIN);
	if (error != 0) {
		free(s);
		return error;
	}
	take_fd(&own);
	if (LIST_EMPTY(&packet_all))
		packet_in_start();
	LIST_INSERT_HEAD(&packet_all, s, all);
	*ret_fd = take_fd(&program);
	return 0;
}

void
packet_fini(void)
{
	while (!LIST_EMPTY(&packet_all))
		end_socket(LIST_FIRST(&packet_all));
}

/* --- what is asked --- */

static int
packet_bind(struct packet_socket *s, const void *in, size_t len)
{
	struct sockaddr_ll ll;
	const struct ifnet *ifp;

	if (len < sizeof ll)
		return EINVAL;
	memcpy(&ll, in, sizeof ll);
	if (ll.sll_family != AF_PACKET)
		return EINVAL;
	ifp = ifnet_by_index(ll.sll_ifindex);
	if (ll.sll_ifindex != 0 && ifp == NULL)
		return ENODEV;
	s->index = ll.sll_ifindex;
	if (ll.sll_protocol != 0)
		s->protocol = ntohs(ll.sll_protocol);
	return ifp != NULL && !ifnet_is_up(ifp) ? ENETDOWN : 0;
}

static int
packet_name(const struct packet_socket *s, void *out, size_t *len)
{
	const struct ifnet *ifp = ifnet_by_index(s->index);
	struct sockaddr_ll ll = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(s->protocol), .sll_ifindex = s->index};

	if (ifp != NULL) {
		ll.sll_hatype = (unsigned short)ifp->type;
		ll.sll_halen = (unsigned char)ifnet_addr_len(ifp);
		memcpy(ll.sll_addr, ifp->mac, sizeof ifp->mac);
	}
	if (*len < sizeof ll)
		return EINVAL;
	*len = sizeof ll;
	memcpy(out, &ll, sizeof ll);
	return 0;
}

static int
ask_send(struct packet_socket *s, const void *in, size_t len)
{
	struct sockaddr_ll to;

	if (len < sizeof to)
		return EINVAL;
	memcpy(&to, in, sizeof to);
	return packet_send(s, to.sll_family == AF_UNSPEC ? NULL : &to,
	    (const uint8_t *)in + sizeof to, len - sizeof to);
}

static int
ask_option(struct packet_socket *s, bool set, const void *in, size_t len, void *out, size_t *room)
{
	struct pktoption o;

	if (len < sizeof o)
		return EINVAL;
	memcpy(&o, in, sizeof o);
	if (!set)
		return packet_get(s, &o, out, room);
	*room = 0;
	return packet_set(s, o.level, o.name, (const char *)in + sizeof o, len - sizeof o);
}

static int
set_filter(struct packet_socket *s, const void *in, size_t len)
{
	size_t n = len / sizeof(struct sock_filter);
	struct sock_filter *code = NULL;
	int error = 0;

	if (in != NULL) {
		code = malloc(len);
		if (code == NULL)
			return ENOMEM;
		memcpy(code, in, len);
		error = len % sizeof *code != 0 ? EINVAL : bpf_check(code, n);
	} else if (s->filter == NULL) {
		error = ENOENT;
	}
	if (error != 0) {
		free(code);
		return error;
	}
	free(s->filter);
	s->filter = code;
	s->filter_len = (unsigned)n;
	return 0;
}

static struct packet_socket *
find(uint64_t cookie)
{
	struct packet_socket *s;

	LIST_FOREACH (s, &packet_all, all)
		if (s->cookie == cookie)
			return s;
	return NULL;
}

int
packet_do(uint64_t cookie, unsigned op, const void *in, size_t len, void *out, size_t room,
    size_t *ret_len)
{
	struct packet_socket *s = find(cookie);

	*ret_len = 0;
	if (s == NULL)
		return EBADF;
	switch (op) {
	case PKT_BIND:
		return packet_bind(s, in, len);
	case PKT_NAME:
		*ret_len = room;
		return packet_name(s, out, ret_len);
	case PKT_SET:
	case PKT_GET:
		*ret_len = room;
		return ask_option(s, op == PKT_SET, in, len, out, ret_len);
	case PKT_SEND:
		return ask_send(s, in, len);
	case PKT_FILTER:
		return set_filter(s, in, len);
	case PKT_NO_FILTER:
		return set_filter(s, NULL, 0);
	default:
		return EINVAL;
	}
}

int
packet_ring_fd(uint64_t cookie, int *ret_fd)
{
	const struct packet_socket *s = find(cookie);

	if (s == NULL || s->ring.memory == NULL)
		return EINVAL;
	*ret_fd = dup(s->ring.fd);
	return *ret_fd < 0 ? ENFILE : 0;
}
