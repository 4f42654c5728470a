/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time-outs and deadlines.
 */
#include "kern/clock.h"

#define NSEC_PER_SEC 1000000000L
#define SEC_MAX      INT64_C(0x7fffffffffff) /* far away, and still room to add to */

static uint64_t calls;

bool
timeout_is_valid(const struct timespec *timeout)
{
	return timeout->tv_sec >= 0 && timeout->tv_nsec >= 0 && timeout->tv_nsec < NSEC_PER_SEC;
}

void
deadline_after(const struct timespec *timeout, struct timespec *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ret->tv_sec = now.tv_sec + (timeout->tv_sec < SEC_MAX ? timeout->tv_sec : SEC_MAX);
	ret->tv_nsec = now.tv_nsec + timeout->tv_nsec;
	if (ret->tv_nsec >= NSEC_PER_SEC) {
		ret->tv_sec++;
		ret->tv_nsec -= NSEC_PER_SEC;
	}
}

void
deadline_after_ms(int timeout_ms, struct timespec *ret)
{
	struct timespec timeout = {
	    .tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};

	deadline_after(&timeout, ret);
}

void
deadline_left(const struct timespec *deadline, struct timespec *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ret->tv_sec = deadline->tv_sec - now.tv_sec;
	ret->tv_nsec = deadline->tv_nsec - now.tv_nsec;
	if (ret->tv_nsec < 0) {
		ret->tv_sec--;
		ret->tv_nsec += NSEC_PER_SEC;
	}
	if (ret->tv_sec < 0)
		*ret = (struct timespec){0};
}

bool
deadline_has_passed(const struct timespec *deadline)
{
	struct timespec left;

	deadline_left(deadline, &left);
	return left.tv_sec == 0 && left.tv_nsec == 0;
}

uint64_t
clock_call(void)
{
	return calls;
}

void
clock_begin_call(void)
{
	calls++;
}
