/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpclient(3): fork, exec, daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"
#include "rump/rumpclient.h"

struct rumpclient_fork {
	struct client_fork f;
};

/* errno = error, unless that is 0. */
static int
result(int error)
{
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

struct rumpclient_fork *
rumpclient_prefork(void)
{
	struct rumpclient_fork *rf = malloc(sizeof *rf);

	if (rf == NULL)
		return NULL;
	if (result(client_prefork_cookie(&rf->f)) == 0)
		return rf;
	free(rf);
	return NULL;
}

int
rumpclient_fork_init(struct rumpclient_fork *rf)
{
	int error = client_fork_child(&rf->f);

	free(rf);
	return result(error);
}

void
rumpclient_fork_vparent(struct rumpclient_fork *rf)
{
	client_fork_parent(&rf->f);
	free(rf);
}

void
rumpclient_fork_cancel(struct rumpclient_fork *rf)
{
	client_fork_cancel(&rf->f);
	free(rf);
}

pid_t
rumpclient_fork(void)
{
	struct client_fork f;
	pid_t pid;

	if (result(client_prefork(&f)) != 0)
		return -1;
	pid = fork();
	if (pid > 0) {
		client_fork_parent(&f);
	} else if (pid < 0) {
		int error = errno;

		client_fork_cancel(&f);
		errno = error;
	} else if (client_fork_child(&f) != 0) {
		/* A child without its process would be another program than it believes. */
		_exit(1);
	}
	return pid;
}

pid_t
rumpclient_vfork(void)
{
	return rumpclient_fork();
}

int
rumpclient_exec(const char *path, char *const argv[], char *const envp[])
{
	struct client_exec x = {.envp = envp, .fd = -1};
	int error = client_exec_prepare(&x);

	if (error != 0)
		return result(error);
	client_exec_keep(&x);
	execve(path, argv, x.out);
	error = errno;
	client_exec_undo(&x);
	return result(error);
}

int
rumpclient_daemon(int nochdir, int noclose)
{
	pid_t pid = rumpclient_fork();
	int null;

	if (pid < 0)
		return -1;
	if (pid > 0)
		_exit(0);
	if (setsid() < 0 || (!nochdir && chdir("/") != 0))
		return -1;
	if (noclose)
		return 0;
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		return -1;
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	return 0;
}
