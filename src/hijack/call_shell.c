/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * system and popen.  libc's start the shell behind the symbols, with the program's environment as
 * it stands; ours are used while the current directory is in the rump kernel, which only the
 * environment of the shell can tell it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"
#include "hijack.h"
#include "route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static int
spawn_shell(pid_t *pid, const char *command, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr)
{
	char *argv[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};

	return hijack_posix_spawn(pid, "/bin/sh", actions, attr, argv, environ);
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

/* Signals of a program that waits for its shell. */
struct held_signals {
	struct sigaction interrupt, quit;
	sigset_t mask;
};

static void
signals_hold(struct held_signals *held)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t child;

	sigaction(SIGINT, &ignore, &held->interrupt);
	sigaction(SIGQUIT, &ignore, &held->quit);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &held->mask);
}

static void
signals_release(const struct held_signals *held)
{
	sigaction(SIGINT, &held->interrupt, NULL);
	sigaction(SIGQUIT, &held->quit, NULL);
	pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
}

/* The shell gets the signals as they were before they were held. */
static int
attr_init(posix_spawnattr_t *attr, const struct held_signals *held)
{
	sigset_t defaults;
	int error = posix_spawnattr_init(attr);

	if (error != 0)
		return error;
	sigemptyset(&defaults);
	if (held->interrupt.sa_handler != SIG_IGN)
		sigaddset(&defaults, SIGINT);
	if (held->quit.sa_handler != SIG_IGN)
		sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_setsigmask(attr, &held->mask);
	posix_spawnattr_setsigdefault(attr, &defaults);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

int
hijack_system(const char *command)
{
	struct held_signals held;
	posix_spawnattr_t attr;
	pid_t pid;
	int error, status = -1;

	if (command == NULL || !route_cwd_is_rump())
		return host.system(command);
	signals_hold(&held);
	error = attr_init(&attr, &held);
	if (error == 0) {
		error = spawn_shell(&pid, command, NULL, &attr);
		posix_spawnattr_destroy(&attr);
	}
	if (error == 0)
		status = wait_for(pid);
	else
		errno = error;
	error = errno;
	signals_release(&held);
	errno = error;
	return status;
}
HIJACK_EXPORTS(system)

/* Streams of our popen that are open. */
struct piped {
	struct piped *next;
	FILE *stream;
	pid_t pid;
};

static struct piped *all_piped;
static pthread_mutex_t piped_lock = PTHREAD_MUTEX_INITIALIZER;

/* Starts the shell with `end` of a pipe as its descriptor `fd`. */
static int
start_piped(struct piped *p, const char *command, int end, int fd)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, end, fd);
	if (error == 0)
		error = spawn_shell(&p->pid, command, &actions, NULL);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static void
remember_piped(struct piped *p)
{
	pthread_mutex_lock(&piped_lock);
	p->next = all_piped;
	all_piped = p;
	pthread_mutex_unlock(&piped_lock);
}

FILE *
hijack_popen(const char *command, const char *mode)
{
	bool reading = *mode == 'r';
	struct piped *p;
	int fds[2], error;

	if (!route_cwd_is_rump() || (*mode != 'r' && *mode != 'w'))
		return host.popen(command, mode);
	p = malloc(sizeof *p);
	if (p == NULL)
		return NULL;
	error = pipe2(fds, O_CLOEXEC) == 0 ? 0 : errno;
	if (error != 0)
		goto free_piped;
	p->stream = fdopen(fds[!reading], reading ? "r" : "w");
	error = p->stream == NULL ? errno : 0;
	if (error != 0) {
		raw_close(fds[!reading]);
		goto close_end;
	}
	error = start_piped(p, command, fds[reading], reading ? 1 : 0);
	if (error != 0) {
		fclose(p->stream);
		goto close_end;
	}
	if (strchr(mode, 'e') == NULL)
		raw_call3(SYS_fcntl, fileno(p->stream), F_SETFD, 0);
	remember_piped(p);
	raw_close(fds[reading]);
	return p->stream;

close_end:
	raw_close(fds[reading]);
free_piped:
	free(p);
	errno = error;
	return NULL;
}
HIJACK_EXPORTS(popen)

/* Takes the stream off the list: its process, or -1. */
static pid_t
forget_piped(FILE *stream)
{
	struct piped **at, *p;
	pid_t pid = -1;

	pthread_mutex_lock(&piped_lock);
	for (at = &all_piped; (p = *at) != NULL; at = &p->next) {
		if (p->stream == stream) {
			*at = p->next;
			pid = p->pid;
			free(p);
			break;
		}
	}
	pthread_mutex_unlock(&piped_lock);
	return pid;
}

int
hijack_pclose(FILE *stream)
{
	pid_t pid = forget_piped(stream);

	if (pid < 0)
		return host.pclose(stream);
	fclose(stream);
	return wait_for(pid);
}
HIJACK_EXPORTS(pclose)
