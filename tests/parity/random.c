/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences of file calls (random_calls.h).  Each test is a seed.  PARITY_SEED=N tries
 * another one, PARITY_CALLS=N that many calls; tests/long runs hundreds.
 */
#include "random_files.h"
#include "random_names.h"

#define CALLS 250

typedef void call_fn(void);

static void
random_run(uint64_t seed)
{
	static call_fn *const calls[] = {do_open, do_open, do_open, do_open, do_openat, do_close,
	    do_mkdir, do_mkdir, do_mkdir, do_mknod, do_unlink, do_unlink, do_rmdir, do_rmdir,
	    do_rename, do_rename, do_rename, do_link, do_link, do_symlink, do_symlink, do_readlink,
	    do_chmod, do_chmod, do_chmod, do_chown, do_chown, do_stat, do_access, do_truncate,
	    do_write, do_write, do_read, do_seek, do_fallocate, do_times, do_xattr, do_xattr,
	    do_cwd, do_home, do_list, do_umask, do_user, do_user, do_fd, do_copy};
	const char *count = getenv("PARITY_CALLS");

	w.state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int i = 0; i < FDS; i++)
		w.fds[i] = -1;
	for (const char *level = TOP; *level != '\0'; level += 2) {
		const char name[] = {*level, '\0'};

		MUST(mkdir(name, 0755));
		MUST(chdir(name));
		if (level[1] == '\0')
			break;
	}
	MUST(chmod(".", pick(2) == 0 ? 0777 : 01777));
	umask(022);
	for (long n = count == NULL ? CALLS : atol(count); n > 0; n--)
		ONE_OF(calls)();
}

TEST(seed_1)
{
	random_run(1);
}

TEST(seed_2)
{
	random_run(2);
}

TEST(seed_3)
{
	random_run(3);
}

TEST(seed_4)
{
	random_run(4);
}

TEST(seed_5)
{
	random_run(5);
}

TEST(seed_6)
{
	random_run(6);
}

TEST(seed_7)
{
	random_run(7);
}

TEST(seed_8)
{
	random_run(8);
}

TEST(seed_given)
{
	const char *seed = getenv("PARITY_SEED");

	if (seed != NULL)
		random_run(strtoull(seed, NULL, 10));
}

int
main(void)
{
	return parity_main();
}
