/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child's side of posix_spawn, in the order of things that libc has.
 *
 * A child that shares the parent's memory may change nothing in it that outlives the spawn: it
 * makes calls of the host only, and its connection to the rump kernel is a descriptor that it keeps
 * out of the way of the file actions until exec.  One with memory of its own is an ordinary child
 * of a fork, and uses what programs use.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/raw.h"
#include "hijack.h"
#include "ident/parts.h"
#include "process/execute.h"
#include "process/image.h"
#include "process/spawning.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define SIGSET_SIZE 8 /* the host's */
#define HIGH        100

static int
result(long value)
{
	return value < 0 ? (int)-value : 0;
}

/* No handler of the parent may run on this side. */
static void
reset_signals(const sigset_t *defaults)
{
	struct sigaction old, initial = {.sa_handler = SIG_DFL};

	for (int sig = 1; sig < NSIG; sig++) {
		if (defaults != NULL && sigismember(defaults, sig) == 1) {
			host.sigaction(sig, &initial, NULL);
			continue;
		}
		if (host.sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_DFL &&
		    old.sa_handler != SIG_IGN)
			host.sigaction(sig, &initial, NULL);
	}
}

static int
set_scheduling(const posix_spawnattr_t *attr, short flags)
{
	struct sched_param param;
	int policy;

	posix_spawnattr_getschedparam(attr, &param);
	posix_spawnattr_getschedpolicy(attr, &policy);
	if ((flags & POSIX_SPAWN_SETSCHEDULER) != 0)
		return result(raw_call3(SYS_sched_setscheduler, 0, policy, &param));
	if ((flags & POSIX_SPAWN_SETSCHEDPARAM) != 0)
		return result(raw_call2(SYS_sched_setparam, 0, &param));
	return 0;
}

/* With ids that change, the child has memory of its own. */
static int
reset_ids(const struct spawn *s)
{
	if (s->shared)
		return 0;
	if (hijack_setresuid((uid_t)-1, getuid(), (uid_t)-1) != 0)
		return errno;
	return hijack_setresgid((gid_t)-1, getgid(), (gid_t)-1) != 0 ? errno : 0;
}

static int
apply_attributes(const struct spawn *s)
{
	sigset_t defaults;
	pid_t group;
	short flags = 0;
	int error;

	if (s->attr == NULL) {
		reset_signals(NULL);
		return 0;
	}
	posix_spawnattr_getflags(s->attr, &flags);
	posix_spawnattr_getsigdefault(s->attr, &defaults);
	posix_spawnattr_getpgroup(s->attr, &group);
	reset_signals((flags & POSIX_SPAWN_SETSIGDEF) != 0 ? &defaults : NULL);
	error = set_scheduling(s->attr, flags);
	if (error == 0 && (flags & POSIX_SPAWN_SETSID) != 0)
		error = result(raw_call0(SYS_setsid));
	if (error == 0 && (flags & POSIX_SPAWN_SETPGROUP) != 0)
		error = result(raw_call2(SYS_setpgid, 0, group));
	if (error == 0 && (flags & POSIX_SPAWN_RESETIDS) != 0)
		error = reset_ids(s);
	return error;
}

/* The number `fd` is about to be something else's: the connection goes elsewhere. */
static int
make_way(struct spawn *s, int fd)
{
	long other;

	if (!s->shared)
		return client_owns_fd(fd) ? client_vacate_fd(fd) : 0;
	if (fd != s->exec.fd)
		return 0;
	other = raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, fd < HIGH ? HIGH : 3);
	if (other == -EINVAL)
		other = raw_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
	if (other < 0)
		return (int)-other;
	s->exec.fd = (int)other;
	return 0;
}

static bool
is_hidden(const struct spawn *s, int fd)
{
	return client_owns_fd(fd) || (s->shared && fd == s->exec.fd);
}

static int
act_dup2(struct spawn *s, int from, int to)
{
	int error;

	if (is_hidden(s, from))
		return EBADF;
	if (from == to)
		return result(raw_call3(SYS_fcntl, from, F_SETFD, 0));
	error = make_way(s, to);
	return error != 0 ? error : result(raw_call3(SYS_dup3, from, to, 0));
}

/* One that is not open is no error, a number that cannot be is. */
static int
act_close(const struct spawn *s, int fd)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (!is_hidden(s, fd) && raw_close(fd) != 0 && limit >= 0 && fd >= limit)
		return EBADF;
	return 0;
}

/* The number is free before the file is opened, as POSIX has it. */
static int
act_open(struct spawn *s, const struct spawn_action *a)
{
	int error = make_way(s, a->fd);
	long fd;

	if (error != 0)
		return error;
	raw_close(a->fd);
	if (s->shared)
		fd = raw_call4(SYS_openat, AT_FDCWD, a->path, a->flags | O_LARGEFILE, a->mode);
	else if ((fd = hijack_openat(AT_FDCWD, a->path, a->flags, a->mode)) < 0)
		return errno;
	else
		error = parts_need_all((int)fd);
	if (error != 0)
		return error;
	if (fd < 0 || fd == a->fd)
		return result(fd);
	error = result(raw_call3(SYS_dup3, fd, a->fd, 0));
	raw_close((int)fd);
	return error;
}

static int
act_closefrom(const struct spawn *s, unsigned first)
{
	unsigned spared = (unsigned)s->exec.fd;

	if (!s->shared) {
		hijack_closefrom((int)first);
		return 0;
	}
	if (s->exec.fd < 0 || spared < first)
		return result(raw_call3(SYS_close_range, first, ~0u, 0));
	if (spared > first)
		raw_call3(SYS_close_range, first, spared - 1, 0);
	return result(raw_call3(SYS_close_range, spared + 1, ~0u, 0));
}

static int
act_tcsetpgrp(int fd)
{
	pid_t group = (pid_t)raw_call1(SYS_getpgid, 0);

	return result(raw_call3(SYS_ioctl, fd, TIOCSPGRP, &group));
}

static int
act(struct spawn *s, const struct spawn_action *a)
{
	switch (a->kind) {
	case SPAWN_OPEN:
		return act_open(s, a);
	case SPAWN_CLOSE:
		return act_close(s, a->fd);
	case SPAWN_DUP2:
		return act_dup2(s, a->fd, a->to);
	case SPAWN_CHDIR:
		if (s->shared)
			return result(raw_call1(SYS_chdir, a->path));
		return hijack_chdir(a->path) != 0 ? errno : 0;
	case SPAWN_FCHDIR:
		if (s->shared)
			return result(raw_call1(SYS_fchdir, a->fd));
		return hijack_fchdir(a->fd) != 0 ? errno : 0;
	case SPAWN_CLOSEFROM:
		return act_closefrom(s, (unsigned)a->fd);
	case SPAWN_TCSETPGRP:
		return act_tcsetpgrp(a->fd);
	}
	return EINVAL;
}

static void
set_mask(const struct spawn *s)
{
	sigset_t mask;
	short flags = 0;

	if (s->attr != NULL)
		posix_spawnattr_getflags(s->attr, &flags);
	if ((flags & POSIX_SPAWN_SETSIGMASK) == 0) {
		raw_call4(SYS_rt_sigprocmask, SIG_SETMASK, &s->sigmask, NULL, SIGSET_SIZE);
		return;
	}
	posix_spawnattr_getsigmask(s->attr, &mask);
	raw_call4(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SIGSET_SIZE);
}

static int
try_path(const char *path, void *arg)
{
	const struct spawn *s = arg;
	int error;

	if (!s->shared)
		return execute(AT_FDCWD, path, s->argv, s->envp, 0);
	error = (int)-raw_call3(SYS_execve, path, s->argv, s->exec.out);
	if (error != ENOENT || !image_is_rump_script(path))
		return error;
	s->failure->interpreter = true;
	return EAGAIN; /* ends the search */
}

void
spawn_child(struct spawn *s)
{
	const struct spawn_action *list;
	int n, error = apply_attributes(s);

	list = spawn_actions(s->actions, &n);
	for (int i = 0; error == 0 && i < n; i++)
		error = act(s, &list[i]);
	if (error == 0) {
		set_mask(s);
		if (s->shared)
			client_exec_keep(&s->exec);
		error = s->search ? execute_search(s->file, try_path, s) : try_path(s->file, s);
	}
	/* A file action may fail without a reason; the caller needs one. */
	s->failure->error = error != 0 ? error : ECHILD;
}
