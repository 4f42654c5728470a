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

uint64_t
tmpfs_bytes_used(const struct tmpfs *fs)
{
	const struct tmpfs_node *n;
	uint64_t bytes = 0;
	struct stat st;

	if (fs->store != NULL)
		return hoststore_used(fs->store);
	TAILQ_FOREACH (n, &fs->hosts, hosts)
		if (fstat(n->hostfd, &st) == 0)
			bytes += (uint64_t)st.st_blocks * 512;
	return bytes;
}

/* May a file system in use be given these limits?  As Linux's tmpfs says. */
static bool
do_suit(const struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	size_t nodes = fs->nodes > fs->names ? fs->nodes : fs->names;

	return (is_limited(&fs->limits) || !is_limited(limits)) && limits->nodes_max >= nodes &&
	       limits->bytes_max >= tmpfs_bytes_used(fs);
}

int
tmpfs_change_limits(struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	int error = 0;

	tmpfs_sweep(fs, true);
	if (!do_suit(fs, limits))
		return EINVAL;
	if (fs->store != NULL) /* there, no limit is 0 */
		error = hoststore_resize(fs->store, is_limited(limits) ? limits->bytes_max : 0);
	if (error == 0)
		fs->limits = *limits;
	return error;
}
