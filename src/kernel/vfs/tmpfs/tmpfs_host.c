/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host objects: the memfd that holds a regular file's bytes, or stands for another node so that a
 * descriptor of it can be given out.  A node gets its object at the first open.
 *
 * Our own descriptor is itself one reopened through /proc/self/fd: only then does the host answer
 * F_SETLEASE truly, which is how we learn whether a program still has the object open.  And it is
 * for reading only: a file that anybody has open for writing cannot be executed (ETXTBSY).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/handle.h"
#include "vfs/tmpfs/tmpfs.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3: programs may be run from it */
#endif

/* What of open(2)'s flags is the descriptor's own affair. */
#define REOPEN_FLAGS                                                                               \
	(O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC | O_DIRECT | O_NOATIME | O_ASYNC |   \
	    O_TRUNC | O_PATH)

static int
reopen(int fd, int flags)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof fd];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, flags | O_CLOEXEC);
}

static int
new_memfd(void)
{
	int fd = memfd_create("rump", MFD_CLOEXEC | MFD_EXEC);

	if (fd == -1 && errno == EINVAL)
		fd = memfd_create("rump", MFD_CLOEXEC);
	return fd;
}

static int
new_object(int *ret_fd)
{
	CLEANUP_FD int first = new_memfd();
	int fd;

	if (first == -1)
		return errno;
	fd = reopen(first, O_RDONLY);
	if (fd == -1)
		return errno;
	*ret_fd = fd;
	return 0;
}

static bool
is_short_of_fds(int error)
{
	return error == EMFILE || error == ENFILE;
}

/* Descriptors may run out at any of them: others' are given back once. */
static int
new_object_parking(struct tmpfs *fs, int *ret_fd)
{
	int error = new_object(ret_fd);

	if (is_short_of_fds(error) && tmpfs_park_some(fs))
		error = new_object(ret_fd);
	return is_short_of_fds(error) ? ENFILE : error;
}

mode_t
tmpfs_host_mode(const struct tmpfs_node *n)
{
	/* The owner's read and write stay: the server must be able to open it. */
	return S_ISREG(n->v.mode) ? (n->v.mode & 07777) | 0600 : 0600;
}

void
tmpfs_host_sync(struct tmpfs_node *n)
{
	struct stat st;

	if (n->hostfd != -1 && fstat(n->hostfd, &st) == 0)
		n->host_ctime = st.st_ctim;
}

/* The new object gets the attributes that the node had without it. */
static void
dress(struct tmpfs_node *n)
{
	struct timespec times[2] = {n->atime, n->mtime};

	if ((n->v.uid != geteuid() || n->v.gid != getegid()) &&
	    fchown(n->hostfd, n->v.uid, n->v.gid) == -1 && errno != EPERM)
		return;
	fchmod(n->hostfd, tmpfs_host_mode(n));
	futimens(n->hostfd, times);
}

int
tmpfs_host_need(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);
	struct stat st;
	int error;

	if (n->hostfd != -1)
		return 0;
	error = new_object_parking(fs, &n->hostfd);
	if (error != 0)
		return error;
	TAILQ_INSERT_TAIL(&fs->hosts, n, hosts);
	fs->nhosts++;
	n->host_ino = 0;
	error = fstat(n->hostfd, &st) == -1 ? errno : handle_add(st.st_ino, &n->v);
	if (error == 0) {
		n->host_ino = st.st_ino;
		error = tmpfs_unpark(n);
	}
	if (error != 0) {
		tmpfs_host_drop(n);
		return error;
	}
	if (S_ISREG(n->v.mode))
		dress(n);
	tmpfs_host_sync(n);
	return 0;
}

void
tmpfs_host_drop(struct tmpfs_node *n)
{
	struct tmpfs *fs = tmpfs_of(n);

	if (n->hostfd == -1)
		return;
	if (n->host_ino != 0)
		handle_remove(n->host_ino);
	close(n->hostfd);
	n->hostfd = -1;
	n->path_opened = false;
	TAILQ_REMOVE(&fs->hosts, n, hosts);
	fs->nhosts--;
}

int
tmpfs_host_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct tmpfs_node *n = tmpfs_node_of(vn);
	struct tmpfs *fs = tmpfs_of(n);
	int error, fd;

	error = tmpfs_host_need(n);
	if (error != 0)
		return error;
	/* To the end of the list of candidates for parking. */
	TAILQ_REMOVE(&fs->hosts, n, hosts);
	TAILQ_INSERT_TAIL(&fs->hosts, n, hosts);
	flags &= REOPEN_FLAGS;
	if ((flags & O_PATH) != 0)
		n->path_opened = true;
	fd = reopen(n->hostfd, flags);
	if (fd == -1 && is_short_of_fds(errno) && tmpfs_park_some(fs) && n->hostfd != -1)
		fd = reopen(n->hostfd, flags);
	if (fd == -1)
		return is_short_of_fds(errno) ? ENFILE : errno;
	*ret_fd = fd;
	return 0;
}

int
tmpfs_host_write_fd(struct tmpfs_node *n, int *ret_fd)
{
	int fd = reopen(n->hostfd, O_WRONLY);

	if (fd == -1)
		return is_short_of_fds(errno) ? ENFILE : errno;
	*ret_fd = fd;
	return 0;
}

bool
tmpfs_host_is_alone(struct tmpfs_node *n)
{
	int got = fcntl(n->hostfd, F_SETLEASE, F_WRLCK);

	/* Leases are for the owner; a server that gave the file away without being allowed to lease
	 * others' takes this one, which has no name any more or will be dressed again, back. */
	if (got == -1 && errno == EACCES && fchown(n->hostfd, geteuid(), (gid_t)-1) == 0)
		got = fcntl(n->hostfd, F_SETLEASE, F_WRLCK);
	if (got == -1)
		return false;
	fcntl(n->hostfd, F_SETLEASE, F_UNLCK);
	return true;
}
