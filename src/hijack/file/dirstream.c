/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directory entries of both kernels.  In /proc/self/fd the client's own descriptors are not shown:
 * for the program they are not open.
 */
#include "file/dirstream.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident/ident.h"
#include "syscall/calls.h"

/* Are these whole records?  The kernel is another process: what it says is looked at first. */
static bool
are_records(const char *buf, size_t len)
{
	const size_t name_at = offsetof(struct dirent, d_name);

	while (len != 0) {
		const struct dirent *entry = (const struct dirent *)(const void *)buf;

		if (len <= name_at || entry->d_reclen <= name_at || entry->d_reclen > len ||
		    entry->d_reclen % 8 != 0 ||
		    memchr(entry->d_name, '\0', entry->d_reclen - name_at) == NULL)
			return false;
		buf += entry->d_reclen;
		len -= entry->d_reclen;
	}
	return true;
}

static int
fill_rump(int fd, uint64_t word, void *buf, size_t size, size_t *ret_len)
{
	int64_t cookie = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	int64_t len;
	int error;

	if (cookie < 0)
		return (int)-cookie;
	error = call_deleg_getdents(word, buf, size, &cookie, &len);
	if (error == 0 && !are_records(buf, (size_t)len))
		error = EPROTO;
	if (error != 0)
		return error;
	raw_call3(SYS_lseek, fd, cookie, SEEK_SET);
	*ret_len = (size_t)len;
	return 0;
}

/* Does the entry name one of the client's own descriptors? */
static bool
names_ours(const struct dirent *d)
{
	char *end;
	long n;

	if (d->d_name[0] < '0' || d->d_name[0] > '9')
		return false;
	n = strtol(d->d_name, &end, 10);
	return *end == '\0' && n <= INT_MAX && client_owns_fd((int)n);
}

/* Is this directory the list of the process's descriptors? */
static bool
lists_descriptors(int fd)
{
	char link[32], path[64], own[32];
	const char *last;
	long len;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = raw_call3(SYS_readlink, link, path, sizeof path - 1);
	if (len <= 0)
		return false;
	path[len] = '\0';
	last = strrchr(path, '/');
	snprintf(own, sizeof own, "/proc/%d/", (int)raw_call0(SYS_getpid));
	return strncmp(path, own, strlen(own)) == 0 &&
	       (strcmp(last, "/fd") == 0 || strcmp(last, "/fdinfo") == 0);
}

/* Takes the client's descriptors out of what was read from fd; what is left of len. */
static size_t
hide_ours(int fd, char *buf, size_t len)
{
	bool looked = false;

	for (size_t off = 0; off < len;) {
		const struct dirent *d = (const struct dirent *)(const void *)(buf + off);
		size_t reclen = d->d_reclen;

		if (!names_ours(d)) {
			off += reclen;
			continue;
		}
		if (!looked && !lists_descriptors(fd))
			return len;
		looked = true;
		memmove(buf + off, buf + off + reclen, len - off - reclen);
		len -= reclen;
	}
	return len;
}

static int
fill_host(int fd, void *buf, size_t size, size_t *ret_len)
{
	long len;

	do {
		len = raw_call3(SYS_getdents64, fd, buf, size);
		if (len < 0)
			return (int)-len;
		*ret_len = hide_ours(fd, buf, (size_t)len);
	} while (len > 0 && *ret_len == 0);
	return 0;
}

int
dirstream_fill(int fd, void *buf, size_t size, size_t *ret_len)
{
	uint64_t word;

	if (ident_dir(fd, &word))
		return fill_rump(fd, word, buf, size, ret_len);
	return fill_host(fd, buf, size, ret_len);
}

int
dirstream_next(DIR *dir, struct dirent **ret_entry)
{
	struct dirent *entry;

	if (dir->off == dir->len) {
		int error = dirstream_fill(dir->fd, dir->buf, sizeof dir->buf, &dir->len);

		dir->off = 0;
		if (error != 0)
			dir->len = 0;
		if (error != 0)
			return error;
		if (dir->len == 0)
			return ENOENT;
	}
	/* The kernel's record is libc's struct dirent: same offsets, d_name cut to its length. */
	entry = (struct dirent *)(void *)(dir->buf + dir->off);
	dir->off += entry->d_reclen;
	dir->pos = entry->d_off;
	*ret_entry = entry;
	return 0;
}
