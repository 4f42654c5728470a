/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec: the process in the rump kernel stays, its image is a new one.
 *
 * The connection crosses the host's execve as an open descriptor, its number and what else the new
 * image must know in the environment:
 *
 *	RUMPCLIENT__EXECFD=<socket>,-1        as the genuine library has it: socket and signal
 *descriptor RUMPCLIENT__SESSION=<minor>,<ostype>  the banner is not sent again
 *	RUMP__PARSEDSERVER=<url>              to attach more channels
 *
 * The new image takes these out of its environment and says EXEC (and HELLO).  The server then ends
 * calls of the old image's other threads and closes close-on-exec descriptors.
 *
 * If the new environment names another RUMP_SERVER, nothing is handed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/siglock.h"
#include "client/client.h"
#include "client/handshake.h"
#include "client/pool.h"
#include "client/session.h"

#define NVARS 3
static const char *const var_names[NVARS] = {
    "RUMPCLIENT__EXECFD=", "RUMPCLIENT__SESSION=", "RUMP__PARSEDSERVER="};

/* What exec_prepare returns lies in one mapping, behind this. */
struct prepared {
	size_t size;
	int fd;
	char vars[NVARS][SESSION_URL_MAX + 32];
	char *envp[];
};

static bool
is_ours(const char *var)
{
	for (int i = 0; i < NVARS; i++) {
		if (strncmp(var, var_names[i], strlen(var_names[i])) == 0)
			return true;
	}
	return false;
}

static bool
same_server(char *const envp[])
{
	static const char name[] = "RUMP_SERVER=";

	for (; *envp != NULL; envp++) {
		if (strncmp(*envp, name, sizeof name - 1) == 0)
			return strcmp(*envp + sizeof name - 1, session.env_url) == 0;
	}
	return true;
}

static void
fill_prepared(struct prepared *p, char *const envp[])
{
	char **out = p->envp;

	snprintf(p->vars[0], sizeof p->vars[0], "%s%d,-1", var_names[0], p->fd);
	snprintf(p->vars[1], sizeof p->vars[1], "%s%u,%s", var_names[1], session.server.minor,
	    session.netbsd ? "NetBSD" : "Linux");
	snprintf(p->vars[2], sizeof p->vars[2], "%s%s", var_names[2], session.url);
	for (; *envp != NULL; envp++) {
		if (!is_ours(*envp))
			*out++ = *envp;
	}
	for (int i = 0; i < NVARS; i++)
		*out++ = p->vars[i];
	*out = NULL;
}

int
client_exec_prepare(char *const envp[], char ***ret_envp)
{
	struct prepared *p;
	size_t n = 0, size;
	long map;

	*ret_envp = (char **)(uintptr_t)envp;
	if (!session_is_ready() || !channel_is_ours(session.main) || !same_server(envp))
		return 0;
	while (envp[n] != NULL)
		n++;
	size = sizeof *p + (n + NVARS + 1) * sizeof *p->envp;
	map = raw_call6(
	    SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map < 0 && map > -4096)
		return ENOMEM;
	p = (struct prepared *)map;
	p->size = size;
	p->fd = atomic_load(&session.main->fd);
	fill_prepared(p, envp);
	raw_call3(SYS_fcntl, p->fd, F_SETFD, 0);
	*ret_envp = p->envp;
	return 0;
}

void
client_exec_failed(char *const envp[], char **prepared)
{
	struct prepared *p;

	if (prepared == envp)
		return;
	p = (struct prepared *)((char *)prepared - offsetof(struct prepared, envp));
	raw_call3(SYS_fcntl, p->fd, F_SETFD, FD_CLOEXEC);
	raw_call2(SYS_munmap, p, p->size);
}

/* Takes our variables out of the environment, in place: no allocation, nothing to go wrong. */
static void
clean_environment(void)
{
	char **out = environ;

	for (char **in = environ; *in != NULL; in++) {
		if (!is_ours(*in))
			*out++ = *in;
	}
	*out = NULL;
}

/* The variables are the parent's word, not to be believed further than this. */
static int
parse_handover(int *ret_fd)
{
	const char *execfd = getenv("RUMPCLIENT__EXECFD");
	const char *about = getenv("RUMPCLIENT__SESSION");
	unsigned minor = 4;
	char ostype[8] = "NetBSD";
	int fd, unused;

	if (execfd == NULL || sscanf(execfd, "%d,%d", &fd, &unused) != 2 || fd < 3)
		return EINVAL;
	if (about != NULL &&
	    (sscanf(about, "%u,%7[A-Za-z]", &minor, ostype) != 2 || minor < 4 || minor > 5))
		return EINVAL;
	session.server.minor = minor;
	session.netbsd = strcmp(ostype, "NetBSD") == 0;
	*ret_fd = fd;
	return 0;
}

int
client_exec_adopt(void)
{
	uint64_t mask = siglock_lock(&session.lock);
	struct channel *main = NULL;
	int error, fd;

	error = parse_handover(&fd);
	if (error == 0)
		error = session_find_server();
	if (error == 0)
		error = session_adopt(fd, &main);
	clean_environment();
	if (error == 0) {
		main->handshake = true;
		main->sigmask = mask;
		error = handshake_process(main, WIRE_EXEC);
		if (error == 0)
			session_ready(main);
		else
			pool_discard(main);
	}
	siglock_unlock(&session.lock, mask);
	return error;
}
