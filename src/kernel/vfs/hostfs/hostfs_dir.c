/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories of hostfs.
 *
 * readdir hands the host's own positions on as cookies.  Where a host counts entries to find a
 * position, entries that go meanwhile shift it; therefore a directory that is being read is kept
 * open, and a reader that goes on where the last one stopped goes on in that.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/hostfs/hostfs.h"

int
hostfs_lookup(struct vnode *dir, const char *name, size_t len, struct vnode **ret)
{
	char text[NAME_MAX + 1];
	int fd;

	memcpy(text, name, len);
	text[len] = '\0';
	fd = openat(hostfs_node_of(dir)->fd, text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd == -1 ? hostfs_error() : hostfs_node_get(dir->mount, fd, ret);
}

/* Where the host says that the object is; ENOENT for one that was removed. */
static int
place_of(int fd, char path[PATH_MAX])
{
	static const char deleted[] = " (deleted)";
	struct stat st;
	ssize_t len = readlink(hostfs_path(fd).text, path, PATH_MAX - 1);

	if (len == -1)
		return errno;
	path[len] = '\0';
	if (path[0] != '/')
		return ENOENT;
	if ((size_t)len >= strlen(deleted) && strcmp(path + len - strlen(deleted), deleted) == 0 &&
	    lstat(path, &st) == -1)
		return ENOENT;
	return 0;
}

/* Is the object at or below the mount's root?  Then *ret_rest is the rest of its path. */
static int
place_below_root(const struct mount *mp, int fd, char path[PATH_MAX], const char **ret_rest)
{
	char root[PATH_MAX];
	int error = place_of(hostfs_node_of(mp->root)->fd, root);
	size_t len;

	if (error == 0)
		error = place_of(fd, path);
	if (error != 0)
		return error;
	len = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(path, root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return ENOENT;
	*ret_rest = path + len;
	return 0;
}

int
hostfs_name(struct vnode *vn, char ret_name[NAME_MAX + 1], size_t *ret_len)
{
	char path[PATH_MAX];
	const char *rest, *name;
	int error;

	if (vn == vn->mount->root)
		return ENOENT;
	error = place_below_root(vn->mount, hostfs_node_of(vn)->fd, path, &rest);
	if (error != 0)
		return error;
	name = strrchr(rest, '/');
	if (name == NULL || name[1] == '\0')
		return ENOENT;
	*ret_len = strlen(++name);
	if (*ret_len > NAME_MAX)
		return ENAMETOOLONG;
	memcpy(ret_name, name, *ret_len);
	return 0;
}

/* A directory's is its ".."; a file's is where the host says that it is. */
static int
open_parent(struct vnode *vn, int *ret_fd)
{
	char path[PATH_MAX];
	const char *rest;
	int error;

	if (vnode_is_dir(vn)) {
		*ret_fd = openat(hostfs_node_of(vn)->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return *ret_fd == -1 ? hostfs_error() : 0;
	}
	error = place_below_root(vn->mount, hostfs_node_of(vn)->fd, path, &rest);
	if (error != 0)
		return error;
	*strrchr(path, '/') = '\0';
	*ret_fd = open(path[0] == '\0' ? "/" : path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd == -1 ? hostfs_error() : 0;
}

int
hostfs_parent(struct vnode *vn, struct vnode **ret)
{
	CLEANUP_FD int fd = -1;
	char path[PATH_MAX];
	const char *rest;
	int error;

	if (vn == vn->mount->root) {
		*ret = vnode_get(vn);
		return 0;
	}
	error = open_parent(vn, &fd);
	/* Somebody on the host may have moved the directory to another place. */
	if (error == 0)
		error = place_below_root(vn->mount, fd, path, &rest);
	return error != 0 ? error : hostfs_node_get(vn->mount, take_fd(&fd), ret);
}

/* The record of getdents64(2). */
struct record {
	uint64_t ino;
	int64_t next;
	uint16_t len;
	uint8_t type;
	char name[];
} __attribute__((packed));

static int
seek_stream(struct hostfs_node *n, uint64_t cookie)
{
	if (n->stream == -1) {
		n->stream = openat(n->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		n->place = 0;
	}
	if (n->stream == -1)
		return hostfs_error();
	if (n->place != cookie && lseek(n->stream, (off_t)cookie, SEEK_SET) == -1)
		return errno;
	n->place = cookie;
	return 0;
}

static void
close_stream(struct hostfs_node *n)
{
	close(n->stream);
	n->stream = -1;
}

/* Emits the records in buf; false when there was no room for one. */
static bool
emit_records(
    struct hostfs_node *n, const char *buf, long len, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	const struct record *r;

	for (const char *p = buf; p < buf + len; p += r->len) {
		r = (const struct record *)p;
		if (!emit(arg, r->ino, r->type, r->name, strlen(r->name), (uint64_t)r->next))
			return false;
		*cookie = (uint64_t)r->next;
	}
	n->place = *cookie;
	return true;
}

int
hostfs_readdir(struct vnode *dir, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	struct hostfs_node *n = hostfs_node_of(dir);
	char buf[32768] __attribute__((aligned(8)));
	uint64_t start = *cookie;
	bool room = true;
	long len = 0;
	int error = seek_stream(n, *cookie);

	while (error == 0 && room) {
		len = syscall(SYS_getdents64, n->stream, buf, sizeof buf);
		if (len <= 0)
			break;
		room = emit_records(n, buf, len, cookie, emit, arg);
	}
	if (error == 0 && len == -1)
		error = errno;
	if (!room)
		n->place = UINT64_MAX; /* behind what was emitted: the next reader has to seek */
	if (n->stream != -1 && (len == 0 || error != 0))
		close_stream(n);
	return *cookie != start ? 0 : error;
}
