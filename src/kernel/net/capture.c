/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet capture: see capture.h.
 *
 * The stream: a section header; a description of each interface, at once of those that are there,
 * so that a reader can begin before there is a frame; a packet block for each frame. When the
 * capture has dropped some, a comment in the next block says how many.
 */
#include "net/capture.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "net/ifnet.h"
#include "net/sockpair.h"

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6 };
enum { OPT_END = 0, OPT_COMMENT = 1, OPT_NAME = 2, OPT_FLAGS = 2, OPT_TSRESOL = 9 };
enum { LINK_ETHERNET = 1, LINK_RAW = 101 };
enum { INBOUND = 1, OUTBOUND = 2 };

#define INTERFACES_MAX 32
#define FRAME_MAX      (64u << 10)
#define SOCKET_ROOM    (4 << 20)

struct capture {
	LIST_ENTRY(capture) all;
	int fd;
	int only; /* index of the interface, 0: any */
	size_t snaplen;
	int described[INTERFACES_MAX]; /* indices, as the stream numbers them */
	unsigned ndescribed;
	uint64_t dropped; /* since the last block that says so */
};

static LIST_HEAD(, capture) captures = LIST_HEAD_INITIALIZER(captures);

/* --- blocks --- */

static size_t
block_begin(struct wbuf *w, uint32_t type)
{
	size_t start = w->len;

	wbuf_u32(w, type);
	wbuf_u32(w, 0);
	return start;
}

/* The length stands at both ends of a block. */
static void
block_end(struct wbuf *w, size_t start)
{
	uint32_t len = (uint32_t)(w->len - start + sizeof len);

	wbuf_u32(w, len);
	if (!w->bad)
		memcpy((uint8_t *)w->base + start + 4, &len, sizeof len);
}

static void
put_padded(struct wbuf *w, const void *data, size_t len)
{
	wbuf_put(w, data, len);
	wbuf_put(w, "\0\0\0", -len & 3);
}

static void
put_option(struct wbuf *w, uint16_t code, const void *data, uint16_t len)
{
	wbuf_put(w, &code, sizeof code);
	wbuf_put(w, &len, sizeof len);
	put_padded(w, data, len);
}

static void
put_section(struct wbuf *w)
{
	const uint16_t version[2] = {1, 0};
	size_t start = block_begin(w, BLOCK_SECTION);

	wbuf_u32(w, 0x1a2b3c4d);
	wbuf_put(w, version, sizeof version);
	wbuf_u64(w, UINT64_MAX);
	block_end(w, start);
}

static void
put_interface(struct wbuf *w, const struct ifnet *ifp, size_t snaplen)
{
	const uint8_t nanoseconds = 9;
	size_t start = block_begin(w, BLOCK_INTERFACE);

	wbuf_u32(w, ifp->hidden != 0 ? LINK_RAW : LINK_ETHERNET);
	wbuf_u32(w, (uint32_t)snaplen);
	put_option(w, OPT_NAME, ifp->name, (uint16_t)strlen(ifp->name));
	put_option(w, OPT_TSRESOL, &nanoseconds, sizeof nanoseconds);
	put_option(w, OPT_END, NULL, 0);
	block_end(w, start);
}

static void
put_packet(struct wbuf *w, struct capture *c, unsigned number, const void *frame, size_t len,
    bool outgoing)
{
	size_t kept = c->snaplen != 0 && c->snaplen < len ? c->snaplen : len;
	size_t start = block_begin(w, BLOCK_PACKET);
	uint32_t flags = outgoing ? OUTBOUND : INBOUND;
	struct timespec now;
	char comment[64];
	uint64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	wbuf_u32(w, number);
	wbuf_u32(w, (uint32_t)(ns >> 32));
	wbuf_u32(w, (uint32_t)ns);
	wbuf_u32(w, (uint32_t)kept);
	wbuf_u32(w, (uint32_t)len);
	put_padded(w, frame, kept);
	put_option(w, OPT_FLAGS, &flags, sizeof flags);
	if (c->dropped != 0) {
		int n = snprintf(comment, sizeof comment,
		    "%llu frames before this one were dropped", (unsigned long long)c->dropped);

		put_option(w, OPT_COMMENT, comment, (uint16_t)n);
	}
	put_option(w, OPT_END, NULL, 0);
	block_end(w, start);
}

/* --- captures --- */

static void
end(struct capture *c)
{
	LIST_REMOVE(c, all);
	close(c->fd);
	free(c);
}

/* false: the capture has ended, or there was no room. */
static bool
post(struct capture *c, const struct wbuf *w)
{
	return !w->bad && send(c->fd, w->base, w->len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* How the stream numbers the interface; describes it first, if need be. */
static bool
describe(struct capture *c, const struct ifnet *ifp, unsigned *ret)
{
	uint8_t buf[256];
	struct wbuf w = wbuf_of(buf, sizeof buf);

	for (unsigned i = 0; i < c->ndescribed; i++) {
		if (c->described[i] == ifp->index) {
			*ret = i;
			return true;
		}
	}
	if (c->ndescribed == INTERFACES_MAX)
		return false;
	put_interface(&w, ifp, c->snaplen);
	if (!post(c, &w))
		return false;
	*ret = c->ndescribed;
	c->described[c->ndescribed++] = ifp->index;
	return true;
}

static void
capture_one(struct capture *c, struct ifnet *ifp, const void *frame, size_t len, bool outgoing)
{
	static uint8_t buf[FRAME_MAX + 512];
	struct wbuf w = wbuf_of(buf, sizeof buf);
	unsigned number;

	if (c->only != 0 && c->only != ifp->index)
		return;
	errno = 0;
	if (describe(c, ifp, &number)) {
		put_packet(&w, c, number, frame, len, outgoing);
		if (post(c, &w)) {
			c->dropped = 0;
			return;
		}
	}
	if (errno == EPIPE || errno == ECONNRESET)
		end(c);
	else
		c->dropped++;
}

bool
capture_any(void)
{
	return !LIST_EMPTY(&captures);
}

void
capture_frame(struct ifnet *ifp, const void *frame, size_t len, bool outgoing)
{
	struct capture *c, *next;

	/* What goes out there comes in at once: it is seen once. */
	if (outgoing && ifp->index == IFNET_LO)
		return;
	for (c = LIST_FIRST(&captures); c != NULL; c = next) {
		next = LIST_NEXT(c, all);
		capture_one(
		    c, ifp, (const uint8_t *)frame + ifp->hidden, len - ifp->hidden, outgoing);
	}
}

/* What the stream begins with. */
static void
introduce(struct capture *c)
{
	uint8_t buf[64];
	struct wbuf w = wbuf_of(buf, sizeof buf);
	struct ifnet *ifp;
	unsigned number;

	put_section(&w);
	post(c, &w);
	TAILQ_FOREACH (ifp, &ifnet_all, link) {
		if (ifnet_has_frames(ifp) && (c->only == 0 || c->only == ifp->index))
			describe(c, ifp, &number);
	}
}

int
capture_start(struct ifnet *ifp, size_t snaplen, int *ret_fd)
{
	struct capture *c;
	int error;

	if (ifp != NULL && !ifnet_has_frames(ifp))
		return EOPNOTSUPP;
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return ENOMEM;
	error = sockpair_make(SOCKET_ROOM, &c->fd, ret_fd);
	if (error != 0) {
		free(c);
		return error;
	}
	c->only = ifp != NULL ? ifp->index : 0;
	c->snaplen = snaplen;
	LIST_INSERT_HEAD(&captures, c, all);
	introduce(c);
	return 0;
}
