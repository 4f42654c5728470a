/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the program's own memory at an address that may be wrong.
 */
#ifndef CORE_TRACE_PEEK_H
#define CORE_TRACE_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* len bytes at addr; false if not all of them can be read. */
bool peek(uint64_t addr, void *buf, size_t len);
/* The string at addr, at most size - 1 bytes of it, always with a NUL; false if it is not there.
 * *ret_more: it goes on after that. */
bool peek_string(uint64_t addr, char *buf, size_t size, bool *ret_more);

#endif
