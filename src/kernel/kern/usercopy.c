/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's memory: bounds of the declared range first, then the raw copy that the server gave
 * the call (l->copy).
 */
#include <errno.h>

#include "kern/proc.h"
#include "kern/usercopy.h"

/* Does [off, off + len) lie in a range of `size` bytes at addr that does not wrap? */
static bool
range_has(uaddr_t addr, size_t size, size_t off, size_t len)
{
	return addr != 0 && off <= size && len <= size - off && addr <= UINT64_MAX - size;
}

static int
range_in(struct lwp *l, uaddr_t addr, size_t size, size_t off, void *dst, size_t len)
{
	if (len == 0)
		return 0;
	if (!range_has(addr, size, off, len))
		return EFAULT;
	return l->copy->in(l, addr + off, dst, len);
}

static int
range_out(struct lwp *l, uaddr_t addr, size_t size, size_t off, const void *src, size_t len)
{
	if (len == 0)
		return 0;
	if (!range_has(addr, size, off, len))
		return EFAULT;
	return l->copy->out(l, addr + off, src, len);
}

int
uin_get(struct lwp *l, struct uin u, size_t off, void *dst, size_t len)
{
	return range_in(l, u.addr, u.len, off, dst, len);
}

int
uout_put(struct lwp *l, struct uout u, size_t off, const void *src, size_t len)
{
	return range_out(l, u.addr, u.len, off, src, len);
}

int
uinout_get(struct lwp *l, struct uinout u, size_t off, void *dst, size_t len)
{
	return range_in(l, u.addr, u.len, off, dst, len);
}

int
uinout_put(struct lwp *l, struct uinout u, size_t off, const void *src, size_t len)
{
	return range_out(l, u.addr, u.len, off, src, len);
}

int
upath_get(struct lwp *l, struct upath u, char buf[PATH_MAX], bool empty_ok)
{
	size_t len;
	int error;

	/* No client declares a string at the very end of memory: it would wrap. */
	if (u.addr == 0 || u.addr > UINT64_MAX - PATH_MAX)
		return EFAULT;
	error = l->copy->instr(l, u.addr, buf, PATH_MAX, &len);
	if (error == 0 && buf[0] == '\0' && !empty_ok)
		error = ENOENT;
	return error;
}

int
uptr_get(struct lwp *l, uaddr_t addr, void *dst, size_t len)
{
	return range_in(l, addr, len, 0, dst, len);
}

int
uptr_put(struct lwp *l, uaddr_t addr, const void *src, size_t len)
{
	return range_out(l, addr, len, 0, src, len);
}
