/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that only look: see look.h. */
#include "ident/look.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "ident/ident.h"
#include "ident/lookup.h"
#include "route/above.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"

/* Flags that change nothing for a path that is not empty. */
#define NO_MATTER (AT_NO_AUTOMOUNT | AT_EMPTY_PATH)

static int
facts_and_stat(uint64_t dir, const char *path, int flags, struct dcache_facts *f, struct stat *st)
{
	int error = lookup(dir, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, f);

	return error != 0 ? error : lookup_stat(f, st);
}

static int
find_stat(uint64_t dirfd, const char *path, struct stat *st, int flags)
{
	struct dcache_facts f;
	struct stat found;
	int error = LOOKUP_ASK;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | NO_MATTER)) == 0)
		error = facts_and_stat(dirfd, path, flags, &f, &found);
	if (error == LOOKUP_ASK)
		return call_newfstatat(dirfd, path, st, flags);
	return error != 0 ? error : fault_write((uintptr_t)st, &found, sizeof found);
}

int
look_newfstatat(uint64_t dirfd, const char *path, struct stat *st, int flags)
{
	int error = find_stat(dirfd, path, st, flags);

	if (error == 0 && path != NULL)
		above_stat(dirfd, path, st);
	return error;
}

/*
 * What the kernel fills in for a mask, as it was seen to do: a few masks are all that programs use.
 */
static struct {
	_Atomic(unsigned) state; /* FREE, WRITING, DONE */
	unsigned mask;
	struct statx stx;
} models[8];
enum { FREE, WRITING, DONE };

static const struct statx *
model_of(unsigned mask)
{
	for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
		if (atomic_load_explicit(&models[i].state, memory_order_acquire) == DONE &&
		    models[i].mask == mask)
			return &models[i].stx;
	}
	return NULL;
}

static void
remember_model(unsigned mask, const struct statx *stx)
{
	for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
		unsigned seen = FREE;

		if (!atomic_compare_exchange_strong(&models[i].state, &seen, WRITING))
			continue;
		models[i].mask = mask;
		models[i].stx = *stx;
		atomic_store_explicit(&models[i].state, DONE, memory_order_release);
		return;
	}
}

static int
ask_statx(uint64_t dirfd, const char *path, int flags, unsigned mask, struct statx *stx)
{
	int error = call_statx(dirfd, path, flags, mask, stx);

	if (error == 0 && model_of(mask) == NULL)
		remember_model(mask, stx);
	return error;
}

static int
find_statx(uint64_t dirfd, const char *path, int flags, unsigned int mask, struct statx *stx)
{
	const int sync = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
	const struct statx *model = model_of(mask);
	struct dcache_facts f;
	struct statx found;
	struct stat st;
	int error = LOOKUP_ASK;

	if (model != NULL && (flags & ~(AT_SYMLINK_NOFOLLOW | NO_MATTER | sync)) == 0 &&
	    (flags & sync) != sync)
		error = facts_and_stat(dirfd, path, flags, &f, &st);
	if (error == LOOKUP_ASK)
		return ask_statx(dirfd, path, flags, mask, stx);
	if (error != 0)
		return error;
	dcache_statx(&st, f.btime, f.mount, (f.flags & DCACHE_MOUNT_ROOT) != 0, model, &found);
	return fault_write((uintptr_t)stx, &found, sizeof found);
}

int
look_statx(uint64_t dirfd, const char *path, int flags, unsigned int mask, struct statx *stx)
{
	int error = find_statx(dirfd, path, flags, mask, stx);

	if (error == 0 && path != NULL)
		above_statx(dirfd, path, mask, stx);
	return error;
}

int
look_faccessat2(uint64_t dirfd, const char *path, int mode, int flags)
{
	struct dcache_facts f;
	int error = LOOKUP_ASK;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EACCESS)) == 0 &&
	    (mode & ~(R_OK | W_OK | X_OK)) == 0 && lookup_has_one_id())
		error = lookup(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, &f);
	if (error == 0)
		error = lookup_access(&f, mode);
	return error == LOOKUP_ASK ? call_faccessat2(dirfd, path, mode, flags) : error;
}

int
hijack_fstat(int fd, struct stat *st)
{
	long error = -raw_call2(SYS_fstat, fd, st);
	struct stat object;
	uint64_t word;

	if (error != 0 || client_owns_fd(fd))
		return hijack_fail(error != 0 ? (int)error : EBADF);
	if (!ident_stat(st, &word))
		return 0;
	object = *st;
	error = lookup_open(word & ~RUMP_HANDLE, &object, st);
	if (error == LOOKUP_ASK)
		error = call_fstat(word, st);
	return (int)hijack_ret((int)error, 0);
}
HIJACK_EXPORTS(fstat)
