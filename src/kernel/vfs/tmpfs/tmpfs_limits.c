/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much a tmpfs may hold.  Its bytes are in a host store, for which the host refuses what is too
 * much; it is made when the first file is opened.  Where the host lets us have none, and without a
 * limit, they are in memfds.
 */
#include <errno.h>
#include <sys/stat.h>

#include "vfs/hoststore.h"
#include "vfs/tmpfs/tmpfs.h"

static bool
is_limited(const struct tmpfs_limits *limits)
{
	return limits->bytes_max < TMPFS_NO_LIMIT;
}

struct hoststore *
tmpfs_store(struct tmpfs *fs)
{
	if (fs->store == NULL && !fs->storeless)
		fs->storeless = !is_limited(&fs->limits) ||
				hoststore_new(fs->limits.bytes_max, &fs->store) != 0;
	return fs->store;
}

size_t
tmpfs_nodes_used(const struct tmpfs *fs)
{
	return fs->nodes > fs->names ? fs->nodes : fs->names;
}

int
tmpfs_bytes_used(const struct tmpfs *fs, uint64_t *ret)
{
	const struct tmpfs_node *n;
	struct stat st;

	if (fs->store != NULL)
		return hoststore_used(fs->store, ret);
	*ret = 0;
	TAILQ_FOREACH (n, &fs->hosts, hosts) {
		if (fstat(n->hostfd, &st) == -1)
			return errno;
		*ret += (uint64_t)st.st_blocks * 512;
	}
	return 0;
}

/* May a file system in use be given these limits?  As Linux's tmpfs says. */
static int
check_limits(const struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	uint64_t bytes;
	int error = tmpfs_bytes_used(fs, &bytes);

	if (error != 0)
		return error;
	return (is_limited(&fs->limits) || !is_limited(limits)) &&
		       limits->nodes_max >= tmpfs_nodes_used(fs) && limits->bytes_max >= bytes
		   ? 0
		   : EINVAL;
}

int
tmpfs_change_limits(struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	int error;

	tmpfs_sweep(fs, true);
	error = check_limits(fs, limits);
	if (error == 0 && fs->store != NULL) /* there, no limit is 0 */
		error = hoststore_resize(fs->store, is_limited(limits) ? limits->bytes_max : 0);
	if (error == 0)
		fs->limits = *limits;
	return error;
}
