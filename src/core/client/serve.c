/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of the server: copies from and to the program's memory, mappings, signals.
 *
 * Data goes straight from the program's memory to the socket.  A bad pointer in a declared range is
 * the program's error, not the server's: an answer shorter than asked says EFAULT, and a COPYOUT,
 * which has no answer, is remembered until the call returns.
 */
#include "client/serve.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/raw.h"
#include "client/session.h"

static int
answer_copyin(struct channel *ch, uint64_t reqno, uint64_t addr, size_t len)
{
	struct wire_header h = {
	    .len = WIRE_HEADER_LEN + len,
	    .reqno = reqno,
	    .class = WIRE_RESP,
	    .type = WIRE_COPYIN,
	};
	uint8_t head[WIRE_HEADER_LEN];

	wire_header_put(head, &h);
	return channel_send(ch, head, sizeof head, (const void *)(uintptr_t)addr, len, -1);
}

static int
serve_copyin(struct channel *ch, const struct wire_frame *f, struct usermem *um)
{
	struct wire_copy m;
	bool readable;

	if (wire_copy_get(f, &m) != 0 || usermem_find(um, RANGE_IN, m.addr, m.len) == NULL)
		return EPROTO;
	readable = fault_readable(m.addr, m.len) == 0;
	return answer_copyin(ch, f->h.reqno, m.addr, readable ? m.len : 0);
}

static int
serve_copyinstr(struct channel *ch, const struct wire_frame *f, struct usermem *um)
{
	struct wire_copy m;
	size_t len;

	if (wire_copy_get(f, &m) != 0 || usermem_find(um, RANGE_STRING, m.addr, 0) == NULL)
		return EPROTO;
	if (fault_strlen(m.addr, m.len < PATH_MAX ? m.len : PATH_MAX, &len) != 0)
		len = 0;
	return answer_copyin(ch, f->h.reqno, m.addr, len);
}

static int
serve_copyout(const struct wire_frame *f, struct usermem *um)
{
	struct wire_copy m;
	struct usermem *call;

	if (wire_copy_get(f, &m) != 0)
		return EPROTO;
	call = usermem_find(um, RANGE_OUT, m.addr, m.len);
	if (call == NULL)
		return EPROTO;
	if (fault_write(m.addr, m.data, m.len) != 0)
		call->faulted = true;
	return 0;
}

/* Only a genuine rump kernel has a use for this; 0 is the answer of those who have no memory. */
static int
serve_anonmmap(struct channel *ch, const struct wire_frame *f)
{
	uint8_t buf[WIRE_HEADER_LEN + 8];
	struct wbuf w = wbuf_of(buf, sizeof buf);
	uint64_t len;
	long p = 0;

	if (wire_anonmmap_get(f, &len) != 0)
		return EPROTO;
	if (OWN(session).netbsd && len <= WIRE_COPY_MAX)
		p = raw_call6(SYS_mmap, NULL, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	wire_anonmmap_resp_put(&w, f->h.reqno, p < 0 && p > -4096 ? 0 : (uint64_t)p);
	return channel_send(ch, w.base, w.len, NULL, 0, -1);
}

/* NetBSD's signal numbers, as Linux has them; 0: none. */
static const uint8_t netbsd_signals[33] = {0, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, 0,
    SIGFPE, SIGKILL, SIGBUS, SIGSEGV, SIGSYS, SIGPIPE, SIGALRM, SIGTERM, SIGURG, SIGSTOP, SIGTSTP,
    SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU, SIGIO, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, 0,
    SIGUSR1, SIGUSR2, SIGPWR};

static int
serve_raise(const struct wire_frame *f)
{
	uint32_t signo = f->h.arg;

	if (f->body_len != 0 || signo == 0 || signo > 64)
		return EPROTO;
	if (OWN(session).netbsd)
		signo = signo < sizeof netbsd_signals ? netbsd_signals[signo] : 0;
	if (signo != 0)
		raw_call2(SYS_kill, raw_call0(SYS_getpid), signo);
	return 0;
}

int
serve_request(struct channel *ch, const struct wire_frame *f, struct usermem *um)
{
	if (f->h.class != WIRE_REQ)
		return EPROTO;
	switch (f->h.type) {
	case WIRE_COPYIN:
		return serve_copyin(ch, f, um);
	case WIRE_COPYINSTR:
		return serve_copyinstr(ch, f, um);
	case WIRE_COPYOUT:
	case WIRE_COPYOUTSTR:
		return serve_copyout(f, um);
	case WIRE_ANONMMAP:
		return serve_anonmmap(ch, f);
	case WIRE_RAISE:
		return serve_raise(f);
	default:
		return EPROTO;
	}
}
