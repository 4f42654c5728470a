/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel: a socket to the server or a pair of pipes (pipes.c), its buffers, frames in and out.
 *
 * A channel belongs to whoever made its state CHANNEL_BUSY; all functions but channel_is_ours are
 * for the owner.  The program may close any number behind our back and get it back for something
 * else, so a channel remembers what it had (SO_COOKIE, st_ino) and looks before it sends: a frame
 * is never written into a stranger's descriptor.
 */
#ifndef CORE_CLIENT_CHANNEL_H
#define CORE_CLIENT_CHANNEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/url.h"
#include "wire/wire.h"

enum channel_state {
	CHANNEL_NONE, /* not open; whoever makes it BUSY may open it */
	CHANNEL_IDLE, /* open, no call */
	CHANNEL_BUSY, /* somebody's: opening, a call in flight, closing */
};

#define CHANNEL_PASSED 2

struct channel {
	_Atomic uint32_t state;
	pthread_t owner; /* while BUSY */
	_Atomic int fd;
	_Atomic int in_fd; /* the pipe from the server; a socket: -1 */
	_Atomic uint32_t lane;
	_Atomic uint32_t gen;   /* session.gen at the time it was opened */
	_Atomic uint64_t ident; /* of fd */
	uint64_t in_ident;
	uint32_t calls; /* made on it */
	uint64_t reqno; /* of the last request */
	uint8_t *out;   /* CHANNEL_OUT_ROOM bytes; mapped with the first use, kept */
	uint8_t *in;    /* CHANNEL_IN_ROOM bytes */
	size_t in_start;
	size_t in_len;
	int passed[CHANNEL_PASSED]; /* came with a frame not yet complete, or -1 */
	bool handshake;             /* be patient by ppoll: see channel.c */
	uint64_t sigmask;           /* during the handshake: what to let in */
};

#define CHANNEL_OUT_ROOM (512u << 10)
#define CHANNEL_IN_ROOM  (WIRE_COPY_MAX + (64u << 10))

/* Connects; errors of connect(2).  The descriptor is high and close-on-exec. */
int channel_open(struct channel *ch, const struct url *server, uint64_t sigmask);
/* Takes over a connected socket; on failure it stays the caller's. */
int channel_adopt(struct channel *ch, int fd);
/* Takes over two pipes; also on failure. */
int channel_adopt_pipes(struct channel *ch, int out_fd, int in_fd);
/* Pipes, after the end of the stream: did the server leave unread what we sent last? */
bool channel_left_unread(const struct channel *ch);
/* Closes it, as far as the numbers are still ours. */
void channel_close(struct channel *ch);
/* As close, without regard for anyone who may be blocked on it: they see the end of the stream. */
void channel_shutdown(struct channel *ch);
/* Which socket a number stands for (SO_COOKIE); 0: none. */
uint64_t channel_ident(int fd);
bool channel_is_ours(const struct channel *ch);
/* The connection stands, as far as the host knows. */
bool channel_is_alive(const struct channel *ch);

/* All of `a` and then all of `b`, with a descriptor or -1.  0 or ENOTCONN. */
int channel_send(
    struct channel *ch, const void *a, size_t alen, const void *b, size_t blen, int fd);
/*
 * The next frame; its body is good until the next call.  EINTR: a signal handler ran; ENOTCONN;
 * EPROTO: not a frame.
 */
int channel_recv(struct channel *ch, struct wire_frame *f);
/* Until channel_recv would return, on a socket: 0, or EINTR as there.  The thread may be cancelled
 * meanwhile, and has then received nothing. */
int channel_await_cancellably(struct channel *ch);
/* Would channel_recv return without asking the socket? */
bool channel_has_frame(const struct channel *ch);
/* The line of text that a server begins with. */
int channel_recv_line(struct channel *ch, char *buf, size_t size, size_t *ret_len);
/* The next descriptor that came with the frame just received, or -1. */
int channel_take_fd(struct channel *ch);
void channel_drop_fds(struct channel *ch);

/* It carries no descriptors. */
static inline bool
channel_is_pipes(const struct channel *ch)
{
	return atomic_load_explicit(&ch->in_fd, memory_order_relaxed) >= 0;
}

/* fds.c: moves fd to a high number (never 0-2), close-on-exec.  On failure fd stays as it is. */
int fd_lift(int fd, int *ret_fd);

/*
 * Descriptors that are ours for a short while without being a channel's: the connections of
 * children about to be born.  The program cannot close them, and another thread's child does.
 */
void fd_reserve(int fd);
void fd_unreserve(int fd);
/* In a child: closes all but `spared`. */
void fd_drop_reserved(int spared);

#endif
