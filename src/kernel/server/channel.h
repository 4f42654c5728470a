/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel: one connection of a client: a socket, or two pipes (pipes.c).  Through pipes the host
 * wakes the other side for half the price, but they carry no descriptors.
 *
 * Input belongs to the leader of the channel's lane: it receives into its own buffer and looks at
 * the frames in place.  What is left at the end, a part of a frame, is kept in `partial`, whose
 * size is that frame's; what a leader had received when it gave leadership away is kept in
 * `pending`.
 *
 * Output may be sent by any thread.  It never blocks: what the socket does not take is queued and
 * sent by the leader when epoll says so; a peer that lets more than OUTPUT_QUEUE_MAX pile up is
 * dropped.  Of two pipes only one is in the epoll set: while output waits nothing is received.
 *
 * Only the leader of its lane ends a channel (channel_drop); others break it, which the leader then
 * notices.  Memory and descriptor go with the last reference: the lane's, and one of
 * each call that has waited.
 */
#ifndef KERNEL_SERVER_CHANNEL_H
#define KERNEL_SERVER_CHANNEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "lane.h"
#include "peer.h"

enum channel_state {
	/* Accepted, banner sent.  May only make a handshake (GUEST, FORK, ATTACH), which leads to
	 * READY; guest is NULL. */
	CHANNEL_HANDSHAKE,
	/* Belongs to a guest.  May do all; the EXEC handshake leads to EXEC. */
	CHANNEL_READY,
	/* The process has a new image; calls of the old one are returning, without an answer.
	 * Requests are refused.  The last of those calls answers the handshake and leads to READY.
	 */
	CHANNEL_EXEC,
	/* Broken; nothing is read or sent.  The end. */
	CHANNEL_DEAD,
};

#define CHANNEL_FDS_MAX  8
#define OUTPUT_QUEUE_MAX (32u << 20)

struct output; /* bytes that wait to be sent */

struct channel {
	struct source source;
	int fd;
	int out_fd; /* the pipe to the client; a socket: fd */
	atomic_uint refs;
	struct peer peer;
	LIST_ENTRY(channel) all;

	/* With the giant lock. */
	_Atomic enum channel_state state; /* changed with the giant lock */
	struct guest *guest;
	LIST_ENTRY(channel) guest_link;

	_Atomic uint64_t received, sent; /* bytes */

	/* The leader's. */
	unsigned minor;   /* of the protocol: 4 until HELLO or ATTACH */
	uint8_t *partial; /* a frame that has not come whole: its first partial_len bytes */
	size_t partial_len, partial_size;
	uint8_t head[WIRE_HEADER_LEN]; /* the same, while even its header is not whole */
	size_t head_len;
	uint8_t *pending; /* to be looked at before anything is received */
	size_t pending_len;
	int fds[CHANNEL_FDS_MAX]; /* descriptors received, not yet taken by a call */
	unsigned nfds;

	/* With the lane's lock. */
	TAILQ_ENTRY(channel) ready_link;
	bool is_ready;

	pthread_mutex_t lock;
	struct lane *lane;
	int watched; /* which of its descriptors is in the lane's epoll set, or -1 */
	bool broken; /* could not send, or told to end: takes no more output */
	STAILQ_HEAD(, output) queue;
	size_t queued;
	uint64_t next_reqno; /* of the server's own requests */
	LIST_HEAD(, copywait) copies;
};

/* What a handler says about the channel it was given. */
enum served {
	SERVED,      /* go on with its next frame */
	SERVED_DROP, /* end it */
	SERVED_GONE, /* the thread does not lead it any more: hands off */
};

LIST_HEAD(channel_list, channel);
extern struct channel_list channels_all; /* giant */

int channels_init(void);
/* Takes the descriptors over, also on failure; out_fd: -1 for a socket.  The channel is to be
 * placed, or discarded.  Giant.  ENOMEM. */
int channel_new(int fd, int out_fd, const struct peer *, enum channel_state, struct channel **ret);
static inline bool
channel_is_pipes(const struct channel *ch)
{
	return ch->out_fd != ch->fd;
}
/* Does it carry descriptors? */
static inline bool
channel_passes(const struct channel *ch)
{
	return ch->peer.local && !channel_is_pipes(ch);
}
void channel_discard(struct channel *);
void channel_ref(struct channel *);
void channel_unref(struct channel *);
unsigned channels_count(void);

/* Gives a new channel to a lane. */
void channel_place(struct channel *, struct lane *);

/* The rest is the leader's. */
void channel_event(struct worker *, struct source *, uint32_t events);
void channel_look(struct worker *, struct channel *); /* from the ready list */
int channel_move(struct worker *, struct channel *, struct lane *to);
void channel_drop(struct channel *);

/* input.c */
void input_receive(struct worker *, struct channel *);
void input_pending(struct worker *, struct channel *);
void input_free(struct channel *);
/* Keeps bytes that the leader will not come to.  ENOMEM. */
int channel_put_aside(struct channel *, const uint8_t *bytes, size_t len);
int channel_take_fd(struct channel *); /* next received descriptor, or -1 */

/* From any thread: makes the leader drop the channel, soon. */
void channel_shutdown(struct channel *);
/* These with channel.lock.  The same; and the epoll set's interest, as the output queue now has it.
 */
void channel_break(struct channel *);
void channel_rewatch(struct channel *);

/* Descriptors that travel with bytes, through a socket; they stay the caller's. */
struct passed {
	unsigned n;
	int fd[2];
};

/* output.c.  Any thread; `passed` may be NULL. */
void channel_send(struct channel *, const void *bytes, size_t len, const struct passed *);
void channel_send_frames(struct channel *, const struct wbuf *);
/* The leader's, when the socket takes more; and at the end. */
void output_flush(struct channel *);
void output_free(struct channel *);

#endif
