/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables: number -> open file.  A table starts small and doubles up to FILEDESC_MAX; a
 * reference in a slot is the table's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "kern/file.h"
#include "kern/proc.h"

#define FILEDESC_MIN 16

struct slot {
	struct file *file; /* NULL: free */
	bool cloexec;
};

struct filedesc {
	struct slot *slots;
	int size;
};

struct filedesc *
filedesc_new(void)
{
	return calloc(1, sizeof(struct filedesc));
}

unsigned
filedesc_count(const struct filedesc *t)
{
	unsigned n = 0;

	for (int fd = 0; fd < t->size; fd++)
		n += t->slots[fd].file != NULL;
	return n;
}

/* Makes number fd exist. */
static int
filedesc_grow(struct filedesc *t, int fd)
{
	int size = t->size > 0 ? t->size : FILEDESC_MIN;
	struct slot *slots;

	if (fd < t->size)
		return 0;
	while (size <= fd)
		size *= 2;
	slots = realloc(t->slots, (size_t)size * sizeof *slots);
	if (slots == NULL)
		return ENOMEM;
	memset(slots + t->size, 0, (size_t)(size - t->size) * sizeof *slots);
	t->slots = slots;
	t->size = size;
	return 0;
}

struct filedesc *
filedesc_copy(struct filedesc *from)
{
	struct filedesc *t = filedesc_new();

	if (t == NULL)
		return NULL;
	if (from->size > 0 && filedesc_grow(t, from->size - 1) != 0) {
		free(t);
		return NULL;
	}
	for (int fd = 0; fd < from->size; fd++) {
		t->slots[fd] = from->slots[fd];
		if (t->slots[fd].file != NULL)
			file_ref(t->slots[fd].file);
	}
	return t;
}

/* Empties the slot first: the file's close function must not meet it again. */
static void
slot_clear(struct slot *s)
{
	struct file *f = s->file;

	*s = (struct slot){0};
	if (f != NULL)
		file_unref(f);
}

void
filedesc_free(struct filedesc *t)
{
	for (int fd = 0; fd < t->size; fd++)
		slot_clear(&t->slots[fd]);
	free(t->slots);
	free(t);
}

void
filedesc_close_on_exec(struct filedesc *t)
{
	for (int fd = 0; fd < t->size; fd++) {
		if (t->slots[fd].cloexec)
			slot_clear(&t->slots[fd]);
	}
}

/* The lowest free number >= min, with a slot for it. */
static int
find_free(struct filedesc *t, int min, int *ret_fd)
{
	int fd = min;

	if (min < 0 || min >= FILEDESC_MAX)
		return EINVAL;
	while (fd < t->size && t->slots[fd].file != NULL)
		fd++;
	if (fd >= FILEDESC_MAX)
		return EMFILE;
	*ret_fd = fd;
	return filedesc_grow(t, fd);
}

int
filedesc_alloc(struct proc *p, struct file *f, int min, bool cloexec, int *ret_fd)
{
	int error = find_free(p->fdt, min, ret_fd);

	if (error != 0)
		file_unref(f);
	else
		p->fdt->slots[*ret_fd] = (struct slot){.file = f, .cloexec = cloexec};
	return error;
}

int
filedesc_set(struct proc *p, struct file *f, uint64_t fdword, bool cloexec)
{
	struct filedesc *t = p->fdt;
	int error = fdword < FILEDESC_MAX ? filedesc_grow(t, (int)fdword) : EBADF;

	if (error != 0) {
		file_unref(f);
		return error;
	}
	slot_clear(&t->slots[fdword]);
	t->slots[fdword] = (struct slot){.file = f, .cloexec = cloexec};
	return 0;
}

/* The occupied slot that the word names, or NULL; words that are no small number name none. */
static struct slot *
filedesc_slot(struct filedesc *t, uint64_t fdword)
{
	if (fdword >= (uint64_t)t->size || t->slots[fdword].file == NULL)
		return NULL;
	return &t->slots[fdword];
}

int
filedesc_get(struct proc *p, uint64_t fdword, struct file **ret)
{
	struct slot *s = filedesc_slot(p->fdt, fdword);

	if (s == NULL)
		return EBADF;
	*ret = s->file;
	return 0;
}

int
filedesc_close(struct proc *p, uint64_t fdword)
{
	struct slot *s = filedesc_slot(p->fdt, fdword);

	if (s == NULL)
		return EBADF;
	slot_clear(s);
	return 0;
}

bool
filedesc_cloexec(struct proc *p, int fd)
{
	struct slot *s = filedesc_slot(p->fdt, (uint64_t)(int64_t)fd);

	return s != NULL && s->cloexec;
}

void
filedesc_set_cloexec(struct proc *p, int fd, bool on)
{
	struct slot *s = filedesc_slot(p->fdt, (uint64_t)(int64_t)fd);

	if (s != NULL)
		s->cloexec = on;
}
