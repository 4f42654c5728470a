/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's memory.
 *
 * By frames (SYSCALL): the server asks with COPYIN or COPYINSTR and sleeps until the answer, which
 * another leader reads (copy_answer) and puts where the sleeping call wants it; COPYOUT is sent at
 * once and has no answer.  By chunks (CALL): what the call reads has come with it, what it writes
 * goes with the reply; frames are for what is not there, or does not fit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "channel.h"
#include "kern/usercopy.h"
#include "server.h"

#define COPYOUT_PIECE (256u << 10)
#define COPYOUT_SMALL 512 /* built on the stack */
#define COPYOUT_HEAD  (WIRE_HEADER_LEN + 16)

/* --- asking --- */

static void
copy_list(struct call *c)
{
	struct channel *ch = c->channel;

	pthread_mutex_lock(&ch->lock);
	c->copy.reqno = ch->next_reqno++;
	c->copy.listed = true;
	LIST_INSERT_HEAD(&ch->copies, &c->copy, link);
	pthread_mutex_unlock(&ch->lock);
}

/* Wakes the call; with channel.lock. */
static void
copy_done(struct copywait *copy, int error)
{
	LIST_REMOVE(copy, link);
	copy->listed = false;
	copy->error = error;
	sem_post(&copy->done);
}

void
copy_abort(struct call *c)
{
	pthread_mutex_lock(&c->channel->lock);
	if (c->copy.listed)
		copy_done(&c->copy, EFAULT);
	pthread_mutex_unlock(&c->channel->lock);
}

/* Asks for size bytes, or for a string of less than that, and waits.  *ret_got: bytes that came. */
static int
copy_ask(struct call *c, bool string, uaddr_t addr, void *dst, size_t size, size_t *ret_got)
{
	uint8_t buf[64];
	struct wbuf w = wbuf_of(buf, sizeof buf);
	struct worker *successor;
	int error;

	if (c->aborted)
		return EFAULT;
	error = lane_prepare_successor(worker_of(&c->lwp), &successor);
	if (error != 0)
		return error;
	call_begin_wait(c);
	c->copy.dst = dst;
	c->copy.size = size;
	c->copy.string = string;
	copy_list(c);
	wire_copyin_put(&w, c->copy.reqno, string, addr, size);
	channel_send_frames(c->channel, &w);
	giant_unlock();
	lane_promote(successor);
	while (sem_wait(&c->copy.done) != 0)
		continue;
	giant_lock();
	*ret_got = c->copy.got;
	return c->copy.error;
}

/* What an answer with len bytes means for the copy. */
static int
copy_take(struct copywait *copy, const uint8_t *data, size_t len)
{
	if (len > copy->size || len == 0)
		return EFAULT;
	if (copy->string && memchr(data, '\0', len) == NULL)
		return len == copy->size ? ENAMETOOLONG : EFAULT;
	if (!copy->string && len != copy->size)
		return EFAULT;
	memcpy(copy->dst, data, len);
	copy->got = len;
	return 0;
}

void
copy_answer(struct channel *ch, const struct wire_frame *f)
{
	struct copywait *copy;

	pthread_mutex_lock(&ch->lock);
	LIST_FOREACH (copy, &ch->copies, link) {
		if (copy->reqno == f->h.reqno)
			break;
	}
	if (copy != NULL && f->h.class == WIRE_RESP)
		copy_done(copy, copy_take(copy, f->body, f->body_len));
	else if (copy != NULL)
		copy_done(copy, EFAULT);
	pthread_mutex_unlock(&ch->lock);
}

/* --- by frames --- */

static int
frames_in(struct lwp *l, uaddr_t addr, void *dst, size_t len)
{
	size_t n, got;
	int error;

	while (len > 0) {
		n = len < WIRE_COPY_MAX ? len : WIRE_COPY_MAX;
		error = copy_ask(l->copy_arg, false, addr, dst, n, &got);
		if (error != 0)
			return error;
		addr += n;
		dst = (char *)dst + n;
		len -= n;
	}
	return 0;
}

static int
frames_instr(struct lwp *l, uaddr_t addr, char *dst, size_t size, size_t *ret_len)
{
	size_t got;
	int error = copy_ask(l->copy_arg, true, addr, dst, size, &got);

	if (error == 0)
		*ret_len = strlen(dst);
	return error;
}

static int
frames_out_piece(struct call *c, uaddr_t addr, const void *src, size_t len)
{
	uint8_t small[COPYOUT_SMALL];
	CLEANUP_FREE uint8_t *large = NULL;
	struct wbuf w = wbuf_of(small, sizeof small);
	uint64_t reqno;

	if (COPYOUT_HEAD + len > sizeof small) {
		large = malloc(COPYOUT_HEAD + len);
		if (large == NULL)
			return ENOMEM;
		w = wbuf_of(large, COPYOUT_HEAD + len);
	}
	pthread_mutex_lock(&c->channel->lock);
	reqno = c->channel->next_reqno++;
	pthread_mutex_unlock(&c->channel->lock);
	wire_copyout_put(&w, reqno, addr, src, len);
	channel_send_frames(c->channel, &w);
	return 0;
}

static int
frames_out(struct lwp *l, uaddr_t addr, const void *src, size_t len)
{
	struct call *c = l->copy_arg;
	size_t n;
	int error;

	while (len > 0) {
		if (c->aborted)
			return EFAULT;
		n = len < COPYOUT_PIECE ? len : COPYOUT_PIECE;
		error = frames_out_piece(c, addr, src, n);
		if (error != 0)
			return error;
		addr += n;
		src = (const char *)src + n;
		len -= n;
	}
	return 0;
}

const struct usercopy copy_by_frames = {.in = frames_in, .instr = frames_instr, .out = frames_out};

/* --- by chunks --- */

/* The bytes at addr that came with the call; how many there are, 0 if none. */
static size_t
chunk_find(const struct call *c, uaddr_t addr, const uint8_t **ret)
{
	struct rbuf chunks = c->chunks;
	struct wire_chunk chunk;

	for (uint32_t i = 0; i < c->nchunks; i++) {
		if (wire_chunk_get(&chunks, &chunk) == 0 && addr - chunk.addr < chunk.len) {
			*ret = chunk.data + (addr - chunk.addr);
			return chunk.len - (addr - chunk.addr);
		}
	}
	return 0;
}

static int
chunks_in(struct lwp *l, uaddr_t addr, void *dst, size_t len)
{
	const uint8_t *data;
	size_t n;

	while (len > 0) {
		n = chunk_find(l->copy_arg, addr, &data);
		if (n == 0)
			return frames_in(l, addr, dst, len);
		if (n > len)
			n = len;
		memcpy(dst, data, n);
		addr += n;
		dst = (char *)dst + n;
		len -= n;
	}
	return 0;
}

static int
chunks_instr(struct lwp *l, uaddr_t addr, char *dst, size_t size, size_t *ret_len)
{
	const uint8_t *data;
	size_t n = chunk_find(l->copy_arg, addr, &data);
	size_t len = n > 0 ? strnlen((const char *)data, n < size ? n : size) : 0;

	if (len == size)
		return ENAMETOOLONG;
	if (len == n) /* no chunk, or one that ends before the string does */
		return frames_instr(l, addr, dst, size, ret_len);
	memcpy(dst, data, len + 1);
	*ret_len = len;
	return 0;
}

static int
chunks_out(struct lwp *l, uaddr_t addr, const void *src, size_t len)
{
	struct call *c = l->copy_arg;

	if (len == 0)
		return 0;
	if (c->reply.len + sizeof(struct wire_chunk) + len > WIRE_OUT_MAX)
		return frames_out(l, addr, src, len);
	wire_chunk_put(&c->reply, addr, src, (uint32_t)len);
	c->nreply_chunks++;
	return 0;
}

const struct usercopy copy_by_chunks = {.in = chunks_in, .instr = chunks_instr, .out = chunks_out};
