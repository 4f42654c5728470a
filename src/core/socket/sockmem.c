/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table of buckets.  Key and word of a value are read and written one after the other: who
 * replaces a value takes it out of use first (BUSY), who reads it looks at the key again
 * afterwards.
 */
#include "socket/sockmem.h"

#include <sys/mman.h>

#include "base/shared.h"
#include "socket/sockctl.h"

#define INDEX_BITS 9
#define BUSY       UINT64_MAX
#define TRIES      4 /* to replace a value that others replace as well */
_Static_assert(1u << INDEX_BITS == SOCKMEM_INDICES, "an index fits");

static _Atomic(struct sockmem *) mapped;
static _Atomic(int) mapped_of; /* the kernel whose memory it is */

static void *
map_shared(void)
{
	void *p = NULL;
	int fd;

	if (sockenv_memory(&fd) != 0)
		return NULL;
	if (shared_map(fd, sizeof(struct sockmem), PROT_READ | PROT_WRITE, &p) != 0)
		p = NULL;
	raw_close(fd);
	return p;
}

static void *
map_private(void)
{
	long p = raw_call6(SYS_mmap, NULL, sizeof(struct sockmem), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p < 0 && p > -4096 ? NULL : (void *)p;
}

/* The kernel's memory; if it gives none, what there is, or private memory. */
static struct sockmem *
map(void)
{
	struct sockmem *old = atomic_load(&mapped), *m = old;
	void *p = map_shared();

	if (p == NULL && old == NULL)
		p = map_private();
	if (p == NULL)
		return old;
	m = p;
	/* The old one, of a kernel that has gone, stays mapped: a thread may be using it. */
	if (!atomic_compare_exchange_strong(&mapped, &old, m)) {
		raw_call2(SYS_munmap, m, sizeof *m); /* another thread was faster */
		return old;
	}
	atomic_store(&mapped_of, sockenv_kernel());
	return m;
}

struct sockmem *
sockmem_if_mapped(void)
{
	return atomic_load_explicit(&mapped, memory_order_acquire);
}

struct sockmem *
sockmem(void)
{
	struct sockmem *m = sockmem_if_mapped();

	return m != NULL && atomic_load(&mapped_of) == sockenv_kernel() ? m : map();
}

static uint64_t
key_of(uint64_t number, unsigned index)
{
	return number << INDEX_BITS | index;
}

static struct sockmem_value *
bucket_of(struct sockmem *m, uint64_t key)
{
	return m->buckets[key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (SOCKMEM_BUCKETS - 1)];
}

static struct sockmem_value *
find(struct sockmem *m, uint64_t key)
{
	struct sockmem_value *v = bucket_of(m, key);

	for (int i = 0; i < SOCKMEM_WAYS; i++, v++)
		if (atomic_load_explicit(&v->key, memory_order_acquire) == key)
			return v;
	return NULL;
}

/* The word for a value that is used now. */
static uint64_t
word_of(struct sockmem *m, int value)
{
	uint32_t now = atomic_fetch_add_explicit(&m->clock, 1, memory_order_relaxed);

	return (uint64_t)now << 32 | (uint32_t)value;
}

bool
sockmem_get(struct sockmem *m, uint64_t number, unsigned index, int *ret_value)
{
	uint64_t key = key_of(number, index), word;
	struct sockmem_value *v = find(m, key);

	if (v == NULL)
		return false;
	word = atomic_load_explicit(&v->word, memory_order_acquire);
	if (atomic_load_explicit(&v->key, memory_order_acquire) != key)
		return false;
	*ret_value = (int)(uint32_t)word;
	atomic_compare_exchange_strong(&v->word, &word, word_of(m, *ret_value));
	return true;
}

/* A place in the bucket: a free one, or the one that was not used the longest. */
static struct sockmem_value *
choose(struct sockmem *m, uint64_t key)
{
	uint32_t now = atomic_load_explicit(&m->clock, memory_order_relaxed), age, oldest = 0;
	struct sockmem_value *v = bucket_of(m, key), *best = v;
	uint64_t old;

	for (int i = 0; i < SOCKMEM_WAYS; i++, v++) {
		old = atomic_load_explicit(&v->key, memory_order_relaxed);
		if (old == 0)
			return v;
		if (old == BUSY)
			continue;
		age = now - (uint32_t)(atomic_load_explicit(&v->word, memory_order_relaxed) >> 32);
		if (age >= oldest) {
			oldest = age;
			best = v;
		}
	}
	return best;
}

void
sockmem_put(struct sockmem *m, uint64_t number, unsigned index, int value)
{
	uint64_t key = key_of(number, index), old;
	struct sockmem_value *v = find(m, key);

	for (int i = 0; v == NULL && i < TRIES; i++) {
		v = choose(m, key);
		old = atomic_load(&v->key);
		if (old == BUSY || !atomic_compare_exchange_strong(&v->key, &old, BUSY))
			v = NULL;
	}
	if (v == NULL)
		return;
	atomic_store_explicit(&v->word, word_of(m, value), memory_order_release);
	atomic_store_explicit(&v->key, key, memory_order_release);
}
