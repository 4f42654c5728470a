/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGPIPE of routed streams.
 *
 * TCP takes the first write after the peer has closed; only a later one is EPIPE.  AF_UNIX fails,
 * and sends SIGPIPE, at once, which would end a program that leaves the signal at its default.  So
 * once a process has a connection, a handler stands in for the default: it lets a signal pass that
 * TCP would not have sent, and the function that wrote then says what TCP would
 * (call_sockio.c); for any other it does what the default does.  The program does not see the
 * handler.  exec makes it the default again, and tells the new image, which may have inherited the
 * connection, to set it up anew (process/process.c).
 */
#include "sock/call_sigpipe.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "base/raw.h"
#include "socket/sockctl.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static atomic_bool guarded;

/* The socket whose write the signal belongs to: the system call has just returned, its first
 * argument is still there. */
static bool
is_of_write(const siginfo_t *info, const ucontext_t *at, int *ret_fd)
{
	*ret_fd = (int)at->uc_mcontext.gregs[REG_RDI];
	return info->si_code == SI_USER && info->si_pid == raw_call0(SYS_getpid) &&
	       at->uc_mcontext.gregs[REG_RAX] == -EPIPE;
}

static void
on_sigpipe(int signo, siginfo_t *info, void *context)
{
	struct sigaction initial = {.sa_handler = SIG_DFL};
	int fd, saved = errno;
	struct socktag t;

	if (!is_of_write(info, context, &fd) || !socktag_get(fd, &t) || t.dgram ||
	    !sockctl_takes_write(fd, &t)) {
		host.sigaction(signo, &initial, NULL);
		raw_call3(SYS_tgkill, raw_call0(SYS_getpid), raw_call0(SYS_gettid), signo);
	}
	errno = saved;
}

static struct sigaction
guard(void)
{
	struct sigaction act = {.sa_sigaction = on_sigpipe, .sa_flags = SA_SIGINFO | SA_RESTART};

	return act;
}

/* Is the handler ours, which the program does not know of? */
static bool
is_guard(const void *handler)
{
	return handler == (const void *)(uintptr_t)on_sigpipe;
}

void
sigpipe_guard(void)
{
	struct sigaction act = guard(), old;

	if (atomic_load_explicit(&guarded, memory_order_relaxed))
		return;
	atomic_store(&guarded, true);
	if (host.sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		host.sigaction(SIGPIPE, &act, NULL);
}

bool
sigpipe_is_guarded(void)
{
	return atomic_load_explicit(&guarded, memory_order_relaxed);
}

static void
look_at_passed(const struct cmsghdr *c)
{
	struct socktag t;
	int fd;

	for (size_t at = CMSG_LEN(0); at + sizeof fd <= c->cmsg_len; at += sizeof fd) {
		memcpy(&fd, (const char *)c + at, sizeof fd);
		if (socktag_get(fd, &t) && !t.dgram)
			sigpipe_guard();
	}
}

void
sigpipe_received(const struct msghdr *msg)
{
	struct cmsghdr *c = msg->msg_control == NULL ? NULL : CMSG_FIRSTHDR(msg);

	if (c == NULL || sigpipe_is_guarded())
		return;
	for (; c != NULL; c = CMSG_NXTHDR((struct msghdr *)(uintptr_t)msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			look_at_passed(c);
	}
}

/* --- what the program sees --- */

int
hijack_sigaction(int signo, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction mine = guard(), was;
	int ret;

	if (signo != SIGPIPE || !atomic_load(&guarded))
		return host.sigaction(signo, act, old);
	ret = host.sigaction(signo, act != NULL && act->sa_handler == SIG_DFL ? &mine : act, &was);
	if (ret == 0 && is_guard((void *)(uintptr_t)was.sa_handler))
		was = (struct sigaction){.sa_handler = SIG_DFL};
	if (ret == 0 && old != NULL)
		*old = was;
	return ret;
}
HIJACK_EXPORTS(sigaction)

typedef void *set_handler(int signo, void *handler);

static void *
set(int signo, void *handler, set_handler *host_set)
{
	struct sigaction initial = {.sa_handler = SIG_DFL}, old;
	void *was;

	if (signo == SIGPIPE && handler == (void *)SIG_DFL) {
		hijack_sigaction(signo, &initial, &old);
		return (void *)(uintptr_t)old.sa_handler;
	}
	was = host_set(signo, handler);
	return is_guard(was) ? (void *)SIG_DFL : was;
}

void *
hijack_signal(int signo, void *handler)
{
	return set(signo, handler, host.signal);
}
HIJACK_EXPORTS(signal)

void *
hijack_sysv_signal(int signo, void *handler)
{
	return set(signo, handler, host.sysv_signal);
}
HIJACK_EXPORTS(sysv_signal)
