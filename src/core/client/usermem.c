/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of the program's memory: what a call declares, what travels along, what may be copied.
 */
#include "client/usermem.h"

#include <limits.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/raw.h"
#include "syscall/usermem_rows.h"
#include "wire/wire.h"

_Static_assert(RANGE_IN == USERMEM_IN && RANGE_OUT == USERMEM_OUT, "directions as in the table");

#define MANY_BYTES (USERMEM_MANY * sizeof(struct usermem_range))

/* A long iovec needs more room than a signal handler's stack may have. */
static bool
make_room(struct usermem *um)
{
	long p = raw_call6(
	    SYS_mmap, NULL, MANY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p < 0 && p > -4096)
		return false;
	um->range = (struct usermem_range *)p;
	memcpy(um->range, um->few, sizeof um->few);
	return true;
}

void
usermem_add(struct usermem *um, unsigned arg, unsigned dir, uint64_t addr, uint64_t len)
{
	uint64_t end;

	if (len == 0 || __builtin_add_overflow(addr, len, &end))
		return;
	if (um->n == USERMEM_FEW && um->range == um->few && !make_room(um))
		um->full = true;
	if (um->full || um->n == USERMEM_MANY)
		return;
	um->range[um->n++] = (struct usermem_range){
	    .addr = addr,
	    .len = len,
	    .dir = (uint16_t)dir,
	    .arg = (uint16_t)arg,
	};
}

static void
add_mem(struct usermem *um, unsigned i, const struct usermem_arg *a, const uint64_t args[6])
{
	uint64_t len = 0;

	if (a->len == USERMEM_LEN_REF) {
		uint32_t now;

		if (fault_read(&now, args[a->len_arg], sizeof now) == 0)
			len = (uint64_t)now * (a->unit != 0 ? a->unit : 1);
	} else if (!usermem_len(a, args, &len)) {
		len = 0;
	}
	usermem_add(um, i, a->dir, args[i], len);
}

static void
start_empty(struct usermem *um)
{
	um->anything = false;
	um->full = false;
	um->faulted = false;
	um->next = NULL;
	um->n = 0;
	um->range = um->few;
}

void
usermem_init(struct usermem *um, unsigned nr, const uint64_t args[6])
{
	const struct usermem_row *row = usermem_row(nr);

	start_empty(um);
	for (unsigned i = 0; row != NULL && i < row->nargs; i++) {
		const struct usermem_arg *a = &row->args[i];

		if (a->class == USERMEM_WORD || (args[i] == 0 && a->class != USERMEM_FCNTLARG))
			continue;
		switch ((enum usermem_class)a->class) {
		case USERMEM_STRING:
			usermem_add(um, i, RANGE_STRING, args[i], PATH_MAX);
			break;
		case USERMEM_MEM:
			add_mem(um, i, a, args);
			break;
		case USERMEM_IOVEC:
			walk_iovec(um, i, a->dir, args[i],
			    a->len_u32 ? (uint32_t)args[a->len_arg] : args[a->len_arg]);
			break;
		case USERMEM_MSGHDR:
			walk_msghdr(um, i, a->dir, args[i]);
			break;
		case USERMEM_FCNTLARG:
			walk_fcntl(um, i, args[1], args[i]);
			break;
		case USERMEM_IOCTLARG:
			walk_ioctl(um, i, args[1], args[i]);
			break;
		case USERMEM_WORD:
			break;
		}
	}
}

void
usermem_init_anything(struct usermem *um)
{
	start_empty(um);
	um->anything = true;
}

void
usermem_fini(struct usermem *um)
{
	if (um->range != um->few)
		raw_call2(SYS_munmap, um->range, MANY_BYTES);
}

static bool
range_holds(const struct usermem_range *r, uint64_t addr, uint64_t len)
{
	return addr >= r->addr && addr - r->addr <= r->len && len <= r->len - (addr - r->addr);
}

static bool
declares(const struct usermem *um, unsigned dir, uint64_t addr, uint64_t len)
{
	if (um->anything)
		return true;
	for (unsigned i = 0; i < um->n; i++) {
		const struct usermem_range *r = &um->range[i];

		if ((r->dir & dir) == 0)
			continue;
		if (dir == RANGE_STRING ? addr == r->addr : range_holds(r, addr, len))
			return true;
	}
	return false;
}

struct usermem *
usermem_find(struct usermem *um, unsigned dir, uint64_t addr, uint64_t len)
{
	while (um != NULL && !declares(um, dir, addr, len))
		um = um->next;
	return um;
}

bool
usermem_may_count(const struct usermem *um, unsigned nr, int64_t n)
{
	const struct usermem_row *row = usermem_row(nr);
	uint64_t room = 0;

	if (um->anything || um->full || row == NULL || row->counted == 0)
		return true;
	for (unsigned i = 0; i < um->n; i++) {
		const struct usermem_range *r = &um->range[i];

		if (r->arg == row->counted - 1 && (r->dir & row->args[r->arg].dir) != 0)
			room += r->len;
	}
	/* No memory at all: it asks how much is needed. */
	return n >= 0 && (room == 0 || (uint64_t)n <= room);
}

/* The bytes of an in-range as far as they travel with the call: all of them, or 0. */
static size_t
inline_len(const struct usermem_range *r, size_t budget)
{
	size_t len;

	if (r->dir == RANGE_STRING)
		return fault_strlen(r->addr, PATH_MAX, &len) == 0 ? len : 0;
	if ((r->dir & RANGE_IN) == 0 || r->len > budget || fault_readable(r->addr, r->len) != 0)
		return 0;
	return r->len;
}

uint32_t
usermem_put_chunks(const struct usermem *um, struct wbuf *w)
{
	size_t budget = WIRE_INLINE_MAX;
	unsigned arg = UINT_MAX;
	uint32_t n = 0;

	for (unsigned i = 0; i < um->n; i++) {
		const struct usermem_range *r = &um->range[i];
		size_t len;

		if (r->arg != arg)
			budget = WIRE_INLINE_MAX;
		arg = r->arg;
		len = inline_len(r, budget);
		if (len == 0)
			continue;
		budget -= len;
		wire_chunk_put(w, r->addr, (const void *)(uintptr_t)r->addr, (uint32_t)len);
		n++;
	}
	return n;
}
