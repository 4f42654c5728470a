/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/raw.h"
#include "base/scope.h"

static int
map(int fd, size_t size, int prot, void **ret)
{
	long p = raw_call6(SYS_mmap, NULL, size, prot, MAP_SHARED, fd, 0);

	if (p < 0 && p > -4096)
		return (int)-p;
	*ret = (void *)p;
	return 0;
}

int
shared_make(const char *name, size_t size, bool readonly, int *ret_fd, void **ret)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	CLEANUP_FD int fd = (int)raw_call2(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	long result;
	int error;

	if (fd < 0)
		return -fd;
	result = raw_call2(SYS_ftruncate, fd, size);
	if (result < 0)
		return (int)-result;
	error = map(fd, size, PROT_READ | PROT_WRITE, ret);
	if (error != 0)
		return error;
	if (readonly)
		seals |= F_SEAL_FUTURE_WRITE;
	result = raw_call3(SYS_fcntl, fd, F_ADD_SEALS, seals);
	if (result < 0) {
		raw_call2(SYS_munmap, *ret, size);
		return (int)-result;
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

/* Huge pages can be missing when they are touched, so those will not do. */
size_t
shared_size(int fd)
{
	long seals = raw_call2(SYS_fcntl, fd, F_GET_SEALS);
	struct statfs fs;
	struct stat st;

	if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || raw_call2(SYS_fstatfs, fd, &fs) != 0 ||
	    fs.f_type != TMPFS_MAGIC || raw_call2(SYS_fstat, fd, &st) != 0)
		return 0;
	return (size_t)st.st_size;
}

int
shared_map(int fd, size_t size, int prot, void **ret)
{
	return shared_size(fd) < size ? EPROTO : map(fd, size, prot, ret);
}
