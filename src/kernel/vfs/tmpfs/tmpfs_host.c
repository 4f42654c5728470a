/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host objects: the memfd, or the file of a host store, that holds a regular file's bytes; or a
 * memfd that stands for another node so that a descriptor of it can be given out.  A node gets its
 * object at the first open.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "dcache/object.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "vfs/handle.h"
#include "vfs/hostobj.h"
#include "vfs/hoststore.h"
#include "vfs/tmpfs/tmpfs.h"

static bool
is_short_of_fds(int error)
{
	return error == EMFILE || error == ENFILE;
}

mode_t
tmpfs_host_mode(const struct tmpfs_node *n)
{
	/* The owner's read and write stay: the server must be able to open it. */
	return S_ISREG(n->v.mode)
		   ? (n->v.mode & 07777) | 0600 | (n->stored != 0 ? OBJECT_STORED_MODE : 0)
		   : 0600;
}

static int
new_object(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);
	int error;

	if (n->stored != 0)
		return hoststore_open(fs->store, n->stored, O_RDONLY, &n->hostfd);
	if (!S_ISREG(n->v.mode) || tmpfs_store(fs) == NULL)
		return hostobj_new(&n->hostfd);
	n->stored = fs->last_stored + 1;
	error = hoststore_create(fs->store, n->stored, tmpfs_host_mode(n), &n->hostfd);
	if (error == 0)
		fs->last_stored = n->stored;
	else
		n->stored = 0;
	return error;
}

/* Descriptors may run out at any of them: others' are given back once. */
static int
new_object_parking(struct tmpfs_node *n)
{
	int error = new_object(n);

	if (is_short_of_fds(error) && tmpfs_park_some(tmpfs_of(n)))
		error = new_object(n);
	return is_short_of_fds(error) ? ENFILE : error;
}

/* What the host says of the object now is by our own doing. */
static void
note_host(struct tmpfs_node *n, const struct stat *st)
{
	n->host_ctime = st->st_ctim;
	n->host_is_owned = st->st_uid == n->v.uid && st->st_gid == n->v.gid;
}

void
tmpfs_host_sync(struct tmpfs_node *n)
{
	struct stat st;

	if (n->hostfd != -1 && fstat(n->hostfd, &st) == 0)
		note_host(n, &st);
	tmpfs_changed(n);
}

/*
 * The new object gets the attributes that the node had without it, where it was not born with them;
 * *st is what it has.
 */
static int
dress(struct tmpfs_node *n, bool born, struct stat *st)
{
	struct timespec times[2] = {n->atime, n->mtime};
	bool owned = st->st_uid == n->v.uid && st->st_gid == n->v.gid;

	if (owned && born && (st->st_mode & 07777) == tmpfs_host_mode(n))
		return 0;
	/* An unprivileged server keeps them its own. */
	if (owned || fchown(n->hostfd, n->v.uid, n->v.gid) == 0 || errno == EPERM) {
		fchmod(n->hostfd, tmpfs_host_mode(n));
		if (!born)
			futimens(n->hostfd, times);
	}
	return fstat(n->hostfd, st) == -1 ? errno : 0;
}

/* Contents and attributes into a new object; its own number, for handles. */
static int
fill_object(struct tmpfs_node *n, bool born)
{
	struct stat st;
	uint64_t number;
	int error = tmpfs_unpark(n);

	if (error == 0 && fstat(n->hostfd, &st) == -1)
		error = errno;
	if (error == 0 && S_ISREG(n->v.mode))
		error = dress(n, born, &st);
	if (error != 0)
		return error;
	number = hoststore_object(&st);
	error = handle_add(number, &n->v);
	if (error != 0)
		return error;
	n->host_number = number;
	note_host(n, &st);
	if (born) {
		if (n->stored == 0)
			n->v.ino = st.st_ino;
		n->atime = n->mtime = n->btime = st.st_mtim;
		n->ctime = st.st_ctim;
		tmpfs_stamped(tmpfs_of(n), st.st_ctim);
	}
	tmpfs_changed(n);
	return 0;
}

static int
need(struct tmpfs_node *n, bool born)
{
	struct tmpfs *fs = tmpfs_of(n);
	int error;

	if (n->hostfd != -1)
		return 0;
	error = new_object_parking(n);
	if (error != 0)
		return error;
	TAILQ_INSERT_TAIL(&fs->hosts, n, hosts);
	fs->nhosts++;
	n->host_number = 0;
	error = fill_object(n, born);
	if (error != 0)
		tmpfs_host_drop(n);
	return error;
}

int
tmpfs_host_need(struct tmpfs_node *n)
{
	return need(n, false);
}

int
tmpfs_host_born(struct tmpfs_node *n)
{
	return need(n, true);
}

void
tmpfs_host_drop(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);

	if (n->hostfd == -1)
		return;
	tmpfs_changed(n);
	if (n->host_number != 0)
		handle_remove(n->host_number);
	close(n->hostfd);
	n->hostfd = -1;
	n->path_opened = false;
	TAILQ_REMOVE(&fs->hosts, n, hosts);
	fs->nhosts--;
}

/* The node has an object, and somebody is about to open it. */
static int
touch(struct tmpfs_node *n, int flags)
{
	struct tmpfs *fs = tmpfs_of(n);
	int error = tmpfs_host_need(n);

	if (error != 0)
		return error;
	/* To the end of the list of candidates for parking. */
	TAILQ_REMOVE(&fs->hosts, n, hosts);
	TAILQ_INSERT_TAIL(&fs->hosts, n, hosts);
	if ((flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_ACCMODE)
		n->path_opened = true;
	return 0;
}

int
tmpfs_host_object(struct vnode *vn, int flags, struct vnode_object *ret)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	int error = touch(n, flags);

	if (error != 0)
		return error;
	ret->fd = n->hostfd;
	ret->number = n->host_number;
	return 0;
}

static int
reopen(struct tmpfs_node *n, int flags, int *ret_fd)
{
	if (n->stored != 0)
		return hoststore_open(tmpfs_of(n)->store, n->stored, flags, ret_fd);
	*ret_fd = hostobj_reopen(n->hostfd, flags);
	return *ret_fd == -1 ? errno : 0;
}

/*
 * A program that has a lease on the file (fcntl(2)) is told to give it up when somebody opens it
 * for writing, and has time for that: the kernel must not wait in open(2), so it tries again.
 */
static int
open_patiently(struct tmpfs_node *n, int flags, int *ret_fd)
{
	bool writes = (flags & (O_ACCMODE | O_TRUNC)) != O_RDONLY && (flags & O_PATH) == 0;
	int fd, error, patient = writes && (flags & O_NONBLOCK) == 0 ? O_NONBLOCK : 0;

	while ((error = reopen(n, flags | patient, &fd)) != 0) {
		if (error != EWOULDBLOCK || patient == 0 || curlwp == NULL)
			return error;
		error = lock_retry_pause(curlwp);
		if (error == 0)
			error = tmpfs_host_need(n);
		if (error != 0)
			return error;
	}
	if (patient != 0)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	*ret_fd = fd;
	return 0;
}

int
tmpfs_host_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct tmpfs *fs = tmpfs_of(n);
	int error;

	error = touch(n, flags);
	if (error != 0)
		return error;
	flags &= HOSTOBJ_OPEN_FLAGS;
	error = open_patiently(n, flags, ret_fd);
	if (is_short_of_fds(error) && tmpfs_park_some(fs)) {
		error = tmpfs_host_need(n); /* it may have been among them */
		if (error == 0)
			error = open_patiently(n, flags, ret_fd);
	}
	return is_short_of_fds(error) ? ENFILE : error;
}

int
tmpfs_host_write_fd(struct tmpfs_node *n, int *ret_fd)
{
	int error = open_patiently(n, O_WRONLY, ret_fd);

	return is_short_of_fds(error) ? ENFILE : error;
}

bool
tmpfs_host_is_alone(struct tmpfs_node *n)
{
	return hostobj_is_alone(n->hostfd);
}
