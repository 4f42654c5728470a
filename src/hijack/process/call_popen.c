/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * popen and pclose: a shell by our posix_spawn.  A shell does not inherit the streams of others.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "hijack.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

struct piped {
	struct piped *next;
	FILE *stream;
	int fd;
	pid_t pid;
};

static struct piped *all_piped;
static pthread_mutex_t piped_lock = PTHREAD_MUTEX_INITIALIZER;

/* What the letters of popen's mode ask for; false: nothing that there is. */
static bool
parse_mode(const char *mode, bool *ret_reading, bool *ret_cloexec)
{
	bool r = false, w = false;

	*ret_cloexec = false;
	for (; *mode != '\0'; mode++) {
		r = r || *mode == 'r';
		w = w || *mode == 'w';
		*ret_cloexec = *ret_cloexec || *mode == 'e';
		if (*mode != 'r' && *mode != 'w' && *mode != 'e')
			return false;
	}
	*ret_reading = r;
	return r != w;
}

/* The shell has `end` of the pipe as its descriptor `fd`, and none of the other streams. */
static int
add_actions(posix_spawn_file_actions_t *actions, int end, int fd)
{
	int error = hijack_posix_spawn_file_actions_adddup2(actions, end, fd);

	for (const struct piped *p = all_piped; p != NULL && error == 0; p = p->next) {
		if (p->fd != fd)
			error = hijack_posix_spawn_file_actions_addclose(actions, p->fd);
	}
	return error;
}

/* Starts the shell and enters p into the list. */
static int
start_piped(struct piped *p, const char *command, int end, int fd)
{
	char *argv[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
	posix_spawn_file_actions_t actions;
	int error;

	hijack_posix_spawn_file_actions_init(&actions);
	pthread_mutex_lock(&piped_lock);
	error = add_actions(&actions, end, fd);
	if (error == 0)
		error = hijack_posix_spawn(&p->pid, "/bin/sh", &actions, NULL, argv, environ);
	if (error == 0) {
		p->next = all_piped;
		all_piped = p;
	}
	pthread_mutex_unlock(&piped_lock);
	hijack_posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int
open_piped(struct piped *p, const char *command, bool reading, bool cloexec)
{
	CLEANUP_FD int shells = -1;
	int fds[2], error;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return errno;
	shells = fds[reading];
	p->fd = fds[!reading];
	p->stream = host.fdopen(p->fd, reading ? "r" : "w");
	if (p->stream == NULL) {
		error = errno;
		raw_close(p->fd);
		return error;
	}
	error = start_piped(p, command, shells, reading);
	if (error != 0)
		host.fclose(p->stream);
	else if (!cloexec)
		raw_call3(SYS_fcntl, p->fd, F_SETFD, 0);
	return error;
}

FILE *
hijack_popen(const char *command, const char *mode)
{
	bool reading, cloexec;
	struct piped *p;
	int error = EINVAL;

	if (parse_mode(mode, &reading, &cloexec)) {
		p = malloc(sizeof *p);
		error = p == NULL ? ENOMEM : open_piped(p, command, reading, cloexec);
		if (error == 0)
			return p->stream;
		free(p);
	}
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
	int status, rc;

	if (pid < 0)
		return host.pclose(stream);
	host.fclose(stream);
	do
		rc = waitpid(pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -1 : status;
}
HIJACK_EXPORTS(pclose)
