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

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#include "kern/proc.h"
#include "net/hostnames.h"
#include "vfs/vfs.h"

#define PATH_OFFSET  offsetof(struct sockaddr_un, sun_path)
#define AUTOBIND_MAX 0x100000 /* names of five hexadecimal digits */
#define TIDY_MIN     64

struct local {
	LIST_ENTRY(local) all;
	uint64_t seq;
	struct sockaddr_un un;
	socklen_t len;
	bool has_node;
	bool alive; /* as of the last sweep */
	char host[SOCKNAME_MAX];
};
static LIST_HEAD(, local) all = LIST_HEAD_INITIALIZER(all);
static unsigned count, made;
static bool closing; /* the kernel halts: what still has a node goes with it */

static bool
is_abstract(const struct sockaddr_un *un, size_t len)
{
	return len > PATH_OFFSET && un->sun_path[0] == '\0';
}

static struct local *
by_seq(uint64_t seq)
{
	struct local *e;

	LIST_FOREACH (e, &all, all)
		if (e->seq == seq)
			return e;
	return NULL;
}

static void
entry_free(struct local *e)
{
	unlink(e->host);
	LIST_REMOVE(e, all);
	count--;
	free(e);
}

static int
entry_new(const struct sockaddr_un *un, size_t len, struct local **ret)
{
	struct local *e = calloc(1, sizeof *e);
	struct sockhost name;

	if (e == NULL)
		return ENOMEM;
	e->seq = hostnames_seq();
	e->un = *un;
	e->len = (socklen_t)len;
	e->alive = true;
	sockname_local(&name, hostnames_dir(), e->seq);
	memcpy(e->host, name.un.sun_path, sockhost_path_len(&name));
	LIST_INSERT_HEAD(&all, e, all);
	count++;
	made++;
	*ret = e;
	return 0;
}

static void
seen(void *arg, const struct sockname *n, bool connected)
{
	struct local *e = n->kind == SOCKNAME_LOCAL ? by_seq(n->seq) : NULL;

	(void)arg;
	(void)connected;
	if (e != NULL)
		e->alive = true;
}

static void
sweep(void)
{
	struct local *e, *next;

	LIST_FOREACH (e, &all, all)
		e->alive = false;
	if (hostnames_scan(seen, NULL) != 0)
		return;
	for (e = LIST_FIRST(&all); e != NULL; e = next) {
		next = LIST_NEXT(e, all);
		if (!e->alive && !e->has_node)
			entry_free(e);
	}
	made = 0;
}

static void
reclaim(void *data)
{
	struct local *e = data;

	e->has_node = false;
	if (closing)
		entry_free(e);
}

static struct local *
find_abstract(const struct sockaddr_un *un, size_t len)
{
	struct local *e;

	LIST_FOREACH (e, &all, all)
		if (e->len == len && is_abstract(&e->un, e->len) &&
		    memcmp(e->un.sun_path, un->sun_path, len - PATH_OFFSET) == 0)
			return e;
	return NULL;
}

static int
claim_abstract(const struct sockaddr_un *un, size_t len)
{
	if (find_abstract(un, len) == NULL)
		return 0;
	sweep();
	return find_abstract(un, len) == NULL ? 0 : EADDRINUSE;
}

static int
claim_any(struct sockaddr_un *un, size_t *len)
{
	static unsigned next;

	un->sun_family = AF_UNIX;
	*len = PATH_OFFSET + 6;
	for (unsigned i = 0; i < AUTOBIND_MAX; i++) {
		un->sun_path[0] = '\0';
		snprintf(un->sun_path + 1, 6, "%05x", next);
		next = (next + 1) % AUTOBIND_MAX;
		if (find_abstract(un, *len) == NULL)
			return 0;
	}
	return ENOSPC;
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
bind_path(struct lwp *l, const struct local_sockaddr *sa, struct local **ret)
{
	char path[SOCKNAME_MAX + 1];
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct vnode *vn;
	int error;

	path_of(sa, path);
	memcpy(un.sun_path, path, strnlen(path, sizeof un.sun_path));
	error = entry_new(&un, PATH_OFFSET + strlen(path) + 1, ret);
	if (error != 0)
		return error;
	error = vfs_mksocket(l, path, *ret, reclaim, &vn);
	if (error != 0) {
		entry_free(*ret);
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
		error = claim_any(&any.un, &any.len);
	else
		error = claim_abstract(&sa->un, sa->len);
	return error != 0 ? error : entry_new(&any.un, any.len, ret);
}

/* Is there already something of this path?  Then that is what bind fails with. */
static bool
is_taken(struct lwp *l, const struct local_sockaddr *sa)
{
	char path[SOCKNAME_MAX + 1];
	struct vnode *vn;

	if (sa->len == PATH_OFFSET || is_abstract(&sa->un, sa->len))
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
	if (sockhost_path_len(&name) > 0)
		return is_taken(l, sa) ? EADDRINUSE : EINVAL;
	if (made > TIDY_MIN && made > count / 2)
		sweep();
	if (sa->len == PATH_OFFSET || is_abstract(&sa->un, sa->len))
		error = bind_abstract(sa, &e);
	else
		error = bind_path(l, sa, &e);
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
	if (is_abstract(&sa->un, sa->len)) {
		e = find_abstract(&sa->un, sa->len);
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
	struct local *e = n.kind == SOCKNAME_LOCAL ? by_seq(n.seq) : NULL;

	if (e == NULL)
		return ENOENT;
	*ret = e->un;
	*ret_len = e->len;
	return 0;
}

void
local_fini(void)
{
	struct local *e, *next;

	closing = true;
	for (e = LIST_FIRST(&all); e != NULL; e = next) {
		next = LIST_NEXT(e, all);
		if (!e->has_node)
			entry_free(e);
	}
}
