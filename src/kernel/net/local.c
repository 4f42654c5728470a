/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of AF_UNIX sockets.
 *
 * Each bound socket has an entry: the name the program gave it and the host name of the host
 * socket. A path is a node in the file system with the entry hung on it; the node outlives the
 * socket, as on Linux, and then the host refuses connections.  The entry outlives the node, so that
 * getsockname still answers; it goes when both are gone, which a sweep finds.
 */
#include "net/local.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "kern/proc.h"
#include "net/local_table.h"
#include "vfs/vfs.h"

#define PATH_OFFSET  offsetof(struct sockaddr_un, sun_path)
#define AUTOBIND_MAX 0x100000 /* names of five hexadecimal digits */

static int
claim_abstract(const struct local_sockaddr *sa)
{
	if (local_find_abstract(&sa->un, sa->len, sa->type) == NULL)
		return 0;
	local_sweep();
	return local_find_abstract(&sa->un, sa->len, sa->type) == NULL ? 0 : EADDRINUSE;
}

static int
claim_any(struct local_sockaddr *sa)
{
	static unsigned next;

	sa->un.sun_family = AF_UNIX;
	sa->len = PATH_OFFSET + 6;
	for (unsigned i = 0; i < AUTOBIND_MAX; i++) {
		sa->un.sun_path[0] = '\0';
		snprintf(sa->un.sun_path + 1, 6, "%05x", next);
		next = (next + 1) % AUTOBIND_MAX;
		if (local_find_abstract(&sa->un, sa->len, sa->type) == NULL)
			return 0;
	}
	return ENOSPC;
}

int
local_sockaddr_of(
    const struct sockaddr_storage *ss, size_t len, int type, struct local_sockaddr *ret)
{
	if (len > sizeof ret->un)
		return EINVAL;
	*ret = (struct local_sockaddr){.len = len, .type = type};
	memcpy(&ret->un, ss, len);
	return 0;
}

/* The path with its NUL, whatever the program sent along. */
static void
path_of(const struct local_sockaddr *sa, char path[SOCKNAME_MAX + 1])
{
	size_t len = sa->len - PATH_OFFSET;

	memcpy(path, sa->un.sun_path, len);
	path[len] = '\0';
}

static int
check_form(const struct local_sockaddr *sa, size_t len_min)
{
	return sa->len < len_min || sa->len > sizeof sa->un || sa->un.sun_family != AF_UNIX ? EINVAL
											    : 0;
}

static int
bind_path(struct lwp *l, int fd, const struct local_sockaddr *sa, struct local **ret)
{
	char path[SOCKNAME_MAX + 1];
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct vnode *vn;
	struct stat st;
	int error;

	if (fstat(fd, &st) != 0) /* fchmod(2) before bind(2) chooses the node's mode */
		return errno;
	path_of(sa, path);
	memcpy(un.sun_path, path, strnlen(path, sizeof un.sun_path));
	error = local_new(&un, PATH_OFFSET + strlen(path) + 1, sa->type, ret);
	if (error != 0)
		return error;
	error = vfs_mksocket(l, path, st.st_mode, *ret, local_reclaim, &vn);
	if (error != 0) {
		local_free(*ret);
		return error;
	}
	(*ret)->has_node = true;
	vnode_unref(vn);
	return 0;
}

static int
bind_abstract(const struct local_sockaddr *sa, struct local **ret)
{
	struct local_sockaddr any = *sa;
	int error;

	if (sa->len == PATH_OFFSET)
		error = claim_any(&any);
	else
		error = claim_abstract(sa);
	return error != 0 ? error : local_new(&any.un, any.len, any.type, ret);
}

/* Is there already something of this path?  Then that is what bind fails with. */
static bool
is_taken(struct lwp *l, const struct local_sockaddr *sa)
{
	char path[SOCKNAME_MAX + 1];
	struct vnode *vn;

	if (sa->len == PATH_OFFSET || local_is_abstract(&sa->un, sa->len))
		return false;
	path_of(sa, path);
	if (vfs_lookup(l, (uint64_t)(int64_t)AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &vn) != 0)
		return false;
	vnode_unref(vn);
	return true;
}

int
local_bind(struct lwp *l, int fd, const struct local_sockaddr *sa)
{
	struct sockhost name;
	struct local *e;
	int error;

	error = check_form(sa, PATH_OFFSET);
	if (error == 0)
		error = sockhost_name(fd, false, &name);
	if (error != 0)
		return error;
	if (name.un.sun_family != AF_UNIX)
		return EINVAL;
	if (sockhost_path_len(&name) > 0 && sa->len == PATH_OFFSET)
		return 0; /* any name: it has one */
	if (sockhost_path_len(&name) > 0)
		return is_taken(l, sa) ? EADDRINUSE : EINVAL;
	local_tidy();
	if (sa->len == PATH_OFFSET || local_is_abstract(&sa->un, sa->len))
		error = bind_abstract(sa, &e);
	else
		error = bind_path(l, fd, sa, &e);
	if (error != 0)
		return error;
	sockhost_from(&name, e->host, strlen(e->host));
	return sockhost_bind(fd, &name);
}

static int
find_path(struct lwp *l, const struct local_sockaddr *sa, struct local **ret)
{
	char path[SOCKNAME_MAX + 1];
	struct vnode *vn;
	int error;

	path_of(sa, path);
	error = vfs_lookup(l, (uint64_t)(int64_t)AT_FDCWD, path, 0, &vn);
	if (error != 0)
		return error;
	error = vnode_access(vn, &l->proc->cred, W_OK);
	*ret = vnode_socket(vn);
	if (error == 0 && *ret == NULL)
		error = ECONNREFUSED;
	vnode_unref(vn);
	return error;
}

int
local_connect(struct lwp *l, const struct local_sockaddr *sa, struct deleg_reply *reply)
{
	struct local *e;
	int error = check_form(sa, PATH_OFFSET + 1);

	*reply = (struct deleg_reply){0};
	if (error != 0)
		return error;
	if (local_is_abstract(&sa->un, sa->len)) {
		e = local_find_abstract(&sa->un, sa->len, sa->type);
		error = e == NULL ? ECONNREFUSED : 0;
	} else {
		error = find_path(l, sa, &e);
	}
	if (error != 0)
		return error;
	reply->connect_len = (uint8_t)strlen(e->host);
	memcpy(reply->connect, e->host, reply->connect_len);
	return 0;
}

int
local_name(const struct sockhost *host, struct sockaddr_un *ret, socklen_t *ret_len)
{
	struct sockname n = sockname_parse(host);
	struct local *e = n.kind == SOCKNAME_LOCAL ? local_by_seq(n.seq) : NULL;

	if (e == NULL)
		return ENOENT;
	*ret = e->un;
	*ret_len = e->len;
	return 0;
}
