/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory entries of both kernels. */
#include "dirstream.h"

#include <errno.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident.h"
#include "syscall/calls.h"

static int
fill_rump(int fd, uint64_t word, void *buf, size_t size, size_t *ret_len)
{
	int64_t cookie = raw_call3(SYS_lseek, fd, 0, SEEK_CUR);
	int64_t len;
	int error;

	if (cookie < 0)
		return (int)-cookie;
	error = call_deleg_getdents(word, buf, size, &cookie, &len);
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
