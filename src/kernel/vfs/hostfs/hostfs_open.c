/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of hostfs: the host's file, opened anew; a placeholder for a directory.
 *
 * The server must not block in open(2) of a FIFO: it opens without waiting, and then waits for the
 * other end as the open would have.  That end may be a program of the host, which does not ring, so
 * the server looks again at short intervals.
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/hostfs/hostfs.h"
#include "vfs/hostobj.h"
#include "vfs/placeholder.h"

#define FIFO_LOOK_MS 10

static int
wait_a_little(void)
{
	struct timespec until;
	int error;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += FIFO_LOOK_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	error = kern_wait(curlwp, -1, 0, &until);
	return error == ETIMEDOUT ? 0 : error;
}

static int
reopen(struct vnode *vn, int flags, int *ret_fd)
{
	*ret_fd = hostobj_reopen(hostfs_node_of(vn)->fd, (flags & HOSTOBJ_OPEN_FLAGS) | O_NOCTTY);
	return *ret_fd == -1 ? hostfs_error() : 0;
}

static int
open_fifo(struct vnode *vn, int flags, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	bool wait = (flags & O_NONBLOCK) == 0;
	int error;

	while ((error = reopen(vn, flags | O_NONBLOCK, &fd)) == ENXIO && wait) {
		error = wait_a_little();
		if (error != 0)
			return error;
	}
	while (error == 0 && wait && (flags & O_ACCMODE) == O_RDONLY && !fifo_has_writer(fd))
		error = wait_a_little();
	if (error == 0 && wait && fcntl(fd, F_SETFL, flags & (O_ACCMODE | O_APPEND)) == -1)
		error = errno;
	if (error == 0)
		*ret_fd = take_fd(&fd);
	return error;
}

/* The file that was made in order to be opened has been opened. */
static int
settle_mode(struct hostfs_node *n)
{
	int mode = n->new_mode;

	n->new_mode = -1;
	if (mode == -1)
		return 0;
	if (chmod(hostfs_path(n->fd).text, (mode_t)mode) == -1)
		return errno;
	return hostfs_refresh(&n->v);
}

int
hostfs_open(struct vnode *vn, int flags, int *ret_fd)
{
	struct hostfs_node *n = hostfs_node_of(vn);
	CLEANUP_FD int fd = -1;
	int error;

	if (vnode_is_dir(vn))
		return placeholder_open(vn, flags, ret_fd);
	if ((flags & O_PATH) != 0) {
		fd = fcntl(n->fd, F_DUPFD_CLOEXEC, 0);
		error = fd == -1 ? hostfs_error() : 0;
	} else if (S_ISFIFO(vn->mode)) {
		error = open_fifo(vn, flags, &fd);
	} else {
		error = reopen(vn, flags, &fd);
	}
	if (error == 0)
		error = settle_mode(n);
	if (error == 0)
		*ret_fd = take_fd(&fd);
	return error;
}
