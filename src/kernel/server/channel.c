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
channel_new(int fd, const struct peer *peer, enum channel_state state, struct channel **ret)
{
	struct channel *ch = calloc(1, sizeof *ch);

	if (ch == NULL) {
		close(fd);
		return ENOMEM;
	}
	ch->source.ready = channel_event;
	ch->fd = fd;
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
channel_shutdown(struct channel *ch)
{
	pthread_mutex_lock(&ch->lock);
	ch->broken = true;
	pthread_mutex_unlock(&ch->lock);
	shutdown(ch->fd, SHUT_RDWR);
}

/* Into the epoll set, as output wants it; with channel.lock. */
static int
watch(struct channel *ch)
{
	int error = lane_watch(ch->lane, ch->fd, &ch->source, output_events(ch));

	ch->watched = error == 0;
	return error;
}

static void
unwatch(struct channel *ch)
{
	if (ch->watched)
		epoll_ctl(ch->lane->epfd, EPOLL_CTL_DEL, ch->fd, NULL);
	ch->watched = false;
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
	ch->broken = true;
	pthread_mutex_unlock(&ch->lock);
	lane_forget(ch->lane, ch);
	shutdown(ch->fd, SHUT_RDWR);
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
	int error = 0;

	pthread_mutex_lock(&ch->lock);
	if (!ch->watched)
		error = watch(ch);
	pthread_mutex_unlock(&ch->lock);
	if (error != 0) {
		server_warn("epoll_ctl: error %d", error);
		channel_drop(ch);
		return;
	}
	input_pending(w, ch);
}

void
channel_event(struct worker *w, struct source *source, uint32_t events)
{
	struct channel *ch = (struct channel *)source;

	_Static_assert(offsetof(struct channel, source) == 0, "the cast above");
	if ((events & EPOLLOUT) != 0)
		output_flush(ch);
	if ((events & ~(uint32_t)EPOLLOUT) != 0)
		input_receive(w, ch);
}
