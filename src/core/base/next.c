/* SPDX-License-Identifier: BSD-2-Clause */
/* Names in the objects behind this one, by their hash tables: see elf(5), and DT_GNU_HASH. */
#include "base/next.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HIDDEN_VERSION 0x8000

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

/* The parts of an object that say what it defines. */
struct object {
	ElfW(Addr) base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Half) * versions; /* or NULL */
	const uint32_t *hash;
};

/* The linker has made addresses of offsets, but not where it may not write. */
static const void *
address_of(const struct link_map *m, const ElfW(Dyn) * d)
{
	ElfW(Addr) p = d->d_un.d_ptr;

	return (const void *)(p < m->l_addr ? p + m->l_addr : p);
}

/* False: it has no such hash table. */
static bool
read_object(const struct link_map *m, struct object *o)
{
	*o = (struct object){.base = m->l_addr};
	for (const ElfW(Dyn) *d = m->l_ld; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_SYMTAB:
			o->symbols = address_of(m, d);
			break;
		case DT_STRTAB:
			o->strings = address_of(m, d);
			break;
		case DT_VERSYM:
			o->versions = address_of(m, d);
			break;
		case DT_GNU_HASH:
			o->hash = address_of(m, d);
			break;
		}
	}
	return o->symbols != NULL && o->strings != NULL && o->hash != NULL;
}

static uint32_t
hash_of(const char *name)
{
	uint32_t h = 5381;

	for (; *name != '\0'; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* Is it this name's default version, and defined here? */
static bool
is_definition(const struct object *o, uint32_t i, const char *name)
{
	const ElfW(Sym) *s = &o->symbols[i];
	unsigned type = ELF64_ST_TYPE(s->st_info);

	return s->st_shndx != SHN_UNDEF && s->st_value != 0 &&
	       (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE) &&
	       (o->versions == NULL || (o->versions[i] & HIDDEN_VERSION) == 0) &&
	       strcmp(o->strings + s->st_name, name) == 0;
}

/* The table: four words, a Bloom filter of so many machine words, the buckets, the chains; a
 * chain's last hash is odd. */
static const ElfW(Sym) * find_symbol(const struct object *o, const char *name, uint32_t h)
{
	uint32_t nbuckets = o->hash[0], first = o->hash[1], words = o->hash[2], shift = o->hash[3];
	const ElfW(Addr) *bloom = (const void *)(o->hash + 4);
	const uint32_t *buckets = (const void *)(bloom + words);
	const uint32_t *chains = buckets + nbuckets;
	const unsigned bits = 8 * sizeof *bloom;
	ElfW(Addr) word = bloom[h / bits % words];
	uint32_t i;

	if ((word >> h % bits & word >> (h >> shift) % bits & 1) == 0)
		return NULL;
	i = buckets[h % nbuckets];
	if (i < first)
		return NULL;
	for (;; i++) {
		uint32_t seen = chains[i - first];

		if ((seen | 1) == (h | 1) && is_definition(o, i, name))
			return &o->symbols[i];
		if ((seen & 1) != 0)
			return NULL;
	}
}

static void *
value_of(const struct object *o, const ElfW(Sym) * s)
{
	ElfW(Addr) value = o->base + s->st_value;

	if (ELF64_ST_TYPE(s->st_info) == STT_GNU_IFUNC)
		value = ((ElfW(Addr)(*)(void))value)();
	return (void *)value;
}

/* This library, and the last object that was loaded with the program. */
static const struct link_map *own, *last;

void
next_start(void)
{
	const struct link_map *m = _r_debug.r_map, *end = m;

	while (m != NULL && m->l_ld != _DYNAMIC)
		m = m->l_next;
	while (end != NULL && end->l_next != NULL)
		end = end->l_next;
	last = end;
	own = m;
}

void *
next_definition(const char *name)
{
	uint32_t h = hash_of(name);
	struct object o;

	if (own == NULL)
		next_start();
	for (const struct link_map *m = own; m != NULL && m != last;) {
		const ElfW(Sym) * s;

		m = m->l_next;
		if (!read_object(m, &o))
			continue;
		s = find_symbol(&o, name, h);
		if (s != NULL)
			return value_of(&o, s);
	}
	return NULL;
}
