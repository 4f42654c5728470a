/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames in memory that is shared with the program (PACKET_RX_RING, the layout of TPACKET_V2): the
 * kernel fills one place after the other and marks it; the program takes the mark away when it has
 * read it.  How the program hears of them is told in socket/pkttag.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/shared.h"
#include "net/packet/packet_priv.h"

#define RING_MAX  (256u << 20)
#define MAC_SPACE 16 /* what Linux leaves for the link's header */

static size_t
page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* As Linux checks it. */
static int
check(const struct packet_socket *s, const struct tpacket_req *r)
{
	uint64_t size = (uint64_t)r->tp_block_size * r->tp_block_nr;

	if (s->version != TPACKET_V2 || r->tp_block_size == 0 || r->tp_block_size % page() != 0 ||
	    r->tp_block_size > INT32_MAX)
		return EINVAL;
	if (r->tp_frame_size < TPACKET2_HDRLEN + s->reserve ||
	    r->tp_frame_size % TPACKET_ALIGNMENT != 0 || r->tp_frame_size > r->tp_block_size)
		return EINVAL;
	if ((uint64_t)(r->tp_block_size / r->tp_frame_size) * r->tp_block_nr != r->tp_frame_nr)
		return EINVAL;
	return size > RING_MAX ? ENOMEM : 0;
}

void
ring_free(struct packet_socket *s)
{
	if (s->ring.memory == NULL)
		return;
	munmap(s->ring.memory, s->ring.size + page());
	close(s->ring.fd);
	s->ring = (struct packet_ring){.memory = NULL};
}

static struct pktring *
shared(const struct packet_ring *r)
{
	return (struct pktring *)(r->memory + r->size);
}

static int
allocate(struct packet_ring *r)
{
	void *p = NULL;
	int error = shared_make("packet-ring", r->size + page(), false, &r->fd, &p);

	r->memory = p;
	return error == EMFILE ? ENFILE : error;
}

int
ring_make(struct packet_socket *s, const struct tpacket_req *req)
{
	struct packet_ring r = {.memory = NULL};
	int error;

	if (req->tp_block_nr == 0) {
		if (req->tp_frame_nr != 0)
			return EINVAL;
		ring_free(s);
		return 0;
	}
	if (s->ring.memory != NULL)
		return EBUSY;
	error = check(s, req);
	if (error != 0)
		return error;
	r.size = (size_t)req->tp_block_size * req->tp_block_nr;
	r.block_size = req->tp_block_size;
	r.frame_size = req->tp_frame_size;
	r.frames_per_block = req->tp_block_size / req->tp_frame_size;
	r.frames = req->tp_frame_nr;
	error = allocate(&r);
	if (error != 0)
		return error;
	s->ring = r;
	return 0;
}

static uint32_t
offset_of(const struct packet_ring *r, unsigned number)
{
	return number / r->frames_per_block * r->block_size +
	       number % r->frames_per_block * r->frame_size;
}

/* Unless the byte before was not taken yet. */
static void
tell_program(const struct packet_socket *s)
{
	int unread = 0;

	if (ioctl(s->watch.fd, SIOCOUTQ, &unread) == 0 && unread == 0)
		(void)send(s->watch.fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool
ring_put(struct packet_socket *s, const struct pkthead *head, const uint8_t *bytes, size_t len)
{
	struct packet_ring *r = &s->ring;
	uint32_t at = offset_of(r, r->next);
	struct tpacket2_hdr *h = (struct tpacket2_hdr *)(r->memory + at);
	unsigned net = TPACKET_ALIGN(TPACKET2_HDRLEN + (s->cooked ? 0 : MAC_SPACE)) +
		       (s->cooked ? MAC_SPACE : 0) + s->reserve;
	unsigned mac = net - head->aux.tp_net;

	if (__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_KERNEL)
		return false;
	if (mac >= r->frame_size)
		len = 0;
	else if (len > r->frame_size - mac)
		len = r->frame_size - mac;
	h->tp_len = head->aux.tp_len;
	h->tp_snaplen = (uint32_t)len;
	h->tp_mac = (uint16_t)mac;
	h->tp_net = (uint16_t)net;
	h->tp_sec = (uint32_t)head->when.tv_sec;
	h->tp_nsec = (uint32_t)head->when.tv_nsec;
	h->tp_vlan_tci = h->tp_vlan_tpid = 0;
	memcpy((uint8_t *)h + TPACKET_ALIGN(sizeof *h), &head->from, sizeof head->from);
	memcpy((uint8_t *)h + mac, bytes, len);
	__atomic_store_n(&h->tp_status, TP_STATUS_USER | (s->drops > 0 ? TP_STATUS_LOSING : 0),
	    __ATOMIC_RELEASE);
	__atomic_store_n(&shared(r)->last, at, __ATOMIC_RELEASE);
	r->next = (r->next + 1) % r->frames;
	tell_program(s);
	return true;
}
