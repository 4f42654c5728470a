/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parking: every file that was opened once costs the server a descriptor, and their number is
 * limited.  When they run out, files that no program has open at the moment give theirs back:
 * small contents move to memory, and the next open makes a new host object.  The node's inode
 * number stays; only the handle, which nobody can hold then, is another one.  What has a name in a
 * store just stays there.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/tmpfs/tmpfs.h"

#define PARK_MAX     (1 << 20) /* longer files keep their descriptor */
#define PARK_BATCH   64        /* descriptors to win in one go */
#define PARK_LOOK_AT 1024      /* candidates to look at for that */

static int
read_all(int fd, char *buf, size_t len)
{
	ssize_t n;

	for (size_t done = 0; done < len; done += (size_t)n) {
		n = pread(fd, buf + done, len - done, (off_t)done);
		if (n <= 0)
			return n == 0 ? EIO : errno;
	}
	return 0;
}

static int
write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	for (size_t done = 0; done < len; done += (size_t)n) {
		n = pwrite(fd, buf + done, len - done, (off_t)done);
		if (n == -1)
			return errno;
	}
	return 0;
}

static bool
park(struct tmpfs_node *n)
{
	struct timespec btime;
	struct stat st = {.st_size = 0};
	void *copy = NULL;

	/* Who found it published looks there again after opening it: so either we see it open, or
	 * it sees that it is too late. */
	tmpfs_changed(n);
	if (n->path_opened || !tmpfs_host_is_alone(n))
		return false;
	if (S_ISREG(n->v.mode)) {
		tmpfs_getattr(&n->v, &st, &btime);
		if (st.st_size > PARK_MAX && n->stored == 0)
			return false;
		if (st.st_size != 0 && n->stored == 0) {
			copy = malloc((size_t)st.st_size);
			if (copy == NULL || read_all(n->hostfd, copy, (size_t)st.st_size) != 0) {
				free(copy);
				return false;
			}
		}
		n->atime = st.st_atim;
		n->mtime = st.st_mtim;
		n->ctime = st.st_ctim;
	}
	n->parked = copy;
	n->parked_len = (size_t)st.st_size;
	n->parked_blocks = st.st_blocks;
	tmpfs_host_drop(n);
	return true;
}

bool
tmpfs_park_some(struct tmpfs *fs)
{
	size_t looks = fs->nhosts < PARK_LOOK_AT ? fs->nhosts : PARK_LOOK_AT, won = 0;
	struct tmpfs_node *n;

	tmpfs_sweep(fs, true);
	while (looks-- != 0 && won < PARK_BATCH && (n = TAILQ_FIRST(&fs->hosts)) != NULL) {
		TAILQ_REMOVE(&fs->hosts, n, hosts);
		TAILQ_INSERT_TAIL(&fs->hosts, n, hosts);
		if (n->v.refs != 0 && park(n))
			won++;
	}
	return won != 0;
}

int
tmpfs_unpark(struct tmpfs_node *n)
{
	CLEANUP_FD int fd = -1;
	int error;

	if (n->parked == NULL)
		return 0;
	error = tmpfs_host_write_fd(n, &fd);
	if (error == 0)
		error = write_all(fd, n->parked, n->parked_len);
	if (error != 0)
		return error;
	free(n->parked);
	n->parked = NULL;
	n->parked_len = 0;
	return 0;
}
