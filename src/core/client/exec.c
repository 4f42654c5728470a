/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec: the process in the rump kernel stays, its image is a new one.
 *
 * The connection crosses the host's execve as an open descriptor, its number and what else the new
 * image must know in the environment:
 *
 *	RUMPCLIENT__EXECFD=<socket>,-1          as the genuine library has it (the -1: signals)
 *	RUMPCLIENT__SESSION=<minor>,<ostype>,<process>,<cookie>
 *	                                        the banner is not sent again
 *	RUMP__PARSEDSERVER=<url>                to attach more channels
 *
 * The new image takes these out of its environment and says EXEC (and HELLO).  The server then ends
 * calls of the old image's other threads and closes close-on-exec descriptors.  With 0.5 the image
 * does not wait for the answers before its first call, so one that makes none loses no time.
 *
 * If the new environment names another RUMP_SERVER, nothing is handed over.
 *
 * A program that is not hijacked passes all this on to its children.  They must not take over their
 * parent's connection: hence the number of the process, which exec keeps, and the socket's cookie.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/env.h"
#include "base/raw.h"
#include "base/siglock.h"
#include "client/client.h"
#include "client/handshake.h"
#include "client/pool.h"
#include "client/session.h"

#define NVARS 3
static const char *const var_names[NVARS] = {
    "RUMPCLIENT__EXECFD=", "RUMPCLIENT__SESSION=", "RUMP__PARSEDSERVER="};

#define VAR_MAX (SESSION_URL_MAX + 32)

/* What exec_prepare makes lies in one mapping: the vector, then our variables. */
struct prepared {
	size_t size;
	char vars[NVARS][VAR_MAX];
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
same_name(const char *var, const char *other)
{
	size_t len = strcspn(other, "=") + 1;

	return strncmp(var, other, len) == 0;
}

static bool
is_replaced(const struct client_exec *x, const char *var)
{
	for (int i = 0; i < CLIENT_EXEC_MORE; i++) {
		if (x->more[i] != NULL && same_name(var, x->more[i]))
			return true;
	}
	return false;
}

static bool
adds_nothing(const struct client_exec *x)
{
	for (int i = 0; i < CLIENT_EXEC_MORE; i++) {
		if (x->more[i] != NULL)
			return false;
	}
	return x->fd < 0;
}

static bool
same_server(char *const envp[])
{
	const char *url = env_value(envp, "RUMP_SERVER");

	return url == NULL || strcmp(url, OWN(session).env_url) == 0;
}

/* Which connection, and whose. */
static void
put_owner(struct prepared *p, int fd)
{
	snprintf(p->vars[0], VAR_MAX, "%s%d,-1", var_names[0], fd);
	snprintf(p->vars[1], VAR_MAX, "%s%u,%s,%ld,%" PRIx64, var_names[1],
	    OWN(session).server.minor, OWN(session).netbsd ? "NetBSD" : "Linux",
	    raw_call0(SYS_getpid), channel_ident(fd));
}

static void
fill_prepared(struct prepared *p, const struct client_exec *x)
{
	char **out = p->envp;

	for (char *const *in = x->envp; in != NULL && *in != NULL; in++) {
		if (!is_ours(*in) && !is_replaced(x, *in))
			*out++ = *in;
	}
	for (int i = 0; i < CLIENT_EXEC_MORE; i++) {
		if (x->more[i] != NULL)
			*out++ = (char *)(uintptr_t)x->more[i];
	}
	if (x->fd >= 0) {
		snprintf(p->vars[2], VAR_MAX, "%s%s", var_names[2], OWN(session).url);
		for (int i = 0; i < NVARS; i++)
			*out++ = p->vars[i];
	}
	*out = NULL;
}

/* The connection to hand over: a child's, or our own, of which nothing may be left to be read. */
static int
choose_fd(const struct client_exec *x)
{
	if (!same_server(x->envp))
		return -1;
	if (x->child)
		return x->fd;
	if (atomic_load(&OWN(session).due) == DUE_ANSWERS)
		(void)session_settle();
	if (!session_is_ready() || !channel_is_ours(OWN(session).main))
		return -1;
	return atomic_load(&OWN(session).main->fd);
}

int
client_exec_prepare(struct client_exec *x)
{
	struct prepared *p;
	size_t n = 0, size;

	x->out = x->envp;
	x->fd = choose_fd(x);
	if (adds_nothing(x))
		return 0;
	while (x->envp != NULL && x->envp[n] != NULL)
		n++;
	size = sizeof *p + (n + CLIENT_EXEC_MORE + NVARS + 1) * sizeof *p->envp;
	p = own_map(size);
	if (p == NULL)
		return ENOMEM;
	p->size = size;
	fill_prepared(p, x);
	x->out = p->envp;
	return 0;
}

static struct prepared *
prepared_of(const struct client_exec *x)
{
	return (struct prepared *)((char *)(uintptr_t)x->out - offsetof(struct prepared, envp));
}

void
client_exec_keep(const struct client_exec *x)
{
	if (x->fd < 0)
		return;
	put_owner(prepared_of(x), x->fd);
	raw_call3(SYS_fcntl, x->fd, F_SETFD, 0);
}

void
client_exec_undo(const struct client_exec *x)
{
	struct prepared *p = prepared_of(x);

	if (x->fd >= 0 && !x->child)
		raw_call3(SYS_fcntl, x->fd, F_SETFD, FD_CLOEXEC);
	if (x->out != x->envp)
		own_unmap(p, p->size);
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

/* What RUMPCLIENT__SESSION says of the connection fd; true if it is this process's. */
static bool
parse_session(const char *about, int fd)
{
	unsigned minor;
	char ostype[8];
	uint64_t ident;
	int pid;

	if (sscanf(about, "%u,%7[A-Za-z],%d,%" SCNx64, &minor, ostype, &pid, &ident) != 4 ||
	    minor < 4 || minor > 5 || ident == 0 || channel_ident(fd) != ident)
		return false;
	if (pid != (int)raw_call0(SYS_getpid)) {
		raw_close(fd);
		return false;
	}
	OWN(session).server.minor = minor;
	OWN(session).netbsd = strcmp(ostype, "NetBSD") == 0;
	return true;
}

/* The variables are the parent's word, not to be believed further than this. */
static int
parse_handover(int *ret_fd)
{
	const char *execfd = getenv("RUMPCLIENT__EXECFD");
	const char *about = getenv("RUMPCLIENT__SESSION");
	int fd, unused;

	if (execfd == NULL || sscanf(execfd, "%d,%d", &fd, &unused) != 2 || fd < 3)
		return EINVAL;
	OWN(session).server.minor = 4;
	OWN(session).netbsd = true;
	if (about != NULL && !parse_session(about, fd))
		return EINVAL;
	*ret_fd = fd;
	return 0;
}

int
client_exec_adopt(void)
{
	uint64_t mask = siglock_lock(&OWN(session).lock);
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
		error = handshake_exec_send(main);
		if (error == 0 && OWN(session).server.minor < 5)
			error = handshake_exec_await(main);
		main->handshake = false;
		if (error == 0) {
			atomic_store(&OWN(session).due,
			    OWN(session).server.minor < 5 ? DUE_NOTHING : DUE_ANSWERS);
			session_ready(main);
		} else {
			pool_discard(main);
		}
	}
	siglock_unlock(&OWN(session).lock, mask);
	return error;
}
