/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork and what is made of it.  The rump kernel makes the child's process before the host does
 * (prefork), so the child's first call finds it.  vfork and clone: call_vfork.c, call_clone.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <utmp.h>

#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "process/call_fork.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

pid_t
fork_both(pid_t (*host_fork)(void))
{
	struct client_fork f;
	pid_t pid;
	int error;

	(void)client_prefork(&f);
	pid = host_fork();
	if (pid == 0) {
		(void)client_fork_child(&f);
	} else if (pid > 0) {
		client_fork_parent(&f);
	} else {
		error = errno;
		client_fork_cancel(&f);
		errno = error;
	}
	return pid;
}

pid_t
hijack_fork(void)
{
	return fork_both(host.fork);
}
HIJACK_EXPORTS(fork)

pid_t
hijack__Fork(void)
{
	return fork_both(host._Fork);
}
HIJACK_EXPORTS(_Fork)

static __thread const long *clone_words; /* number and arguments, for raw_clone */

static pid_t
raw_clone(void)
{
	const long *w = clone_words;
	long pid = raw_call5(w[0], w[1], w[2], w[3], w[4], w[5]);

	return pid < 0 ? hijack_fail((int)-pid) : (pid_t)pid;
}

pid_t
fork_by_number(const long words[6])
{
	clone_words = words;
	return fork_both(raw_clone);
}

int
hijack_daemon(int nochdir, int noclose)
{
	int null;

	switch (hijack_fork()) {
	case -1:
		return -1;
	case 0:
		break;
	default:
		raw_call1(SYS_exit_group, 0);
	}
	if (setsid() < 0)
		return -1;
	if (nochdir == 0)
		(void)hijack_chdir("/");
	if (noclose != 0)
		return 0;
	null = host.openat(AT_FDCWD, "/dev/null", O_RDWR);
	if (null < 0)
		return -1;
	for (int fd = 0; fd <= 2; fd++)
		(void)hijack_dup2(null, fd);
	if (null > 2)
		raw_close(null);
	return 0;
}
HIJACK_EXPORTS(daemon)

int
hijack_forkpty(int *master, char *name, const struct termios *tio, const struct winsize *win)
{
	int slave;
	pid_t pid;

	if (openpty(master, &slave, name, tio, win) < 0)
		return -1;
	pid = hijack_fork();
	if (pid == 0) {
		raw_close(*master);
		if (login_tty(slave) != 0)
			_exit(1);
		return 0;
	}
	raw_close(slave);
	if (pid < 0)
		raw_close(*master);
	return pid;
}
HIJACK_EXPORTS(forkpty)
