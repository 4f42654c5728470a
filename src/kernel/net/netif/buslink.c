/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link of a bus.
 */
#include "net/netif/buslink.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>

#include "net/large.h"
#include "socket/sockhost.h"

#define MESSAGE_MAX (ETH_HLEN + UINT16_MAX)
#define FRAMES      32 /* received in one call */
#define ROUNDS      8  /* such calls for one event */
#define BUFFER      (2 << 20)

/* --- envelopes --- */

struct envelope {
	uint8_t zero[6], group[6];
	uint16_t segment;
};

static struct envelope
envelope_of(unsigned segment)
{
	return (struct envelope){
	    .group = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, .segment = (uint16_t)segment};
}

static bool
is_envelope(const uint8_t *message)
{
	const struct envelope e = envelope_of(0);

	return memcmp(message, &e, offsetof(struct envelope, segment)) == 0;
}

static unsigned
segment_of(const uint8_t *message)
{
	struct envelope e;

	memcpy(&e, message, sizeof e);
	return e.segment;
}

/* --- sending --- */

static int
send_message(const struct bus_link *l, const struct iovec *iov, size_t n)
{
	const struct msghdr m = {.msg_iov = (struct iovec *)iov, .msg_iovlen = n};

	return sendmsg(l->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? 0 : ENOBUFS;
}

static int
send_segment(void *arg, const void *frame, size_t len)
{
	return bus_link_send(arg, frame, len, 0);
}

int
bus_link_send(struct bus_link *l, const void *frame, size_t len, unsigned segment)
{
	struct envelope e = envelope_of(segment);
	const struct iovec iov[] = {{&e, sizeof e}, {(void *)frame, len}};

	if (segment == 0)
		return send_message(l, &iov[1], 1);
	if (l->takes_large)
		return send_message(l, iov, 2);
	return large_split(frame, len, segment, send_segment, l);
}

void
bus_link_tell(struct bus_link *l, bool takes_large)
{
	struct envelope e = envelope_of(takes_large);
	const struct iovec iov = {&e, sizeof e};

	if (l->told && l->told_we_take == takes_large)
		return;
	l->told = send_message(l, &iov, 1) == 0;
	l->told_we_take = takes_large;
}

/* --- receiving --- */

static void
message_arrived(struct bus_link *l, const uint8_t *message, size_t len)
{
	if (len < ETH_HLEN)
		return;
	if (!is_envelope(message)) {
		bus_arrived(l, message, len, 0);
	} else if (len == sizeof(struct envelope)) {
		l->takes_large = segment_of(message) != 0;
		bus_link_changed(l);
	} else if (len >= sizeof(struct envelope) + ETH_HLEN) {
		bus_arrived(l, message + sizeof(struct envelope), len - sizeof(struct envelope),
		    segment_of(message));
	}
}

static void
link_ready(struct netwatch *w, uint32_t events)
{
	static uint8_t messages[FRAMES][MESSAGE_MAX];
	struct bus_link *l = (struct bus_link *)((char *)w - offsetof(struct bus_link, watch));
	struct iovec iov[FRAMES];
	struct mmsghdr m[FRAMES] = {0};
	int n;

	(void)events;
	for (int i = 0; i < FRAMES; i++) {
		iov[i] = (struct iovec){.iov_base = messages[i], .iov_len = MESSAGE_MAX};
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	for (int round = 0; round < ROUNDS; round++) {
		n = recvmmsg(w->fd, m, FRAMES, MSG_DONTWAIT, NULL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0 || m[0].msg_len == 0) {
			bus_link_free(l);
			return;
		}
		for (int i = 0; i < n; i++)
			message_arrived(l, messages[i], m[i].msg_len);
		if (n < FRAMES)
			break;
	}
	bus_link_settled(l);
}

/* --- beginning and end --- */

int
bus_link_new(struct bus *b, int fd, struct bus_link **ret)
{
	struct bus_link *l = calloc(1, sizeof *l);
	int error;

	if (l == NULL) {
		close(fd);
		return ENOMEM;
	}
	sockhost_set_sndbuf(fd, BUFFER);
	l->bus = b;
	l->watch = (struct netwatch){.fd = fd, .ready = link_ready};
	error = netloop_watch(&l->watch, EPOLLIN);
	if (error != 0) {
		close(fd);
		free(l);
		return error;
	}
	*ret = l;
	return 0;
}

void
bus_link_free(struct bus_link *l)
{
	LIST_REMOVE(l, all);
	bus_link_gone(l);
	netloop_unwatch(&l->watch);
	close(l->watch.fd);
	free(l);
}
