/* SPDX-License-Identifier: BSD-2-Clause */
/* What an ELF file asks the dynamic linker for: the libraries that it needs and where to look. */
#ifndef HIJACK_ELF_NEEDS_H
#define HIJACK_ELF_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

struct elf_needs {
	const char *rpath, *runpath; /* lists with colons; NULL */
	size_t n;
	const char *needed[64];
	void *map; /* the strings lie in it */
	size_t size;
};

/* Reads an open file; false: it is no dynamic ELF file of this machine, or a broken one. */
bool elf_needs(struct elf_needs *e, int fd);
void elf_needs_free(struct elf_needs *e);

#endif
