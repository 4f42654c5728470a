/* SPDX-License-Identifier: BSD-2-Clause */
#include "socket/optval.h"

#include <errno.h>
#include <limits.h>

#include "base/fault.h"

int
optval_take(const void *val, socklen_t len, int *ret_value)
{
	if (len > INT_MAX || len < sizeof *ret_value)
		return EINVAL;
	return fault_read(ret_value, (uintptr_t)val, sizeof *ret_value);
}

int
optval_give_bytes(const void *src, size_t size, void *val, socklen_t *len)
{
	socklen_t have = *len < size ? *len : (socklen_t)size;

	if (*len > INT_MAX)
		return EINVAL;
	*len = have;
	return fault_write((uintptr_t)val, src, have);
}

int
optval_give(int value, void *val, socklen_t *len)
{
	return optval_give_bytes(&value, sizeof value, val, len);
}
