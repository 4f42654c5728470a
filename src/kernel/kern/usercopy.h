/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's memory, as system call functions see it.  The generated dispatch makes the structs
 * from the table's declarations, so a function cannot copy more than declared, nor in the wrong
 * direction.  All functions return 0 or an errno: EFAULT for memory that is not there or not
 * declared.  in-copies may sleep (see proc.h), out-copies do not.
 */
#ifndef KERNEL_KERN_USERCOPY_H
#define KERNEL_KERN_USERCOPY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lwp;

typedef uint64_t uaddr_t;

struct uin { /* the kernel reads len bytes at addr */
	uaddr_t addr;
	size_t len;
};
struct uout { /* the kernel writes up to len bytes at addr */
	uaddr_t addr;
	size_t len;
};
struct uinout {
	uaddr_t addr;
	size_t len;
};
struct upath { /* NUL-terminated */
	uaddr_t addr;
};
struct uptr { /* kinds of class walk: the function walks on its own */
	uaddr_t addr;
	uint64_t count; /* iovec: the number of elements; else 0 */
};

/* What server/ gives: raw copies, by lwp. */
struct usercopy {
	int (*in)(struct lwp *l, uaddr_t addr, void *dst, size_t len);
	int (*instr)(struct lwp *l, uaddr_t addr, char *dst, size_t size, size_t *ret_len);
	int (*out)(struct lwp *l, uaddr_t addr, const void *src, size_t len);
};

/* A NULL address: for arguments that the table marks `?`. */
static inline bool
u_is_null(uaddr_t addr)
{
	return addr == 0;
}

/* len bytes at offset off of the range; EFAULT if that is not inside it. */
int uin_get(struct lwp *l, struct uin u, size_t off, void *dst, size_t len);
int uout_put(struct lwp *l, struct uout u, size_t off, const void *src, size_t len);
int uinout_get(struct lwp *l, struct uinout u, size_t off, void *dst, size_t len);
int uinout_put(struct lwp *l, struct uinout u, size_t off, const void *src, size_t len);
/* The string into buf: ENOENT if empty and !empty_ok, ENAMETOOLONG if it does not fit PATH_MAX. */
int upath_get(struct lwp *l, struct upath u, char buf[PATH_MAX], bool empty_ok);
/* Kinds of class walk. */
int uptr_get(struct lwp *l, uaddr_t addr, void *dst, size_t len);
int uptr_put(struct lwp *l, uaddr_t addr, const void *src, size_t len);

#endif
