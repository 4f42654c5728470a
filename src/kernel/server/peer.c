/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers, as SO_PEERCRED, SO_PEERGROUPS and /proc tell.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "server.h"

int
peer_identify(int fd, bool local, struct peer *peer)
{
	struct ucred uc;
	socklen_t len = sizeof uc;

	*peer = (struct peer){.local = local, .uid = geteuid(), .gid = getegid()};
	if (!local)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &uc, &len) != 0)
		return errno;
	if (uc.uid != 0 && uc.uid != geteuid()) {
		server_warn("pid %d of uid %d refused: this kernel serves uid %d", (int)uc.pid,
		    (int)uc.uid, (int)geteuid());
		return EPERM;
	}
	peer->pid = uc.pid;
	peer->uid = uc.uid;
	peer->gid = uc.gid;
	return 0;
}

void
peer_cred(int fd, const struct peer *peer, struct cred *c)
{
	socklen_t len = sizeof c->groups;

	c->ruid = c->euid = c->suid = c->fsuid = peer->uid;
	c->rgid = c->egid = c->sgid = c->fsgid = peer->gid;
	c->ngroups = 0;
	if (peer->local && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, c->groups, &len) == 0)
		c->ngroups = (unsigned)(len / sizeof c->groups[0]);
}

/* The start of /proc/PID/name as a string; false if it cannot be read. */
static bool
read_proc(pid_t pid, const char *name, char *buf, size_t size)
{
	CLEANUP_FD int fd = -1;
	char path[64];
	ssize_t n;

	if (pid <= 0)
		return false;
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

bool
peer_cpu(pid_t pid, unsigned *ret)
{
	enum { FIELDS_AFTER_COMM = 37 }; /* proc(5): comm is field 2, processor field 39 */
	char buf[1024];
	const char *p;

	if (!read_proc(pid, "stat", buf, sizeof buf))
		return false;
	p = strrchr(buf, ')'); /* comm may contain anything */
	for (int i = 0; p != NULL && i < FIELDS_AFTER_COMM; i++)
		p = strchr(p + 1, ' ');
	if (p == NULL)
		return false;
	*ret = (unsigned)strtoul(p + 1, NULL, 10);
	return true;
}
