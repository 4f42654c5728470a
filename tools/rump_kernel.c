/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private kernel: rump_server in the foreground mode, as our child, in a session of its own (so
 * that the terminal's signals do not reach it), and told to end if we do.
 */
#include <err.h>
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rump_tool.h"

#define START_MS_MAX 10000
#define HALT_MS_MAX  5000
#define RETRY_MS     2

static void
make_directory(struct kernel *k)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	if (base == NULL || access(base, W_OK | X_OK) != 0)
		base = getenv("TMPDIR");
	if (base == NULL)
		base = "/tmp";
	snprintf(k->dir, sizeof k->dir, "%s/rump.XXXXXX", base);
	if (mkdtemp(k->dir) == NULL)
		err(EXIT_SYSTEM, "%s", k->dir);
	snprintf(k->url, sizeof k->url, "unix://%s/kernel", k->dir);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static _Noreturn void
exec_server(const struct kernel *k, pid_t parent, const struct kernel_options *o)
{
	const char *argv[KERNEL_OPTIONS_MAX + 4] = {"rump_server", "-s"};
	unsigned argc = 2;
	char path[PATH_MAX];
	sigset_t none;

	for (unsigned i = 0; i < o->nwords; i++)
		argv[argc++] = o->words[i];
	argv[argc] = k->url;

	tool_find_program("rump_server", path);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_SYSTEM);
	execv(path, (char *const *)argv);
	warn("%s", path);
	_exit(EXIT_SYSTEM);
}

/* Does somebody accept connections at the kernel's address? */
static bool
is_ready(const struct kernel *k)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int s, error;

	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		err(EXIT_SYSTEM, "socket");
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/kernel", k->dir);
	error = connect(s, (struct sockaddr *)&sun, sizeof sun);
	close(s);
	return error == 0;
}

static bool
has_ended(const struct kernel *k, int timeout_ms)
{
	struct pollfd pfd = {.fd = k->pidfd, .events = POLLIN};

	return poll(&pfd, 1, timeout_ms) == 1;
}

void
kernel_start(struct kernel *k, const struct kernel_options *o)
{
	pid_t parent = getpid();

	make_directory(k);
	if (strlen(k->dir) + sizeof "/kernel" > sizeof((struct sockaddr_un *)NULL)->sun_path) {
		rmdir(k->dir);
		errx(EXIT_SYSTEM, "%s: too long for a socket's path: set TMPDIR", k->dir);
	}
	k->pid = fork();
	if (k->pid == -1)
		err(EXIT_SYSTEM, "fork");
	if (k->pid == 0)
		exec_server(k, parent, o);
	k->pidfd = (int)syscall(SYS_pidfd_open, k->pid, 0);
	if (k->pidfd == -1)
		err(EXIT_SYSTEM, "pidfd_open");
	for (int waited_ms = 0; !is_ready(k); waited_ms += RETRY_MS) {
		if (has_ended(k, RETRY_MS) || waited_ms >= START_MS_MAX) {
			kernel_stop(k);
			errx(EXIT_SYSTEM, "the kernel did not start");
		}
	}
}

void
kernel_stop(struct kernel *k)
{
	kill(k->pid, SIGTERM);
	if (!has_ended(k, HALT_MS_MAX)) {
		warnx("the kernel did not halt: killed");
		kill(k->pid, SIGKILL);
	}
	while (waitpid(k->pid, NULL, 0) == -1 && errno == EINTR)
		;
	close(k->pidfd);
	k->pid = 0;
	nftw(k->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
