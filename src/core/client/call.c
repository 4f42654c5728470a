/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a call: one CALL frame out, one reply in, on a channel of the call's own (0.5); or through
 * the one shared connection (0.4, legacy.c).
 *
 * Results of the functions here: 0: c->error is the kernel's answer; ENOTCONN: the channel is gone;
 * EPROTO: the server is broken.  The kernel's errno never mixes with these.
 */
#include "client/call.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>

#include "base/check.h"
#include "base/fault.h"
#include "base/raw.h"
#include "client/exchange.h"
#include "client/legacy.h"
#include "client/pool.h"
#include "client/retry.h"
#include "client/session.h"
#include "syscall/sysnum.h"
#include "trace/trace.h"

#define ERRNO_MAX 4095

/*
 * The path behind the last EREDIRECT of this thread: '0' or '1', the path.  It lies in pages of its
 * own, which threads that never come by a link do not have: the host takes __thread variables out
 * of every thread's stack, and some have 16 KiB of that.
 */
#define REDIRECT_MAX (PATH_MAX + 2)
static __thread char *redirect;
static pthread_key_t redirect_key; /* its destructor gives them back */
static atomic_bool redirect_key_taken, redirect_key_made;

_Static_assert(EREDIRECT == WIRE_EREDIRECT, "one number for it");
_Static_assert(USERMEM_CHUNKS_MAX + 256 <= CHANNEL_OUT_ROOM, "every CALL fits the buffer");

const char *
client_redirect(unsigned *ret_which)
{
	*ret_which = redirect[0] == '1';
	return redirect + 1;
}

static int
send_call(struct channel *ch, struct call *c)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	uint32_t flags = c->pass_fd >= 0 ? WIRE_CALL_FD : 0;
	size_t start;
	uint32_t n;

	start = wire_call_begin(&w, ++ch->reqno, c->nr, flags, c->args);
	n = usermem_put_chunks(&c->um, &w);
	wire_call_end(&w, start, n);
	CHECK(!w.bad);
	return channel_send(ch, w.base, w.len, NULL, 0, c->pass_fd);
}

static void
forget_redirect(void *pages)
{
	redirect = NULL;
	raw_call2(SYS_munmap, pages, REDIRECT_MAX);
}

/* Not by pthread_once: a signal handler that comes by here in the midst of it would wait for ever.
 * What this thread has at that moment is not given back. */
static void
give_back_at_end(char *pages)
{
	if (!atomic_exchange(&redirect_key_taken, true) &&
	    pthread_key_create(&redirect_key, forget_redirect) == 0)
		atomic_store(&redirect_key_made, true);
	if (atomic_load(&redirect_key_made))
		(void)pthread_setspecific(redirect_key, pages);
}

/* Gives this thread room for a path. */
static int
make_redirect(void)
{
	long map;

	if (redirect != NULL)
		return 0;
	map = raw_call6(SYS_mmap, NULL, REDIRECT_MAX, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map < 0 && map > -ERRNO_MAX)
		return ENOMEM;
	redirect = (char *)map;
	give_back_at_end(redirect);
	return 0;
}

static int
store_redirect(struct call *c, const struct wire_chunk *chunk)
{
	if (chunk->len < 3 || chunk->len > REDIRECT_MAX || chunk->data[1] != '/' ||
	    (chunk->data[0] != '0' && chunk->data[0] != '1') || chunk->data[chunk->len - 1] != '\0')
		return EPROTO;
	if (make_redirect() != 0) {
		c->error = ENOMEM;
		return 0;
	}
	memcpy(redirect, chunk->data, chunk->len);
	c->redirected = true;
	return 0;
}

/* One piece of out-data into the program's memory. */
static int
store_chunk(struct call *c, const struct wire_chunk *chunk)
{
	struct usermem *um = &c->um;

	if (chunk->addr == WIRE_ADDR_REDIRECT && c->error == EREDIRECT)
		return store_redirect(c, chunk);
	if (usermem_find(um, RANGE_OUT, chunk->addr, chunk->len) == NULL)
		return EPROTO;
	if (fault_write(chunk->addr, chunk->data, chunk->len) != 0)
		um->faulted = true;
	return 0;
}

static bool
error_is_sane(int32_t error)
{
	if (error == EREDIRECT)
		return (OWN(session).server.flags & CLIENT_ABSLINKS) != 0;
	return error >= 0 && error <= ERRNO_MAX;
}

static int
take_reply(struct channel *ch, const struct wire_frame *f, struct call *c)
{
	struct wire_call_resp m;
	struct wire_chunk chunk;

	if (f->h.class == WIRE_ERROR) {
		c->error = wire_error_to_errno(f->h.arg);
		return 0;
	}
	if (wire_call_resp_get(f, &m) != 0 || !error_is_sane(m.error))
		return EPROTO;
	c->error = m.error;
	c->redirected = false;
	for (uint32_t i = 0; i < m.nchunks; i++) {
		if (wire_chunk_get(&m.chunks, &chunk) != 0 || store_chunk(c, &chunk) != 0)
			return EPROTO;
	}
	if (c->error == EREDIRECT && !c->redirected)
		return EPROTO;
	if (c->error == 0 && !usermem_may_count(&c->um, c->nr, m.retval[0]))
		return EPROTO;
	if (c->um.faulted && c->error == 0)
		c->error = EFAULT;
	memcpy(c->res->retval, m.retval, sizeof m.retval);
	if ((m.flags & WIRE_CALL_FD) != 0) {
		c->res->fd = channel_take_fd(ch);
		/* The host drops a descriptor for which the program has no number left. */
		if (c->res->fd < 0 && c->error == 0)
			c->error = EMFILE;
	}
	return 0;
}

struct flight {
	struct call *c;
	struct channel *ch;
};

static void
cancelled(void *arg)
{
	struct flight *in = arg;

	exchange_abandon(in->ch, &in->c->um);
	usermem_fini(&in->c->um);
}

static int
await_reply(struct call *c, struct channel *ch, struct wire_frame *f)
{
	struct flight flight = {c, ch};
	int error;

	if (!c->cancellable)
		return exchange_await(ch, &c->um, WAIT_INTERRUPTIBLY, f);
	pthread_cleanup_push(cancelled, &flight);
	error = exchange_await(ch, &c->um, WAIT_CANCELLABLY, f);
	pthread_cleanup_pop(0);
	return error;
}

static int
call_on_channel(struct call *c)
{
	struct channel *ch;
	struct wire_frame f;
	int error = pool_acquire(c->pass_fd != -1 || c->cancellable, &ch);

	if (error != 0)
		return error;
	error = send_call(ch, c);
	c->sent = error == 0;
	if (error == 0)
		error = await_reply(c, ch, &f);
	if (error == ENOTCONN && channel_left_unread(ch))
		c->sent = false;
	if (error == 0)
		error = take_reply(ch, &f, c);
	exchange_end(ch, error);
	return error;
}

/* One try on the present connection. */
static int
try_once(struct call *c)
{
	int error = session_settle();

	if (error != 0)
		return error;
	if (c->foreign && OWN(session).netbsd)
		usermem_init_anything(&c->um);
	else
		usermem_init(&c->um, c->nr, c->args);
	error = OWN(session).server.minor >= 5 ? call_on_channel(c) : legacy_call(c);
	usermem_fini(&c->um);
	return error;
}

/* Where Linux may wait, and POSIX lets a thread be cancelled. */
static bool
is_cancellation_point(unsigned nr)
{
	switch (nr) {
	case RUMP_SYS_deleg_open:
	case RUMP_SYS_deleg_open_parts:
	case RUMP_SYS_deleg_open2:
	case RUMP_SYS_deleg_connect:
	case RUMP_SYS_deleg_reach:
	case RUMP_SYS_deleg_relay:
	case RUMP_SYS_deleg_retry:
	case RUMP_SYS_openat:
	case RUMP_SYS_read:
	case RUMP_SYS_pread64:
	case RUMP_SYS_readv:
	case RUMP_SYS_write:
	case RUMP_SYS_pwrite64:
	case RUMP_SYS_writev:
	case RUMP_SYS_accept4:
	case RUMP_SYS_connect:
	case RUMP_SYS_recvfrom:
	case RUMP_SYS_recvmsg:
	case RUMP_SYS_sendto:
	case RUMP_SYS_sendmsg:
	case RUMP_SYS_poll:
	case RUMP_SYS_ppoll:
	case RUMP_SYS_pselect6:
	case RUMP_SYS_epoll_pwait:
	case RUMP_SYS_fcntl:
		return true;
	default:
		return false;
	}
}

static int
make(struct call *c)
{
	struct retry retry = {0};

	c->sent = false;
	for (;;) {
		int error = session_is_ready() ? 0 : retry_connect(&retry);

		if (error != 0)
			return error; /* the policy is exhausted */
		error = try_once(c);
		if (error == 0)
			return c->error;
		if (error != ENOTCONN || !retry_may_repeat(&retry, c->sent))
			return error;
	}
}

/* A thread that may be cancelled at any time may not be while the client is at work. */
int
call_make(struct call *c)
{
	int type, error;

	c->cancellable = false;
	if (__libc_single_threaded)
		return make(c);
	pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
	c->cancellable = is_cancellation_point(c->nr) && !OWN(session).netbsd;
	if (c->cancellable)
		pthread_testcancel();
	error = make(c);
	pthread_setcanceltype(type, NULL);
	return error;
}

int
client_call(unsigned nr, const uint64_t args[6], int fd, struct client_result *res)
{
	struct call c = {
	    .nr = nr,
	    .args_len = 6 * sizeof *args,
	    .pass_fd = fd,
	    .res = res,
	};
	int error;

	memcpy(c.args, args, c.args_len);
	*res = (struct client_result){.fd = -1};
	error = call_make(&c);
	if (OWN(trace_on))
		trace_call(nr, args, error, res->retval, res->fd);
	return error;
}
