/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CHECK: a programmer's error stops the program, in release builds too.  Never for what a peer
 * or the world did: those are returned.
 */
#ifndef CORE_BASE_CHECK_H
#define CORE_BASE_CHECK_H

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (__builtin_expect(!(cond), 0))                                                  \
			check_failed(#cond, __FILE__, __LINE__);                                   \
	} while (0)

_Noreturn void check_failed(const char *what, const char *file, int line);

#endif
