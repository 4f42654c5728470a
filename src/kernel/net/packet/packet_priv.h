/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about packet sockets share. */
#ifndef KERNEL_NET_PACKET_PRIV_H
#define KERNEL_NET_PACKET_PRIV_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "net/netloop.h"
#include "socket/pkttag.h"

#define ETHER_HEADER 14

struct ifnet;

struct packet_member {
	LIST_ENTRY(packet_member) all;
	int index;
	unsigned short type;
};

/* Frames in memory that is shared with the program. */
struct packet_ring {
	int fd;
	uint8_t *memory;
	size_t size;
	unsigned frame_size, frames_per_block, block_size, frames;
	unsigned next; /* the number of the frame to fill */
};

struct packet_socket {
	struct netwatch watch;
	LIST_ENTRY(packet_socket) all;
	uint64_t cookie; /* of the program's end */
	bool cooked, ignore_outgoing;
	uint16_t protocol; /* in host byte order */
	int index;         /* of the interface; 0: all */
	struct sock_filter *filter;
	unsigned filter_len;
	int version;      /* of the ring: enum tpacket_versions */
	unsigned reserve; /* bytes before each frame in the ring */
	unsigned packets, drops;
	struct packet_ring ring; /* memory NULL: none */
	LIST_HEAD(, packet_member) members;
};
LIST_HEAD(packet_list, packet_socket);

extern struct packet_list packet_all;

/* A frame on its way to programs. */
struct packet_frame {
	const struct ifnet *ifp;
	const uint8_t *bytes;
	size_t len;
	uint16_t protocol; /* in host byte order */
	uint8_t type;      /* PACKET_HOST, ... */
};

/* --- packet_in.c --- */
void packet_in_start(void);
void packet_in_stop(void);

/* --- packet_out.c --- */
extern const struct packet_socket *packet_sending; /* does not see what it sends itself */
int packet_send(
    struct packet_socket *s, const struct sockaddr_ll *to, const uint8_t *bytes, size_t len);

/* --- packet_option.c --- */
int packet_set(struct packet_socket *s, int level, int name, const void *val, size_t len);
/* *len: the room, then what is used. */
int packet_get(struct packet_socket *s, const struct pktoption *o, void *val, size_t *len);
void packet_leave_all(struct packet_socket *s);

/* --- ring.c --- */
int ring_make(struct packet_socket *s, const struct tpacket_req *req);
void ring_free(struct packet_socket *s);
/* False: there is no room. */
bool ring_put(
    struct packet_socket *s, const struct pkthead *head, const uint8_t *bytes, size_t len);

/* --- bpf.c --- */
/* EINVAL: it is no filter. */
int bpf_check(const struct sock_filter *code, size_t n);
/* How many bytes of the frame the filter wants; 0: none.  bytes: from where the socket's frames
 * begin. */
uint32_t bpf_run(
    const struct sock_filter *code, const struct packet_frame *f, const uint8_t *bytes, size_t len);

#endif
