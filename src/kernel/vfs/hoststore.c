/* SPDX-License-Identifier: BSD-2-Clause */
/* Host stores, once they are mounted: see hoststore.h. */
#include "vfs/hoststore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dcache/object.h"
#include "vfs/hostobj.h"

struct hoststore {
	int dir;
	int userns;
	dev_t dev;
	uint64_t number; /* 0: a directory */
	LIST_ENTRY(hoststore) all;
};

static LIST_HEAD(, hoststore) all = LIST_HEAD_INITIALIZER(all);
static uint64_t last_number;

int
hoststore_new(uint64_t bytes, struct hoststore **ret)
{
	struct hoststore *s = calloc(1, sizeof *s);
	struct stat st;
	int error;

	if (s == NULL)
		return ENOMEM;
	error = hoststore_mount(bytes, &s->dir, &s->userns);
	if (error != 0) {
		free(s);
		return error;
	}
	LIST_INSERT_HEAD(&all, s, all);
	s->number = ++last_number;
	if (fstat(s->dir, &st) == -1) {
		error = errno;
		hoststore_free(s);
		return error;
	}
	s->dev = st.st_dev;
	*ret = s;
	return 0;
}

int
hoststore_in(const char *path, struct hoststore **ret)
{
	struct hoststore *s = calloc(1, sizeof *s);

	if (s == NULL)
		return ENOMEM;
	s->userns = -1;
	s->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->dir == -1) {
		int error = errno;

		free(s);
		return error;
	}
	LIST_INSERT_HEAD(&all, s, all);
	*ret = s;
	return 0;
}

void
hoststore_free(struct hoststore *s)
{
	if (s == NULL)
		return;
	LIST_REMOVE(s, all);
	close(s->dir);
	if (s->userns != -1)
		close(s->userns);
	free(s);
}

int
hoststore_resize(struct hoststore *s, uint64_t bytes)
{
	return hoststore_remount(s->dir, s->userns, bytes);
}

int
hoststore_used(const struct hoststore *s, uint64_t *ret)
{
	struct statfs st;

	if (fstatfs(s->dir, &st) == -1)
		return errno;
	*ret = (uint64_t)(st.f_blocks - st.f_bfree) * (uint64_t)st.f_bsize;
	return 0;
}

/* A program that asks where its descriptor leads (/proc/self/fd/N) is to see a memfd. */
#define NAME_PREFIX "memfd:rump-"
struct name {
	char text[sizeof NAME_PREFIX + 16];
};

static struct name
name_of(uint64_t number)
{
	struct name n;

	snprintf(n.text, sizeof n.text, NAME_PREFIX "%" PRIx64, number);
	return n;
}

int
hoststore_open(struct hoststore *s, uint64_t name, int flags, int *ret_fd)
{
	*ret_fd = openat(s->dir, name_of(name).text, flags | O_CLOEXEC);
	return *ret_fd == -1 ? errno : 0;
}

int
hoststore_create(struct hoststore *s, uint64_t name, mode_t mode, int *ret_fd)
{
	*ret_fd = openat(s->dir, name_of(name).text, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return *ret_fd == -1 ? errno : 0;
}

void
hoststore_remove(struct hoststore *s, uint64_t name)
{
	unlinkat(s->dir, name_of(name).text, 0);
}

int
hoststore_mknod(struct hoststore *s, uint64_t name, mode_t type, dev_t rdev, struct stat *ret_st)
{
	struct name n = name_of(name);
	mode_t mode = type | 0600 | (s->number != 0 ? OBJECT_STORED_MODE : 0);
	int error = 0;

	if (mknodat(s->dir, n.text, mode, rdev) == -1)
		return errno;
	if (fstatat(s->dir, n.text, ret_st, AT_SYMLINK_NOFOLLOW) == -1) {
		error = errno;
		hoststore_remove(s, name);
	}
	return error;
}

void
hoststore_let_go(struct hoststore *s, uint64_t name, mode_t mode, uid_t uid, gid_t gid)
{
	struct name n = name_of(name);

	/* Only root can give it away. */
	if (fchownat(s->dir, n.text, uid, gid, AT_SYMLINK_NOFOLLOW) == 0 || errno == EPERM)
		fchmodat(s->dir, n.text, mode, 0);
	hoststore_remove(s, name);
}

uint64_t
hoststore_number(dev_t dev)
{
	const struct hoststore *s;

	LIST_FOREACH (s, &all, all)
		if (s->dev == dev)
			return s->number;
	return 0;
}

uint64_t
hoststore_object(const struct stat *st)
{
	uint64_t number;

	if (st->st_dev == hostobj_dev())
		return st->st_ino;
	number = hoststore_number(st->st_dev);
	return number == 0 ? 0 : object_number(number, st->st_ino);
}
