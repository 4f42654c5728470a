/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files about UDP share.
 */
#ifndef CORE_SOCKET_SOCKUDP_H
#define CORE_SOCKET_SOCKUDP_H

#include "socket/sockctl.h"

/*
 * Makes the host report an error on the socket, as the ICMP message "port unreachable" would: poll
 * shows it and recv ends with it.
 */
void sockudp_refuse(int fd, const struct sockhost *own);
/*
 * The destination in a sockaddr, where a wildcard means the loopback address.  False: it cannot be
 * read here; the rump kernel says what is wrong with it.
 */
bool sockudp_destination(
    const struct socktag *t, const struct sockaddr *sa, socklen_t len, struct inaddr *ret);
/* Connects the host sockets, so far as it goes: who cannot sends by name. */
void sockudp_join(void *ctx, int fd, const struct socktag *t, const struct sockhost *own,
    const struct sockaddr *sa, socklen_t len, const struct sockhost *to);

/* --- sockudp_kept.c: datagrams that the kernel keeps for a full receiver --- */

void sockudp_set_kept(const struct sockhost *receiver, bool on); /* by the kernel */
bool sockudp_is_kept(const struct sockhost *receiver);

/* --- sockudp_route.c: who has an address: a small cache of answers --- */

/* `sender` is the number in the sender's name. */
bool sockudp_route_get(uint64_t sender, const struct inaddr *to, struct sockhost *ret);
void sockudp_route_put(uint64_t sender, const struct inaddr *to, const struct sockhost *host);

/* --- sockudp_envelope.c --- */

/* What belongs to a datagram beside its bytes. */
struct envelope {
	struct inaddr src, dest;
	uint8_t ttl, tos;
	uint32_t index; /* of the interface that it comes by, or is to leave by */
};

#define ENVELOPE_TTL   64 /* of a datagram without an envelope; its TOS is 0 */
#define ENVELOPE_INDEX 1  /* what is for this kernel itself comes by `lo` */

/* What goes with a datagram of which the program said nothing but where to; receiver: NULL: many.
 */
void envelope_plain(const struct sockhost *sender, const struct sockhost *receiver,
    const struct inaddr *dest, struct envelope *ret);
/* What the receiver concludes from the host names of the two ends. */
void envelope_guess(const struct sockhost *sender, const struct sockhost *receiver, bool inet6,
    struct envelope *ret);
bool envelope_same(const struct envelope *a, const struct envelope *b);
/* As a descriptor. */
int envelope_seal(const struct envelope *e, int *ret_fd);

union envelope_control {
	struct cmsghdr c;
	char bytes[CMSG_SPACE(sizeof(int))];
};
/* The message passes the descriptor; room: as long as the message lives. */
void envelope_attach(struct msghdr *m, union envelope_control *room, int sealed);
/* Descriptors that came with a datagram (SCM_RIGHTS): closes them.  True: its envelope was there.
 */
bool envelope_detach(const struct cmsghdr *c, struct envelope *ret);

/* --- sockcontrol.c --- */

/* What the program said of a datagram to send. */
struct udp_control {
	bool has_src;
	struct inaddr src;
	int ttl, tos;   /* -1: nothing said */
	uint32_t index; /* of the interface; 0: nothing said */
};
/* dest_v4: the datagram goes by IPv4. */
int udp_control_take(const struct msghdr *msg, bool inet6, bool dest_v4, struct udp_control *ret);

/* Adds a piece of control data to what recvmsg gives, as Linux does: what fits. */
void control_put(struct msghdr *m, size_t *used, int level, int type, const void *data, size_t len);
/* Adds what the socket's options ask for. */
void udp_control_put(
    struct msghdr *m, size_t *used, const struct socktag *t, const struct envelope *e);

#endif
