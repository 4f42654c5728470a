/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/own.h"

#include <string.h>
#include <sys/mman.h>

#include "base/raw.h"

#define MAPS_MAX 32
#define PAGE     4096

/* Where the variables lie; the linker's names. */
extern char section_begin[] __asm__("__start_rump_process") __attribute__((visibility("hidden")));
extern char section_end[] __asm__("__stop_rump_process") __attribute__((visibility("hidden")));

_Atomic unsigned own_copies;
__thread ptrdiff_t own_shift;

static struct own_copy *_Atomic spare; /* one is kept for the next time */

/* Of a child of vfork: what is to be unmapped after it. */
PER_PROCESS static struct {
	void *map;
	size_t size;
} maps[MAPS_MAX];

static size_t
section_size(void)
{
	return (size_t)(section_end - section_begin);
}

static size_t
copy_size(void)
{
	return PAGE + section_size();
}

/* The variables in a copy keep their alignment: sections are aligned to less than a page. */
static char *
variables_of(struct own_copy *c)
{
	return (char *)c + PAGE / 2 + ((size_t)section_begin & (PAGE / 2 - 1));
}

static void *
map_pages(size_t size)
{
	long p = raw_call6(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p < 0 && p > -PAGE ? NULL : (void *)p;
}

struct own_copy *
own_begin(void)
{
	struct own_copy *c = atomic_exchange(&spare, NULL);

	if (c == NULL)
		c = map_pages(copy_size());
	if (c == NULL)
		return NULL;
	memcpy(variables_of(c), section_begin + own_distance(), section_size());
	c->outer = own_distance();
	own_shift = variables_of(c) - section_begin;
	atomic_fetch_add(&own_copies, 1);
	memset(OWN(maps), 0, sizeof maps);
	return c;
}

void
own_end(struct own_copy *c)
{
	struct own_copy *none = NULL;

	for (size_t i = 0; i < MAPS_MAX; i++) {
		if (OWN(maps)[i].map != NULL)
			raw_call2(SYS_munmap, OWN(maps)[i].map, OWN(maps)[i].size);
	}
	own_shift = c->outer;
	atomic_fetch_sub(&own_copies, 1);
	if (!atomic_compare_exchange_strong(&spare, &none, c))
		raw_call2(SYS_munmap, c, copy_size());
}

void *
own_map(size_t size)
{
	void *map = map_pages(size);

	for (size_t i = 0; map != NULL && own_distance() != 0 && i < MAPS_MAX; i++) {
		if (OWN(maps)[i].map == NULL) {
			OWN(maps)[i].map = map;
			OWN(maps)[i].size = size;
			break;
		}
	}
	return map;
}

void
own_unmap(void *map, size_t size)
{
	for (size_t i = 0; own_distance() != 0 && i < MAPS_MAX; i++) {
		if (OWN(maps)[i].map == map)
			OWN(maps)[i].map = NULL;
	}
	raw_call2(SYS_munmap, map, size);
}
