/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's memory at addresses that may be bad.  A bad pointer in a system call is EFAULT, not
 * a crash; so nothing is read or written before the host kernel has said that it can be.
 */
#ifndef CORE_BASE_FAULT_H
#define CORE_BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 or EFAULT. */
int fault_read(void *dst, uint64_t addr, size_t len);
int fault_write(uint64_t addr, const void *src, size_t len);
int fault_readable(uint64_t addr, size_t len);
int fault_writable(uint64_t addr, size_t len);
/*
 * Length of the string at addr: *ret_len counts the NUL, or is `max` if there is none among the
 * first max bytes.  All those bytes are readable then.
 */
int fault_strlen(uint64_t addr, size_t max, size_t *ret_len);
/* The vector of exec(3), NULL for none, up to its NULL; and where its strings begin, if asked. */
int fault_vector(char *const *vector, bool strings);

#endif
