/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory entries of both kernels. */
#include "dirstream.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident.h"
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

int
dirstream_fill(int fd, void *buf, size_t size, size_t *ret_len)
{
	uint64_t word;
	long len;

	if (ident_dir(fd, &word))
		return fill_rump(fd, word, buf, size, ret_len);
	len = raw_call3(SYS_getdents64, fd, buf, size);
	if (len < 0)
		return (int)-len;
	*ret_len = (size_t)len;
	return 0;
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
