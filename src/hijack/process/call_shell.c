/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * system: a shell by our posix_spawn, so that it is our child in the rump kernel, too, and begins
 * in the current directory.  libc's own starts it behind the symbols.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"
#include "hijack.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* SIGINT and SIGQUIT are ignored while any thread waits for its shell. */
static struct {
	pthread_mutex_t lock;
	unsigned waiting;
	struct sigaction interrupt, quit; /* as they were */
} held = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct shell {
	pid_t pid;
	sigset_t mask; /* the program's */
};

static void
signals_hold(sigset_t *ret_mask)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t child;

	sigemptyset(&ignore.sa_mask);
	pthread_mutex_lock(&held.lock);
	if (held.waiting++ == 0) {
		host.sigaction(SIGINT, &ignore, &held.interrupt);
		host.sigaction(SIGQUIT, &ignore, &held.quit);
	}
	pthread_mutex_unlock(&held.lock);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, ret_mask);
}

static void
signals_release(const sigset_t *mask)
{
	pthread_mutex_lock(&held.lock);
	if (--held.waiting == 0) {
		host.sigaction(SIGINT, &held.interrupt, NULL);
		host.sigaction(SIGQUIT, &held.quit, NULL);
	}
	pthread_mutex_unlock(&held.lock);
	pthread_sigmask(SIG_SETMASK, mask, NULL);
}

/* The shell gets the signals as they were before they were held. */
static int
attr_init(posix_spawnattr_t *attr, const sigset_t *mask)
{
	sigset_t defaults;
	int error = posix_spawnattr_init(attr);

	if (error != 0)
		return error;
	sigemptyset(&defaults);
	if (held.interrupt.sa_handler != SIG_IGN)
		sigaddset(&defaults, SIGINT);
	if (held.quit.sa_handler != SIG_IGN)
		sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_setsigmask(attr, mask);
	posix_spawnattr_setsigdefault(attr, &defaults);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int
start_shell(struct shell *sh, const char *command)
{
	char *argv[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
	posix_spawnattr_t attr;
	int error = attr_init(&attr, &sh->mask);

	if (error == 0) {
		error = hijack_posix_spawn(&sh->pid, "/bin/sh", NULL, &attr, argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	return error;
}

/* A thread that is cancelled while it waits takes its shell along. */
static void
cancelled(void *arg)
{
	const struct shell *sh = arg;

	kill(sh->pid, SIGKILL);
	while (raw_call4(SYS_wait4, sh->pid, NULL, 0, NULL) == -EINTR)
		continue;
	signals_release(&sh->mask);
}

static int
wait_for(struct shell *sh)
{
	int status, rc;

	pthread_cleanup_push(cancelled, sh);
	do
		rc = waitpid(sh->pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	pthread_cleanup_pop(0);
	return rc < 0 ? -1 : status;
}

static int
run_shell(const char *command)
{
	struct shell sh;
	int error, status;

	signals_hold(&sh.mask);
	error = start_shell(&sh, command);
	if (error == 0) {
		status = wait_for(&sh);
		error = errno;
	} else {
		status = W_EXITCODE(127, 0); /* as if the shell had said so */
	}
	signals_release(&sh.mask);
	errno = error;
	return status;
}

int
hijack_system(const char *command)
{
	if (command == NULL)
		return run_shell("exit 0") == 0;
	return run_shell(command);
}
HIJACK_EXPORTS(system)
