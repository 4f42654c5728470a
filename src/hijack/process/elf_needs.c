/* SPDX-License-Identifier: BSD-2-Clause */
/* The dynamic section of an ELF file.  Whatever it says, nothing outside the file is read. */
#include "process/elf_needs.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/raw.h"

/* `len` bytes of the file, or NULL. */
static const void *
at(const struct elf_needs *e, uint64_t offset, uint64_t len)
{
	if (offset > e->size || len > e->size - offset || offset % 8 != 0)
		return NULL;
	return (const char *)e->map + offset;
}

static const Elf64_Phdr *
segments(const struct elf_needs *e, size_t *ret_n)
{
	const Elf64_Ehdr *h = at(e, 0, sizeof *h);

	if (h == NULL || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	    h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_machine != EM_X86_64 ||
	    h->e_phentsize != sizeof(Elf64_Phdr))
		return NULL;
	*ret_n = h->e_phnum;
	return at(e, h->e_phoff, (uint64_t)h->e_phnum * sizeof(Elf64_Phdr));
}

/* Where in the file an address of the program is; SIZE_MAX if nowhere. */
static uint64_t
offset_of(const Elf64_Phdr *ph, size_t n, uint64_t address)
{
	for (size_t i = 0; i < n; i++) {
		if (ph[i].p_type == PT_LOAD && address >= ph[i].p_vaddr &&
		    address - ph[i].p_vaddr < ph[i].p_filesz)
			return ph[i].p_offset + (address - ph[i].p_vaddr);
	}
	return SIZE_MAX;
}

/* A string of the string table, or NULL. */
static const char *
string_at(const struct elf_needs *e, uint64_t table, uint64_t offset)
{
	const char *s;

	if (table >= e->size || offset >= e->size - table)
		return NULL;
	s = (const char *)e->map + table + offset;
	return memchr(s, '\0', e->size - table - offset) == NULL ? NULL : s;
}

static void
take_entry(struct elf_needs *e, const Elf64_Dyn *d, uint64_t table)
{
	const char *s = string_at(e, table, d->d_un.d_val);

	if (s == NULL)
		return;
	if (d->d_tag == DT_NEEDED && e->n < sizeof e->needed / sizeof *e->needed)
		e->needed[e->n++] = s;
	else if (d->d_tag == DT_RPATH)
		e->rpath = s;
	else if (d->d_tag == DT_RUNPATH)
		e->runpath = s;
}

static bool
parse(struct elf_needs *e)
{
	uint64_t table = SIZE_MAX;
	const Elf64_Dyn *dyn = NULL;
	const Elf64_Phdr *ph;
	size_t n, entries = 0;

	ph = segments(e, &n);
	for (size_t i = 0; ph != NULL && i < n; i++) {
		if (ph[i].p_type == PT_DYNAMIC) {
			dyn = at(e, ph[i].p_offset, ph[i].p_filesz);
			entries = ph[i].p_filesz / sizeof *dyn;
		}
	}
	for (size_t i = 0; dyn != NULL && i < entries && dyn[i].d_tag != DT_NULL; i++) {
		if (dyn[i].d_tag == DT_STRTAB)
			table = offset_of(ph, n, dyn[i].d_un.d_ptr);
	}
	for (size_t i = 0; dyn != NULL && i < entries && dyn[i].d_tag != DT_NULL; i++)
		take_entry(e, &dyn[i], table);
	return dyn != NULL;
}

bool
elf_needs(struct elf_needs *e, int fd)
{
	struct stat st;
	long map;

	*e = (struct elf_needs){0};
	if (raw_call2(SYS_fstat, fd, &st) != 0 || st.st_size < (off_t)sizeof(Elf64_Ehdr))
		return false;
	map = raw_call6(SYS_mmap, NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map < 0 && map > -4096)
		return false;
	e->map = (void *)map;
	e->size = (size_t)st.st_size;
	if (parse(e))
		return true;
	elf_needs_free(e);
	return false;
}

void
elf_needs_free(struct elf_needs *e)
{
	raw_call2(SYS_munmap, e->map, e->size);
}
