/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel's life and its references; receiving is in input.c, sending in output.c.
 */
#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest.h"
#include "server.h"

struct channel_list channels_all = LIST_HEAD_INITIALIZER(channels_all);

static unsigned nchannels;

unsigned
channels_count(void)
{
	return nchannels;
}

int
channel_new(
    int fd, int out_fd, const struct peer *peer, enum channel_state state, struct channel **ret)
{
	struct channel *ch = calloc(1, sizeof *ch);

	if (ch == NULL) {
		close(fd);
		if (out_fd >= 0)
			close(out_fd);
		return ENOMEM;
	}
	ch->source.ready = channel_event;
	ch->fd = fd;
	ch->out_fd = out_fd >= 0 ? out_fd : fd;
	ch->watched = -1;
	ch->peer = *peer;
	ch->state = state;
	ch->minor = 4;
	atomic_init(&ch->refs, 1);
	pthread_mutex_init(&ch->lock, NULL);
	STAILQ_INIT(&ch->queue);
	LIST_INIT(&ch->copies);
	LIST_INSERT_HEAD(&channels_all, ch, all);
	nchannels++;
	*ret = ch;
	return 0;
}

void
channel_ref(struct channel *ch)
{
	atomic_fetch_add(&ch->refs, 1);
}

void
channel_unref(struct channel *ch)
{
	if (atomic_fetch_sub(&ch->refs, 1) != 1)
		return;
	output_free(ch);
	pthread_mutex_destroy(&ch->lock);
	close(ch->fd);
	if (channel_is_pipes(ch))
		close(ch->out_fd);
	free(ch);
}

void
channel_discard(struct channel *ch)
{
	LIST_REMOVE(ch, all);
	nchannels--;
	channel_unref(ch);
}

void
channel_break(struct channel *ch)
{
	if (ch->broken)
		return;
	ch->broken = true;
	if (!channel_is_pipes(ch))
		shutdown(ch->fd, SHUT_RDWR);
	else if (ch->lane != NULL)
		lane_join(ch->lane, ch);
}

void
channel_shutdown(struct channel *ch)
{
	pthread_mutex_lock(&ch->lock);
	channel_break(ch);
	pthread_mutex_unlock(&ch->lock);
}

/* Into the epoll set, as the output queue wants it; with channel.lock. */
static int
watch(struct channel *ch)
{
	bool sending = !STAILQ_EMPTY(&ch->queue);
	int fd = sending ? ch->out_fd : ch->fd;
	uint32_t in = sending && channel_is_pipes(ch) ? 0 : EPOLLIN;
	int error = lane_watch(ch->lane, fd, &ch->source, in | (sending ? EPOLLOUT : 0));

	if (error == 0)
		ch->watched = fd;
	return error;
}

static void
unwatch(struct channel *ch)
{
	if (ch->watched >= 0)
		epoll_ctl(ch->lane->epfd, EPOLL_CTL_DEL, ch->watched, NULL);
	ch->watched = -1;
}

void
channel_rewatch(struct channel *ch)
{
	if (ch->watched < 0)
		return;
	unwatch(ch);
	if (watch(ch) != 0)
		channel_break(ch);
}

void
channel_drop(struct channel *ch)
{
	giant_lock();
	ch->state = CHANNEL_DEAD;
	if (ch->guest != NULL)
		guest_lost_channel(ch);
	LIST_REMOVE(ch, all);
	nchannels--;
	giant_unlock();

	pthread_mutex_lock(&ch->lock);
	unwatch(ch);
	channel_break(ch);
	pthread_mutex_unlock(&ch->lock);
	lane_forget(ch->lane, ch);
	input_free(ch);
	channel_unref(ch);
}

void
channel_place(struct channel *ch, struct lane *lane)
{
	pthread_mutex_lock(&ch->lock);
	ch->lane = lane;
	pthread_mutex_unlock(&ch->lock);
	lane_join(lane, ch);
}

int
channel_move(struct worker *w, struct channel *ch, struct lane *to)
{
	if (ch->lane == to)
		return SERVED;
	if (channel_put_aside(ch, w->rest, w->rest_len) != 0)
		return SERVED_DROP;
	w->rest_len = 0;
	pthread_mutex_lock(&ch->lock);
	unwatch(ch);
	pthread_mutex_unlock(&ch->lock);
	channel_place(ch, to);
	return SERVED_GONE;
}

void
channel_look(struct worker *w, struct channel *ch)
{
	bool broken;

	pthread_mutex_lock(&ch->lock);
	if (ch->watched < 0 && watch(ch) != 0)
		channel_break(ch);
	broken = ch->broken;
	pthread_mutex_unlock(&ch->lock);
	if (broken)
		channel_drop(ch);
	else
		input_pending(w, ch);
}

void
channel_event(struct worker *w, struct source *source, uint32_t events)
{
	struct channel *ch = (struct channel *)source;

	_Static_assert(offsetof(struct channel, source) == 0, "the cast above");
	if ((events & (EPOLLOUT | EPOLLERR)) != 0) /* ERR alone: a full pipe that lost its reader */
		output_flush(ch);
	if ((events & ~(uint32_t)EPOLLOUT) != 0)
		input_receive(w, ch);
}
