/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time-outs and deadlines.  Deadlines are CLOCK_MONOTONIC, as kern_wait() takes them.
 */
#ifndef KERNEL_KERN_CLOCK_H
#define KERNEL_KERN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Is it a length of time that Linux accepts: not negative, less than a second of nanoseconds. */
bool timeout_is_valid(const struct timespec *timeout);
/* When a time-out that starts now ends; one beyond the end of time ends there. */
void deadline_after(const struct timespec *timeout, struct timespec *ret);
void deadline_after_ms(int timeout_ms, struct timespec *ret);
/* The time left, zero once it has passed. */
void deadline_left(const struct timespec *deadline, struct timespec *ret);
bool deadline_has_passed(const struct timespec *deadline);

/* Which system call is running, for what is to be one in all of it; 0 before the first.  Giant. */
uint64_t clock_call(void);
void clock_begin_call(void);

#endif
