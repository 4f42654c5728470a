/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs's mount options. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/scope.h"
#include "vfs/tmpfs/tmpfs.h"

#define PAGE 4096

/* A number with k, m or g behind it; % of the memory, if that makes sense. */
static int
parse_size(const char *value, bool percent_ok, uint64_t *ret)
{
	static const char units[] = "kmgtpe";
	struct sysinfo si;
	const char *unit;
	char *end;

	if (value == NULL || value[0] < '0' || value[0] > '9')
		return EINVAL;
	errno = 0;
	*ret = strtoull(value, &end, 0);
	if (errno != 0)
		return EINVAL;
	if (*end == '\0')
		return 0;
	if (end[1] != '\0')
		return EINVAL;
	if (*end == '%' && percent_ok && sysinfo(&si) == 0) {
		*ret = (uint64_t)si.totalram * si.mem_unit / 100 * *ret;
		return 0;
	}
	unit = strchr(units, *end | 0x20);
	if (unit == NULL)
		return EINVAL;
	*ret <<= 10 * (unit - units + 1);
	return 0;
}

/* A limit of 0 is none. */
static uint64_t
limit(uint64_t n)
{
	return n == 0 ? TMPFS_NO_LIMIT : n;
}

static int
set_limit(struct tmpfs_limits *limits, const char *key, const char *value)
{
	bool inodes = strcmp(key, "nr_inodes") == 0;
	uint64_t n;
	int error = parse_size(value, strcmp(key, "size") == 0, &n);

	if (error != 0)
		return error;
	if (inodes) {
		limits->nodes_max = limit(n);
		limits->counted = true;
		return 0;
	}
	if (strcmp(key, "nr_blocks") == 0)
		n *= PAGE;
	limits->bytes_max = limit((n + PAGE - 1) / PAGE * PAGE);
	limits->sized = true;
	return 0;
}

static int
set_root(struct vnode_new *root, const char *key, const char *value)
{
	uint64_t n;
	int error = mount_option_number(value, strcmp(key, "mode") == 0 ? 8 : 10, &n);

	if (error != 0 || n > UINT32_MAX)
		return EINVAL;
	if (root == NULL)
		return 0; /* Linux ignores them when the file system is mounted anew */
	if (strcmp(key, "mode") == 0)
		root->mode = S_IFDIR | (n & 07777);
	else if (strcmp(key, "uid") == 0)
		root->uid = (uid_t)n;
	else
		root->gid = (gid_t)n;
	return 0;
}

static bool
is_one_of(const char *key, const char *const list[])
{
	while (*list != NULL && strcmp(*list, key) != 0)
		list++;
	return *list != NULL;
}

int
tmpfs_parse_options(struct tmpfs_limits *limits, const char *options, struct vnode_new *root)
{
	static const char *const of_limits[] = {"size", "nr_blocks", "nr_inodes", NULL};
	static const char *const of_root[] = {"mode", "uid", "gid", NULL};
	/* These say nothing about a file system of ours. */
	static const char *const ignored[] = {"huge", "mpol", "inode32", "inode64", NULL};
	CLEANUP_FREE char *copy = strdup(options);
	char *rest = copy, *key, *value;
	int error = copy == NULL ? ENOMEM : 0;

	while (error == 0 && mount_option_next(&rest, &key, &value)) {
		if (is_one_of(key, of_limits))
			error = set_limit(limits, key, value);
		else if (is_one_of(key, of_root))
			error = set_root(root, key, value);
		else if (!is_one_of(key, ignored))
			error = EINVAL;
	}
	return error;
}

void
tmpfs_show(const struct mount *mp, char *buf, size_t size)
{
	const struct tmpfs *fs = (const struct tmpfs *)mp;
	const struct vnode *root = mp->root;
	int len = 0;

	if (fs->limits.sized)
		len += snprintf(buf + len, size - (size_t)len, ",size=%juk",
		    (uintmax_t)(fs->limits.bytes_max / 1024));
	if (fs->limits.counted)
		len +=
		    snprintf(buf + len, size - (size_t)len, ",nr_inodes=%zu", fs->limits.nodes_max);
	if ((root->mode & 07777) != 01777)
		len += snprintf(
		    buf + len, size - (size_t)len, ",mode=%03o", (unsigned)root->mode & 07777);
	if (root->uid != 0)
		len += snprintf(buf + len, size - (size_t)len, ",uid=%u", (unsigned)root->uid);
	if (root->gid != 0)
		snprintf(buf + len, size - (size_t)len, ",gid=%u", (unsigned)root->gid);
}
