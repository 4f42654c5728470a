/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The size of a tmpfs.  One that was given a size keeps its bytes in a host store, for which the
 * host refuses what is too much.  Where the host lets us have none, the size is only shown.
 */
#include <errno.h>
#include <sys/stat.h>

#include "vfs/hoststore.h"
#include "vfs/tmpfs/tmpfs.h"

static bool
has_limit(const struct tmpfs_limits *limits)
{
	return limits->sized && limits->bytes_max <= INT64_MAX / 2;
}

/* Bytes in memfds: of files that were opened before there was a store. */
static uint64_t
bytes_outside(const struct tmpfs *fs)
{
	const struct tmpfs_node *n;
	uint64_t bytes = 0;
	struct stat st;

	TAILQ_FOREACH (n, &fs->hosts, hosts)
		if (n->stored == 0 && fstat(n->hostfd, &st) == 0)
			bytes += (uint64_t)st.st_blocks * 512;
	return bytes;
}

uint64_t
tmpfs_bytes_used(const struct tmpfs *fs)
{
	return bytes_outside(fs) + (fs->store == NULL ? 0 : hoststore_used(fs->store));
}

static int
limit_store(struct tmpfs *fs, const struct tmpfs_limits *limits, uint64_t outside)
{
	/* Not 0, which means no limit there. */
	uint64_t bytes = limits->bytes_max > outside ? limits->bytes_max - outside : 1;

	if (fs->store != NULL)
		return hoststore_resize(fs->store, has_limit(limits) ? bytes : 0);
	/* An error: the host does not let us. */
	if (has_limit(limits) && hoststore_new(bytes, &fs->store) == ENOMEM)
		return ENOMEM;
	return 0;
}

int
tmpfs_set_limits(struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	fs->limits = *limits;
	return limit_store(fs, limits, 0);
}

int
tmpfs_change_limits(struct tmpfs *fs, const struct tmpfs_limits *limits)
{
	size_t nodes = fs->nodes > fs->names ? fs->nodes : fs->names;
	uint64_t outside = bytes_outside(fs);
	int error;

	tmpfs_sweep(fs, true);
	if (limits->nodes_max < nodes || limits->bytes_max < tmpfs_bytes_used(fs))
		return EINVAL;
	error = limit_store(fs, limits, outside);
	if (error == 0)
		fs->limits = *limits;
	return error;
}
