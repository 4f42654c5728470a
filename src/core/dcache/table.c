/* SPDX-License-Identifier: BSD-2-Clause */
/* The table's slots: writing and reading. */
#include <string.h>

#include "dcache/dcache.h"

/* FNV-1a. */
uint64_t
dcache_hash(uint64_t number, const char *name, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ number;

	h *= UINT64_C(0x100000001b3);
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

static uint32_t
entry_slot(uint64_t dir, const char *name, size_t len)
{
	return dcache_hash(dir, name, len) % DCACHE_ENTRIES;
}

static uint32_t
record_slot(uint64_t key)
{
	return dcache_hash(key, NULL, 0) % DCACHE_RECORDS;
}

static uint32_t
epoch_of(const struct dcache_table *t)
{
	return atomic_load_explicit(&t->epoch, memory_order_acquire);
}

/* --- writing --- */

static void
begin(_Atomic uint32_t *seq)
{
	atomic_store_explicit(
	    seq, atomic_load_explicit(seq, memory_order_relaxed) + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
}

static void
end(_Atomic uint32_t *seq)
{
	atomic_store_explicit(
	    seq, atomic_load_explicit(seq, memory_order_relaxed) + 1, memory_order_release);
}

void
dcache_open(struct dcache_table *t, uint64_t root)
{
	t->root = root;
	atomic_store(&t->epoch, 1);
}

void
dcache_close(struct dcache_table *t)
{
	atomic_store(&t->epoch, 0);
}

void
dcache_new_epoch(struct dcache_table *t)
{
	uint32_t next = epoch_of(t) + 1;

	atomic_store(&t->epoch, next == 0 ? 1 : next);
}

void
dcache_put_entry(struct dcache_table *t, uint64_t dir, const char *name, size_t len, uint64_t ino)
{
	struct dcache_entry *e = &t->entry[entry_slot(dir, name, len)];

	if (len > sizeof e->name)
		return;
	begin(&e->seq);
	e->epoch = epoch_of(t);
	e->dir = dir;
	e->ino = ino;
	e->len = (uint8_t)len;
	memcpy(e->name, name, len);
	end(&e->seq);
}

static bool
entry_is(const struct dcache_entry *e, uint64_t dir, const char *name, size_t len)
{
	return e->dir == dir && e->len == len && memcmp(e->name, name, len) == 0;
}

void
dcache_drop_entry(struct dcache_table *t, uint64_t dir, const char *name, size_t len)
{
	struct dcache_entry *e = &t->entry[entry_slot(dir, name, len)];

	if (len > sizeof e->name || !entry_is(e, dir, name, len))
		return;
	begin(&e->seq);
	e->epoch = 0;
	end(&e->seq);
}

bool
dcache_has_record(const struct dcache_table *t, uint64_t key)
{
	const struct dcache_record *r = &t->record[record_slot(key)];

	return r->key == key && r->epoch == epoch_of(t);
}

void
dcache_put_record(struct dcache_table *t, uint64_t key, const struct dcache_facts *f)
{
	struct dcache_record *r = &t->record[record_slot(key)];

	begin(&r->seq);
	r->epoch = epoch_of(t);
	r->key = key;
	r->facts = *f;
	end(&r->seq);
}

void
dcache_drop_record(struct dcache_table *t, uint64_t key)
{
	struct dcache_record *r = &t->record[record_slot(key)];

	if (r->key != key || r->epoch == 0)
		return;
	begin(&r->seq);
	r->epoch = 0;
	end(&r->seq);
}

/* --- reading --- */

/* Was the slot left alone since its counter was `seq`? */
static bool
is_unchanged(const _Atomic uint32_t *now, uint32_t seq)
{
	atomic_thread_fence(memory_order_acquire);
	return (seq & 1) == 0 && atomic_load_explicit(now, memory_order_relaxed) == seq;
}

bool
dcache_get_entry(
    const struct dcache_table *t, uint64_t dir, const char *name, size_t len, uint64_t *ret_ino)
{
	const struct dcache_entry *e = &t->entry[entry_slot(dir, name, len)];
	uint32_t seq, epoch = epoch_of(t);
	bool found;

	if (len > sizeof e->name || epoch == 0)
		return false;
	seq = atomic_load_explicit(&e->seq, memory_order_acquire);
	found = e->epoch == epoch && entry_is(e, dir, name, len);
	*ret_ino = e->ino;
	return is_unchanged(&e->seq, seq) && found;
}

bool
dcache_get_record(const struct dcache_table *t, uint64_t key, struct dcache_facts *ret)
{
	const struct dcache_record *r = &t->record[record_slot(key)];
	uint32_t seq, epoch = epoch_of(t);
	bool found;

	if (epoch == 0)
		return false;
	seq = atomic_load_explicit(&r->seq, memory_order_acquire);
	found = r->epoch == epoch && r->key == key;
	if (found)
		*ret = r->facts;
	return is_unchanged(&r->seq, seq) && found;
}
