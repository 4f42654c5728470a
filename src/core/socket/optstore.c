/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Option values by socket cookie.  A slot is one 64-bit word, so that it is read and written whole:
 *
 *	63        39 38     32 31     0
 *	  cookie>>13  index+1    value
 *
 * The slot's number is the low 13 bits of the cookie, shifted by the index; together they name the
 * socket without doubt.
 */
#include "socket/optstore.h"

#include <stdint.h>

#include "socket/sockhost.h"

#define SLOT_BITS 13
#define SLOTS     (1u << SLOT_BITS)
#define KEY_BITS  25

static uint64_t slots[SLOTS];

static bool
cookie_of(int fd, uint64_t *ret)
{
	socklen_t len = sizeof *ret;

	return sockhost_getopt(fd, SOL_SOCKET, SO_COOKIE, ret, &len) == 0 && len == sizeof *ret;
}

static uint64_t *
slot_of(uint64_t cookie, unsigned index)
{
	return &slots[(cookie + (uint64_t)index * 67) % SLOTS];
}

static uint64_t
key_of(uint64_t cookie, unsigned index)
{
	uint64_t high = cookie >> SLOT_BITS & ((UINT64_C(1) << KEY_BITS) - 1);

	return high << 7 | (index + 1);
}

static bool
get(uint64_t cookie, unsigned index, int *ret_value)
{
	uint64_t word = __atomic_load_n(slot_of(cookie, index), __ATOMIC_RELAXED);

	if (word >> 32 != key_of(cookie, index))
		return false;
	*ret_value = (int)(uint32_t)word;
	return true;
}

static void
put(uint64_t cookie, unsigned index, int value)
{
	uint64_t word = key_of(cookie, index) << 32 | (uint32_t)value;

	__atomic_store_n(slot_of(cookie, index), word, __ATOMIC_RELAXED);
}

bool
optstore_get(int fd, unsigned index, int *ret_value)
{
	uint64_t cookie;

	return cookie_of(fd, &cookie) && get(cookie, index, ret_value);
}

void
optstore_put(int fd, unsigned index, int value)
{
	uint64_t cookie;

	if (cookie_of(fd, &cookie))
		put(cookie, index, value);
}

void
optstore_copy(int from, int to)
{
	uint64_t source, target;
	int value;

	if (!cookie_of(from, &source) || !cookie_of(to, &target))
		return;
	for (unsigned i = 0; i < OPTSTORE_MAX; i++)
		if (get(source, i, &value))
			put(target, i, value);
}
