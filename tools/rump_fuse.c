/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting the program that serves a FUSE file system. */
#include "rump_fuse.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rump_tool.h"

#define PRELOAD "librumpfuse.so"

int
fuse_split(char *command, char *words[FUSE_ARGS_MAX])
{
	char *to = command, quote = '\0';
	unsigned n = 0;
	bool in_word = false;

	for (const char *p = command; *p != '\0'; p++) {
		bool blank = quote == '\0' && strchr(" \t\n", *p) != NULL;

		if (!blank && !in_word) {
			if (n == FUSE_ARGS_MAX - 1)
				return -1;
			words[n++] = to;
		} else if (blank && in_word) {
			*to++ = '\0';
		}
		in_word = !blank;
		if (quote == '\0' && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (*p == quote && quote != '\0')
			quote = '\0';
		else if (!blank)
			*to++ = *p;
	}
	*to = '\0';
	words[n] = NULL;
	return quote == '\0' ? 0 : -1;
}

/* What is in our directory. */
static const char *
inside(const struct fuse_program *p, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", p->dir, name);
	return path;
}

/* The more the program's socket takes the better; root may have what it wants.  Returns the bytes
 * of a file that a reply can carry. */
static unsigned
widen(int fd)
{
	int size = 4 << 20;
	socklen_t len = sizeof size;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len) != 0 || size < 3 << 20)
		return 128 << 10;
	return 1 << 20;
}

/* A socket that the kernel will find in a directory of our own. */
static int
listen_privately(struct fuse_program *p)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	char path[PATH_MAX];

	strcpy(p->dir, "/tmp/rump-fuse-XXXXXX");
	if (fd == -1 || mkdtemp(p->dir) == NULL)
		err(EXIT_SYSTEM, "%s", p->dir);
	strcpy(sun.sun_path, inside(p, "fuse", path));
	/* Some programs take its mode for that of their root. */
	if (mkdir(inside(p, "mnt", path), 0755) != 0)
		err(EXIT_SYSTEM, "%s", path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof sun) != 0 || listen(fd, 1) != 0)
		err(EXIT_SYSTEM, "%s", sun.sun_path);
	sprintf(p->options, "socket=%s,max_read=%u", sun.sun_path, widen(fd));
	return fd;
}

/* The arguments with the mount point. */
static void
place_mount_point(char *const argv[], char *point, const char *args[FUSE_ARGS_MAX])
{
	bool placed = false;
	unsigned n = 0;

	for (; argv[n] != NULL && n < FUSE_ARGS_MAX - 2; n++) {
		args[n] = argv[n];
		if (strcmp(argv[n], "{}") == 0) {
			args[n] = point;
			placed = true;
		}
	}
	if (!placed)
		args[n++] = point;
	args[n] = NULL;
}

/* In front of what is preloaded anyway; not the hijacker: the program belongs to the host. */
static void
set_environment(int fd, const char *point)
{
	char number[16], path[PATH_MAX];

	tool_find_library(PRELOAD, path);
	sprintf(number, "%d", fd);
	setenv("RUMP_FUSE_FD", number, 1);
	setenv("RUMP_FUSE_POINT", point, 1);
	setenv("LD_PRELOAD", path, 1);
}

static _Noreturn void
run(const struct fuse_program *p, char *const argv[], int listener)
{
	const char *args[FUSE_ARGS_MAX];
	char point[PATH_MAX];
	sigset_t none;
	int fd = accept(listener, NULL, NULL); /* inherited: not close-on-exec */

	if (fd == -1)
		err(EXIT_SYSTEM, "accept");
	widen(fd);
	prctl(PR_SET_PDEATHSIG, 0);
	setsid(); /* the terminal's signals are for whoever mounted it */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (check_program(argv[0]) != NULL)
		snprintf(point, sizeof point, "/dev/fd/%d", fd);
	else
		inside(p, "mnt", point);
	place_mount_point(argv, point, args);
	set_environment(fd, point);
	/* What our caller had open would stay open for as long as the program runs. */
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
	execvp(args[0], (char *const *)args);
	warn("%s", args[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

void
fuse_program_start(struct fuse_program *p, char *const argv[])
{
	int listener = listen_privately(p);
	pid_t parent = getpid();

	p->pid = fork();
	if (p->pid == -1)
		err(EXIT_SYSTEM, "fork");
	if (p->pid == 0) {
		/* If we end before the kernel came, nobody will. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_SYSTEM);
		run(p, argv, listener);
	}
	close(listener);
}

void
fuse_program_mounted(struct fuse_program *p, int failed)
{
	char path[PATH_MAX];
	int status;

	unlink(inside(p, "fuse", path));
	rmdir(inside(p, "mnt", path));
	rmdir(p->dir);
	if (!failed)
		return;
	/* What it had to say it said itself, on standard error. */
	kill(p->pid, SIGTERM);
	waitpid(p->pid, &status, 0);
}
