/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banner, handshakes and HELLO.  All are made by the channel's owner, under the session's lock if
 * the channel is the main one.  Errors: ENOTCONN, EPROTO, EPROTONOSUPPORT, or what the server says.
 */
#include "client/handshake.h"

#include <errno.h>
#include <sched.h>
#include <sys/utsname.h>

#include "base/log.h"
#include "base/raw.h"
#include "client/session.h"

#define OUR_MINOR 5

/*
 * May we work with this server?  On the same machine its structures are ours.  Which memory a
 * NetBSD kernel's calls touch we cannot know; a hijacked program makes none of those.
 */
static const char *
objection(const struct wire_banner *b)
{
	struct utsname uts;

	if (b->major != 0 || b->minor < 4)
		return "it speaks another version of the protocol";
	if (strcmp(b->ostype, "NetBSD") == 0)
		return (OWN(session).want & CLIENT_DELEGATE) != 0 ? "it is not a Linux kernel"
								  : NULL;
	if (strcmp(b->ostype, "Linux") != 0)
		return "it is neither a Linux nor a NetBSD kernel";
	if (raw_call1(SYS_uname, &uts) == 0 && strcmp(uts.machine, b->machine) != 0)
		return "it is for another machine";
	return NULL;
}

int
handshake_banner(struct channel *ch, bool main)
{
	char line[WIRE_BANNER_MAX];
	struct wire_banner b;
	const char *why;
	unsigned minor;
	bool netbsd;
	size_t len;
	int error = channel_recv_line(ch, line, sizeof line, &len);

	if (error == ENOTCONN)
		return error;
	if (error != 0 || wire_banner_parse(line, len, &b) != 0) {
		log_line("rumpclient: %s: not a rump kernel", OWN(session).url);
		return EPROTONOSUPPORT;
	}
	if (!main)
		return 0;
	why = objection(&b);
	if (why != NULL) {
		log_line("rumpclient: %s: cannot be used: %s (%.*s)", OWN(session).url, why,
		    (int)len - 1, line);
		return EPROTONOSUPPORT;
	}
	netbsd = strcmp(b.ostype, "NetBSD") == 0;
	if (netbsd != OWN(session).netbsd) /* other threads look at it */
		OWN(session).netbsd = netbsd;
	minor = b.minor > OUR_MINOR ? OUR_MINOR : b.minor;
	if (netbsd)
		minor = 4;
	if (minor != OWN(session).server.minor)
		OWN(session).server = (struct client_server){.minor = minor};
	return 0;
}

/* The next frame. */
static int
receive(struct channel *ch, struct wire_frame *f)
{
	int error;

	do
		error = channel_recv(ch, f);
	while (error == EINTR);
	return error;
}

/* It must answer `reqno`. */
static int
check_answer(const struct wire_frame *f, uint64_t reqno)
{
	if (f->h.reqno != reqno)
		return EPROTO;
	return f->h.class == WIRE_ERROR ? wire_error_to_errno(f->h.arg) : 0;
}

static int
await(struct channel *ch, uint64_t reqno, struct wire_frame *f)
{
	int error = receive(ch, f);

	return error != 0 ? error : check_answer(f, reqno);
}

static int
take_status(const struct wire_frame *f, uint64_t reqno)
{
	struct wire_status m;
	int error = check_answer(f, reqno);

	if (error == 0)
		error = wire_status_get(f, &m);
	if (error == 0 && (m.error < 0 || m.error > 4095))
		error = EPROTO;
	return error != 0 ? error : m.error;
}

static int
await_status(struct channel *ch, uint64_t reqno)
{
	struct wire_frame f;
	int error = receive(ch, &f);

	return error != 0 ? error : take_status(&f, reqno);
}

static uint32_t
this_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : (uint32_t)cpu;
}

static void
put_hello(struct wbuf *w, struct channel *ch)
{
	struct wire_hello m = {
	    .major = 0,
	    .minor = OUR_MINOR,
	    .flags = OWN(session).want,
	    .pid = (uint32_t)raw_call0(SYS_getpid),
	    .lane = this_cpu(),
	};

	atomic_store(&ch->lane, m.lane);
	wire_hello_put(w, ++ch->reqno, &m);
}

/* Other threads look at it while this one connects again: what is as before is not written. */
static void
keep_server(const struct wire_hello_resp *m)
{
	struct client_server *s = &OWN(session).server;
	unsigned flags = m->flags & OWN(session).want;

	if (s->file_dev != m->file_dev)
		s->file_dev = m->file_dev;
	if (s->flags != flags)
		s->flags = flags;
	if (s->host_pid != (pid_t)m->host_pid)
		s->host_pid = (pid_t)m->host_pid;
	if (memcmp(s->names, m->names, sizeof s->names) != 0)
		memcpy(s->names, m->names, sizeof s->names);
	s->pid = (pid_t)m->pid;
}

static int
take_hello(struct channel *ch, const struct wire_frame *f)
{
	struct wire_hello_resp m;
	int error = wire_hello_resp_get(f, &m);

	if (error == 0 && (m.error < 0 || m.error > 4095))
		error = EPROTO;
	if (error != 0 || m.error != 0)
		return error != 0 ? error : m.error;
	memcpy(OWN(session).cookie, m.cookie, sizeof OWN(session).cookie);
	atomic_store(&OWN(session).nlanes, m.nlanes);
	atomic_store(&ch->lane, atomic_load(&ch->lane) % m.nlanes);
	keep_server(&m);
	return 0;
}

static int
await_hello(struct channel *ch, uint64_t reqno)
{
	struct wire_frame f;
	int error = await(ch, reqno, &f);

	return error != 0 ? error : take_hello(ch, &f);
}

int
handshake_guest(struct channel *ch)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	bool hello = OWN(session).server.minor >= 5;
	int error;

	/* As the genuine library numbers them: 1 is the first after a connect, 0 after an exec. */
	ch->reqno = 1;
	wire_guest_put(&w, ch->reqno, WIRE_GUEST, program_invocation_short_name);
	if (hello)
		put_hello(&w, ch);
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	if (error == 0)
		error = await_status(ch, 1);
	if (error == 0 && hello)
		error = await_hello(ch, ch->reqno);
	ch->handshake = false;
	return error;
}

int
handshake_exec_send(struct channel *ch)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);

	ch->reqno = 0;
	wire_guest_put(&w, ch->reqno, WIRE_EXEC, program_invocation_short_name);
	if (OWN(session).server.minor >= 5)
		put_hello(&w, ch);
	return channel_send(ch, w.base, w.len, NULL, 0, -1);
}

/*
 * EXEC is answered once all calls of the old image have returned; a HELLO that comes while they
 * have not is refused, and said again.
 */
int
handshake_exec_await(struct channel *ch)
{
	struct wire_frame f;
	bool again;
	int error;

	if (OWN(session).server.minor < 5)
		return await_status(ch, 0);
	error = receive(ch, &f);
	if (error != 0)
		return error;
	again = f.h.reqno == ch->reqno && f.h.class == WIRE_ERROR && f.h.arg == WIRE_ERR_INEXEC;
	error = again ? await_status(ch, 0) : take_status(&f, 0);
	if (error != 0)
		return error;
	return again ? handshake_hello(ch) : await_hello(ch, ch->reqno);
}

int
handshake_hello(struct channel *ch)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	int error;

	put_hello(&w, ch);
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	return error != 0 ? error : await_hello(ch, ch->reqno);
}

int
handshake_fork(struct channel *ch, const uint32_t cookie[4], bool cancel)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	struct wire_fork m = {.cancel = cancel};
	int error;

	memcpy(m.cookie, cookie, sizeof m.cookie);
	wire_fork_put(&w, ++ch->reqno, &m);
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	if (error == 0 && !cancel)
		error = await_status(ch, ch->reqno);
	ch->handshake = false;
	return error;
}

int
handshake_pipes(struct channel *ch, struct channel *pipes, uint64_t sigmask)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	struct wire_frame f;
	struct wire_status m;
	uint32_t lane = this_cpu();
	int error, out_fd, in_fd;

	wire_pipes_put(&w, ++ch->reqno, lane);
	ch->sigmask = sigmask;
	ch->handshake = true;
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	if (error == 0)
		error = await(ch, ch->reqno, &f);
	ch->handshake = false;
	if (error == 0)
		error = wire_passed_get(&f, WIRE_PIPES, &m);
	if (error != 0 || m.error != 0)
		return error != 0 ? error : EAGAIN;
	out_fd = channel_take_fd(ch);
	in_fd = channel_take_fd(ch);
	error = channel_adopt_pipes(pipes, out_fd, in_fd);
	atomic_store(&pipes->lane, lane % atomic_load(&OWN(session).nlanes));
	return error;
}

int
handshake_attach(struct channel *ch)
{
	struct wbuf w = wbuf_of(ch->out, CHANNEL_OUT_ROOM);
	struct wire_attach m = {.lane = this_cpu()};
	uint64_t mask = siglock_lock(&OWN(session).lock);
	int error;

	memcpy(m.cookie, OWN(session).cookie, sizeof m.cookie);
	siglock_unlock(&OWN(session).lock, mask);
	wire_attach_put(&w, ++ch->reqno, &m);
	error = channel_send(ch, w.base, w.len, NULL, 0, -1);
	if (error == 0)
		error = await_status(ch, ch->reqno);
	atomic_store(&ch->lane, m.lane % atomic_load(&OWN(session).nlanes));
	ch->handshake = false;
	return error;
}
