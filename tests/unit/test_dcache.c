/* SPDX-License-Identifier: BSD-2-Clause */
/* The shared table of names: slots, epochs, walking, and reading while it is written. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dcache/dcache.h"

#define ROOT 1

static const struct dcache_cred root_user = {.uid = 0};

static struct dcache_facts
facts(uint64_t ino, mode_t mode, uid_t uid)
{
	struct dcache_facts f = {.object_fd = -1};

	f.st.st_ino = ino;
	f.st.st_mode = mode;
	f.st.st_uid = uid;
	f.st.st_gid = uid;
	return f;
}

static void
put(struct dcache_table *t, uint64_t ino, mode_t mode, uid_t uid)
{
	struct dcache_facts f = facts(ino, mode, uid);

	dcache_put_record(t, ino, &f);
}

static int
setup(void **state)
{
	struct dcache_table *t = calloc(1, sizeof *t);

	assert_non_null(t);
	dcache_open(t, ROOT);
	put(t, ROOT, S_IFDIR | 0755, 0);
	put(t, 2, S_IFDIR | 0710, 10);
	put(t, 3, S_IFREG | 0640, 10);
	put(t, 4, S_IFLNK | 0777, 0);
	dcache_put_entry(t, ROOT, "dir", 3, 2);
	dcache_put_entry(t, 2, "file", 4, 3);
	dcache_put_entry(t, 2, "link", 4, 4);
	dcache_put_entry(t, 2, "no", 2, 0);
	dcache_put_entry(t, 2, "vague", 5, 99);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

static int
walk(const struct dcache_table *t, uint64_t dir, const char *path, bool follow)
{
	struct dcache_facts f;
	int error = dcache_walk(t, dir, path, follow, &root_user, &f);

	return error != 0 ? error : -1000 - (int)f.st.st_ino;
}
#define FOUND(ino) (-1000 - (ino))

static void
test_walk(void **state)
{
	const struct dcache_table *t = *state;

	assert_int_equal(walk(t, 0, "/", true), FOUND(ROOT));
	assert_int_equal(walk(t, 0, "/dir", true), FOUND(2));
	assert_int_equal(walk(t, 0, "/dir/", true), FOUND(2));
	assert_int_equal(walk(t, 0, "/./dir//.//file", true), FOUND(3));
	assert_int_equal(walk(t, 2, "file", true), FOUND(3));
	assert_int_equal(walk(t, 2, ".", true), FOUND(2));
	assert_int_equal(walk(t, 0, "/dir/no", true), ENOENT);
	assert_int_equal(walk(t, 0, "/dir/no/more", true), ENOENT);
	assert_int_equal(walk(t, 0, "/dir/file/x", true), ENOTDIR);
	assert_int_equal(walk(t, 0, "/dir/file/", true), ENOTDIR);
	assert_int_equal(walk(t, 0, "/dir/link", false), FOUND(4));
}

static void
test_walk_asks(void **state)
{
	static const char *const paths[] = {"", "/unknown", "/dir/vague", "/dir/link", "/dir/link/",
	    "/dir/link/x", "/..", "/dir/../dir", "//dir", "/dir/file_with_more",
	    "/a_name_that_is_longer_than_what_there_is_room_for"};
	static char long_path[5000];

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_int_equal(walk(*state, ROOT, paths[i], true), DCACHE_UNKNOWN);
	assert_int_equal(walk(*state, 77, "file", true), DCACHE_UNKNOWN);
	memset(long_path, '/', sizeof long_path - 1);
	assert_int_equal(walk(*state, ROOT, long_path + 1, true), DCACHE_UNKNOWN);
}

static int
walk_as(const struct dcache_table *t, uid_t uid, gid_t gid, const gid_t *groups, unsigned n)
{
	struct dcache_cred c = {.uid = uid, .gid = gid, .groups = groups, .ngroups = n};
	struct dcache_facts f;
	int error = dcache_walk(t, 0, "/dir/file", true, &c, &f);

	return error != 0 ? error : dcache_access(&f, &c, R_OK);
}

static void
test_permission(void **state)
{
	struct dcache_facts f = facts(2, S_IFDIR | 0710, 10);
	const gid_t groups[] = {5, 10};
	struct dcache_cred c = {.uid = 20};

	assert_int_equal(walk_as(*state, 10, 1, NULL, 0), 0);
	assert_int_equal(walk_as(*state, 20, 10, NULL, 0), 0);
	assert_int_equal(walk_as(*state, 20, 1, groups, 2), 0);
	assert_int_equal(walk_as(*state, 20, 1, groups, 1), EACCES);
	assert_int_equal(walk_as(*state, 0, 0, NULL, 0), 0);
	f.flags = DCACHE_ACL;
	assert_int_equal(dcache_access(&f, &c, X_OK), DCACHE_UNKNOWN);
	c.uid = 10;
	assert_int_equal(dcache_access(&f, &c, X_OK), 0);
	f = facts(3, S_IFREG | 0644, 10);
	assert_int_equal(dcache_access(&f, &root_user, X_OK), EACCES);
	assert_int_equal(dcache_access(&f, &root_user, W_OK), 0);
	assert_int_equal(dcache_access(&f, &c, W_OK | R_OK), 0);
	assert_int_equal(dcache_access(&f, &c, X_OK), EACCES);
}

static void
test_dropping(void **state)
{
	struct dcache_table *t = *state;
	uint64_t ino;

	assert_true(dcache_get_entry(t, 2, "file", 4, &ino));
	assert_int_equal(ino, 3);
	dcache_drop_entry(t, 2, "fil", 3);
	dcache_drop_entry(t, 3, "file", 4);
	assert_true(dcache_get_entry(t, 2, "file", 4, &ino));
	dcache_drop_entry(t, 2, "file", 4);
	assert_false(dcache_get_entry(t, 2, "file", 4, &ino));
	assert_true(dcache_has_record(t, 3));
	dcache_drop_record(t, 3);
	assert_false(dcache_has_record(t, 3));
	dcache_drop_record(t, 1234567);
}

static void
test_epochs(void **state)
{
	struct dcache_table *t = *state;
	uint64_t ino;

	dcache_new_epoch(t);
	assert_false(dcache_get_entry(t, 2, "file", 4, &ino));
	assert_false(dcache_has_record(t, 3));
	put(t, ROOT, S_IFDIR | 0755, 0);
	assert_int_equal(walk(t, 0, "/", true), FOUND(ROOT));
	dcache_close(t);
	assert_int_equal(walk(t, 0, "/", true), DCACHE_UNKNOWN);
}

/* More than there is room for: what is found is right. */
static void
test_collisions(void **state)
{
	struct dcache_table *t = *state;
	char name[32];
	unsigned found = 0;
	uint64_t ino;

	for (unsigned i = 0; i < 3 * DCACHE_ENTRIES; i++) {
		snprintf(name, sizeof name, "name%u", i);
		dcache_put_entry(t, ROOT, name, strlen(name), 1000 + i);
	}
	for (unsigned i = 0; i < 3 * DCACHE_ENTRIES; i++) {
		snprintf(name, sizeof name, "name%u", i);
		if (!dcache_get_entry(t, ROOT, name, strlen(name), &ino))
			continue;
		assert_int_equal(ino, 1000 + i);
		found++;
	}
	assert_true(found > DCACHE_ENTRIES / 2);
}

static atomic_bool stop;

/* Facts whose parts all say the same number. */
static void *
write_on(void *arg)
{
	struct dcache_facts f;

	for (uint32_t n = 1; !atomic_load(&stop); n++) {
		f = facts(5, n, n);
		f.st.st_size = n;
		f.object_fd = (int32_t)(n & 0x7fffffff);
		f.object_ctime.tv_nsec = n;
		dcache_put_record(arg, 5, &f);
	}
	return NULL;
}

static void
test_torn_reads(void **state)
{
	struct dcache_facts f;
	unsigned seen = 0;
	pthread_t writer;

	atomic_store(&stop, false);
	assert_int_equal(pthread_create(&writer, NULL, write_on, *state), 0);
	while (seen < 20000) {
		if (!dcache_get_record(*state, 5, &f))
			continue;
		seen++;
		if (f.st.st_mode != f.st.st_uid || f.st.st_size != f.st.st_uid ||
		    f.object_ctime.tv_nsec != f.st.st_uid)
			break;
	}
	atomic_store(&stop, true);
	pthread_join(writer, NULL);
	assert_int_equal(seen, 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_walk, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_walk_asks, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_permission, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_dropping, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_epochs, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_collisions, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_torn_reads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
