/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels: opening, closing, identity.  All by raw system calls: none of them is a cancellation
 * point, none reaches an interposed name.
 */
#include "client/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/own.h"
#include "base/raw.h"
#include "base/scope.h"
#include "client/patience.h"

#define IDENT_TRIES 8

static int
map_buffers(struct channel *ch)
{
	if (ch->out == NULL)
		ch->out = own_map(CHANNEL_OUT_ROOM + CHANNEL_IN_ROOM);
	if (ch->out == NULL)
		return ENOMEM;
	ch->in = ch->out + CHANNEL_OUT_ROOM;
	return 0;
}

uint64_t
channel_ident(int fd)
{
	uint64_t ident = 0;
	socklen_t len = sizeof ident;
	long error = -ENOMEM;

	/* A host that is short of memory for a moment has not closed the connection. */
	for (int tries = 0; tries < IDENT_TRIES; tries++) {
		error = raw_call5(SYS_getsockopt, fd, SOL_SOCKET, SO_COOKIE, &ident, &len);
		if (error != -ENOMEM && error != -ENOBUFS)
			break;
	}
	return error == 0 ? ident : 0;
}

/* Which pipe; 0: none.  All pipes are on one device of the host. */
static uint64_t
pipe_ident(int fd)
{
	struct stat st;

	if (raw_call2(SYS_fstat, fd, &st) != 0 || !S_ISFIFO(st.st_mode))
		return 0;
	return st.st_ino ^ (uint64_t)st.st_dev << 48;
}

bool
channel_is_ours(const struct channel *ch)
{
	int fd = atomic_load_explicit(&ch->fd, memory_order_relaxed);

	if (fd < 0)
		return false;
	return (channel_is_pipes(ch) ? pipe_ident(fd) : channel_ident(fd)) == ch->ident;
}

bool
channel_is_alive(const struct channel *ch)
{
	char c;
	long n;

	if (!channel_is_ours(ch))
		return false;
	n = raw_call6(
	    SYS_recvfrom, atomic_load(&ch->fd), &c, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
	return n > 0 || n == -EAGAIN;
}

static void
begin(struct channel *ch, int fd, uint64_t ident)
{
	ch->ident = ident;
	ch->reqno = 0;
	ch->calls = 0;
	ch->in_start = 0;
	ch->in_len = 0;
	ch->handshake = false;
	atomic_store(&ch->fd, fd);
}

int
channel_adopt(struct channel *ch, int fd)
{
	uint64_t ident = channel_ident(fd);
	int error = map_buffers(ch);
	int high;

	if (error != 0)
		return error;
	if (ident == 0)
		return EBADF;
	error = fd_lift(fd, &high);
	if (error == 0)
		begin(ch, high, ident);
	return error;
}

/* The one that is written to has the lower number: who closes descriptors in order closes it first,
 * and we see it before we send. */
int
channel_adopt_pipes(struct channel *ch, int out_fd, int in_fd)
{
	CLEANUP_FD int out = out_fd, in = in_fd;
	int error = map_buffers(ch);

	if (error == 0 && (pipe_ident(out) == 0 || pipe_ident(in) == 0))
		error = EPROTO;
	if (error == 0)
		error = fd_lift(out, &out);
	if (error == 0)
		error = fd_lift(in, &in);
	if (error != 0)
		return error;
	ch->in_ident = pipe_ident(in);
	atomic_store(&ch->in_fd, in);
	begin(ch, out, pipe_ident(out));
	out = in = -1;
	return 0;
}

bool
channel_left_unread(const struct channel *ch)
{
	int n = 0;

	return channel_is_pipes(ch) && channel_is_ours(ch) &&
	       raw_call3(SYS_ioctl, atomic_load(&ch->fd), FIONREAD, &n) == 0 && n > 0;
}

/* connect(2) without blocking: signals are blocked here, and the server may be slow. */
static int
connect_patiently(int fd, const struct url *server, uint64_t sigmask)
{
	int soerr = 0;
	socklen_t len = sizeof soerr;
	long n;

	for (;;) {
		n = raw_call3(SYS_connect, fd, &server->addr, server->len);
		if (n != -EAGAIN)
			break;
		patience_pause(10, sigmask); /* a unix socket with a full backlog */
	}
	if (n != -EINPROGRESS)
		return (int)-n;
	patience_poll(fd, POLLOUT, sigmask);
	n = raw_call5(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &soerr, &len);
	return n < 0 ? (int)-n : soerr;
}

int
channel_open(struct channel *ch, const struct url *server, uint64_t sigmask)
{
	CLEANUP_FD int fd = -1;
	int error;

	fd = (int)raw_call3(
	    SYS_socket, server->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -fd;
	error = connect_patiently(fd, server, sigmask);
	if (error != 0)
		return error;
	raw_call3(SYS_fcntl, fd, F_SETFL, O_RDWR);
	error = channel_adopt(ch, fd);
	if (error != 0)
		return error;
	take_fd(&fd);
	ch->handshake = true;
	ch->sigmask = sigmask;
	return 0;
}

void
channel_close(struct channel *ch)
{
	int in = atomic_load(&ch->in_fd);

	channel_drop_fds(ch);
	if (channel_is_ours(ch))
		raw_close(atomic_load(&ch->fd));
	if (in >= 0 && pipe_ident(in) == ch->in_ident)
		raw_close(in);
	atomic_store(&ch->fd, -1);
	atomic_store(&ch->in_fd, -1);
}

void
channel_shutdown(struct channel *ch)
{
	/* Pipes end when the server learns that the main channel has. */
	if (!channel_is_pipes(ch) && channel_is_ours(ch))
		raw_call2(SYS_shutdown, atomic_load(&ch->fd), SHUT_RDWR);
}
