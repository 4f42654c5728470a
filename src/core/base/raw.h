/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls of the host without libc: usable before any constructor, in signal handlers and
 * between fork and exec; never a cancellation point; never reaches an interposed name.
 * Each returns what the kernel returns: a result, or a negative errno.
 */
#ifndef CORE_BASE_RAW_H
#define CORE_BASE_RAW_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef __x86_64__
#error "only x86_64 has its system call instruction here"
#endif

static inline long
raw_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#define RAW_ARG_(x)            (long)(uintptr_t)(x)
#define raw_call0(nr)          raw_syscall6(nr, 0, 0, 0, 0, 0, 0)
#define raw_call1(nr, a)       raw_syscall6(nr, RAW_ARG_(a), 0, 0, 0, 0, 0)
#define raw_call2(nr, a, b)    raw_syscall6(nr, RAW_ARG_(a), RAW_ARG_(b), 0, 0, 0, 0)
#define raw_call3(nr, a, b, c) raw_syscall6(nr, RAW_ARG_(a), RAW_ARG_(b), RAW_ARG_(c), 0, 0, 0)
#define raw_call4(nr, a, b, c, d)                                                                  \
	raw_syscall6(nr, RAW_ARG_(a), RAW_ARG_(b), RAW_ARG_(c), RAW_ARG_(d), 0, 0)
#define raw_call5(nr, a, b, c, d, e)                                                               \
	raw_syscall6(nr, RAW_ARG_(a), RAW_ARG_(b), RAW_ARG_(c), RAW_ARG_(d), RAW_ARG_(e), 0)
#define raw_call6(nr, a, b, c, d, e, f)                                                            \
	raw_syscall6(                                                                              \
	    nr, RAW_ARG_(a), RAW_ARG_(b), RAW_ARG_(c), RAW_ARG_(d), RAW_ARG_(e), RAW_ARG_(f))

static inline int
raw_close(int fd)
{
	return (int)raw_call1(SYS_close, fd);
}

#endif
