/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels of pipes.
 *
 * A round trip through two pipes costs the host little more than half of one through a socket, and
 * a wake-up by a pipe leaves the woken on this CPU, even if another is idle.  So a client that
 * makes more than a few calls asks for such a channel on one that it has, and keeps sockets for
 * what needs descriptors passed.
 *
 * The server makes the pipes, so that no file description of its ends is the client's, too: whether
 * they block is nobody else's to decide.  The client writes to a descriptor that is open for
 * reading as well: so it gets no SIGPIPE, and can tell whether its last words were read.  As the
 * pipe then never breaks, it does not block either: the client waits for room and for the end of
 * the other pipe at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/scope.h"
#include "dispatch.h"
#include "guest.h"
#include "server.h"

/* Both ends of both directions. */
struct ends {
	int server_in, server_out, client_in, client_out;
};

static void
ends_close(struct ends *e)
{
	int *fds[] = {&e->server_in, &e->server_out, &e->client_in, &e->client_out};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static int
ends_make(struct ends *e)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof(int)];
	CLEANUP_FD int write_only = -1;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC | O_NONBLOCK) != 0)
		return errno;
	e->server_in = in[0];
	write_only = in[1];
	snprintf(path, sizeof path, "/proc/self/fd/%d", write_only);
	e->client_out = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (e->client_out < 0 || pipe2(out, O_CLOEXEC) != 0)
		return errno;
	e->client_in = out[0];
	e->server_out = out[1];
	return fcntl(e->server_out, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
}

/* Takes the server's ends. */
static int
join(const struct channel *asked, struct ends *e, struct channel **ret)
{
	struct channel *ch;
	int error;

	if (asked->state != CHANNEL_READY)
		return ESRCH;
	if (channels_count() >= server_channels_max())
		return EAGAIN;
	error = channel_new(
	    take_fd(&e->server_in), take_fd(&e->server_out), &asked->peer, CHANNEL_HANDSHAKE, &ch);
	if (error != 0)
		return error;
	ch->minor = 5;
	error = guest_join(asked->guest, ch);
	if (error == 0)
		*ret = ch;
	else
		channel_discard(ch);
	return error;
}

int
serve_pipes(struct worker *w, struct channel *ch, const struct wire_frame *f)
{
	uint8_t buf[64];
	struct wbuf reply = wbuf_of(buf, sizeof buf);
	struct ends e = {-1, -1, -1, -1};
	struct channel *pipes = NULL;
	struct passed passed;
	uint32_t lane;
	int error;

	(void)w;
	if (wire_pipes_get(f, &lane) != 0) {
		dispatch_refuse(ch, &f->h, WIRE_ERR_MALFORMED);
		return SERVED;
	}
	error = channel_passes(ch) ? ends_make(&e) : EOPNOTSUPP;
	if (error == 0) {
		giant_lock();
		error = join(ch, &e, &pipes);
		giant_unlock();
	}
	if (error == 0)
		channel_place(pipes, lane_of_cpu(lane));
	passed = (struct passed){.n = 2, .fd = {e.client_out, e.client_in}};
	wire_passed_put(&reply, f->h.reqno, WIRE_PIPES, error);
	channel_send(ch, reply.base, reply.len, error == 0 ? &passed : NULL);
	ends_close(&e);
	return SERVED;
}
