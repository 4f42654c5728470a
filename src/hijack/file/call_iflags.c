/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inode flags: ioctl_iflags(2) of routed files, and the same in the shape of struct fsxattr.
 *
 * The rump kernel keeps them, for a host object that were immutable would be so for the kernel,
 * too.  Where its file system has none the host object may answer, as that of a directory of the
 * host does, if only it is not made immutable.
 */
#include "file/call_iflags.h"

#include <errno.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "base/fault.h"
#include "ident/ident.h"
#include "syscall/calls.h"

/* The flags that both shapes have. */
static const struct {
	unsigned flag, xflag;
} both[] = {
    {FS_IMMUTABLE_FL, FS_XFLAG_IMMUTABLE},
    {FS_APPEND_FL, FS_XFLAG_APPEND},
    {FS_NODUMP_FL, FS_XFLAG_NODUMP},
    {FS_NOATIME_FL, FS_XFLAG_NOATIME},
};
#define NBOTH (sizeof both / sizeof both[0])

static unsigned
to_xflags(unsigned flags)
{
	unsigned xflags = 0;

	for (size_t i = 0; i < NBOTH; i++)
		xflags |= (flags & both[i].flag) != 0 ? both[i].xflag : 0;
	return xflags;
}

/* EOPNOTSUPP: it asks for what has no flag. */
static int
from_fsxattr(const struct fsxattr *x, unsigned *ret_flags)
{
	*ret_flags = 0;
	for (size_t i = 0; i < NBOTH; i++)
		*ret_flags |= (x->fsx_xflags & both[i].xflag) != 0 ? both[i].flag : 0;
	return to_xflags(*ret_flags) != x->fsx_xflags || x->fsx_extsize != 0 ||
		       x->fsx_projid != 0 || x->fsx_cowextsize != 0
		   ? EOPNOTSUPP
		   : 0;
}

/* What is to be set, of either shape. */
static int
wanted(unsigned long request, void *arg, unsigned *ret_flags)
{
	struct fsxattr x;
	int error;

	if (request == FS_IOC_SETFLAGS)
		return fault_read(ret_flags, (uintptr_t)arg, sizeof *ret_flags);
	error = fault_read(&x, (uintptr_t)arg, sizeof x);
	return error != 0 ? error : from_fsxattr(&x, ret_flags);
}

static int
answer(unsigned long request, void *arg, unsigned flags)
{
	struct fsxattr x = {.fsx_xflags = to_xflags(flags)};

	return request == FS_IOC_GETFLAGS ? fault_write((uintptr_t)arg, &flags, sizeof flags)
					  : fault_write((uintptr_t)arg, &x, sizeof x);
}

bool
iflags_ioctl(int fd, unsigned long request, void *arg, int *ret_error)
{
	bool set = request == FS_IOC_SETFLAGS || request == FS_IOC_FSSETXATTR;
	unsigned flags = 0;
	uint64_t word;
	int64_t now;

	if ((!set && request != FS_IOC_GETFLAGS && request != FS_IOC_FSGETXATTR) ||
	    !ident_open_file(fd, &word))
		return false;
	*ret_error = set ? wanted(request, arg, &flags) : 0;
	if (*ret_error != 0)
		return true;
	*ret_error = call_deleg_inode_flags(word, set, flags, &now);
	if (*ret_error == ENOTTY && (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) == 0)
		return false;
	if (*ret_error == ENOTTY)
		*ret_error = EOPNOTSUPP;
	else if (*ret_error == 0 && !set)
		*ret_error = answer(request, arg, (unsigned)now);
	return true;
}
