/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of paths: what is below a prefix, what names a descriptor. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "route/path.h"

static void
test_below(void **state)
{
	static const struct {
		const char *path, *prefix, *rest;
	} rows[] = {
	    {"/rump", "/rump", ""},
	    {"/rump/", "/rump", "/"},
	    {"/rump/a/b", "/rump", "/a/b"},
	    {"//rump//a", "/rump", "//a"},
	    {"/./rump/./a", "/rump", "/./a"},
	    {"/tmp/../rump/a", "/rump", "/a"},
	    {"/a/b/../../rump", "/rump", ""},
	    {"/../rump", "/rump", ""},
	    {"/rumpus", "/rump", NULL},
	    {"/rum", "/rump", NULL},
	    {"/", "/rump", NULL},
	    {"", "/rump", NULL},
	    {"/a/rump", "/rump", NULL},
	    {"/a/../b/rump", "/rump", NULL},
	    {"/a/b/c", "/a/b", "/c"},
	    {"/a/x/../b/c", "/a/b", "/c"},
	    {"/a/x/b", "/a/b", NULL},
	    {"/a/../a/b", "/a/b", ""},
	    {"/anything", "", "/anything"},
	    {"/", "", "/"},
	    /* What is behind the prefix is not looked at: the rump kernel's root holds "..". */
	    {"/rump/../etc", "/rump", "/../etc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *rest = path_below(rows[i].path, rows[i].prefix);

		if (rows[i].rest == NULL)
			assert_null(rest);
		else
			assert_string_equal(rest, rows[i].rest);
	}
}

static void
test_behind_fd(void **state)
{
	static const struct {
		const char *path, *rest;
	} rows[] = {
	    {"/dev/fd/3", ""},
	    {"/dev/fd/3/", "/"},
	    {"/dev/fd/12/a/b", "/a/b"},
	    {"/dev/stdin", ""},
	    {"/dev/stdout/x", "/x"},
	    {"//dev/./fd//3", ""},
	    {"/proc/self/fd/0", ""},
	    {"/proc/1234/fd/5/x", "/x"},
	    {"/proc/thread-self/fd/5", ""},
	    {"/proc/self/task/77/fd/5", ""},
	    {"/dev/fd", NULL},
	    {"/dev/fd/", NULL},
	    {"/dev/fd/x", NULL},
	    {"/dev/fd/3x", NULL},
	    {"/dev/null", NULL},
	    {"/proc/self/fdinfo/3", NULL},
	    {"/proc/self/cwd", NULL},
	    {"/proc/fd/3", NULL},
	    {"dev/fd/3", NULL},
	    {"/devel/fd/3", NULL},
	    {"/", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *rest = path_behind_fd(rows[i].path);

		if (rows[i].rest == NULL)
			assert_null(rest);
		else
			assert_string_equal(rest, rows[i].rest);
	}
}

static void
test_components(void **state)
{
	const char *at = "//one/two//";
	size_t len;

	(void)state;
	assert_memory_equal(path_next(&at, &len), "one", 3);
	assert_int_equal(len, 3);
	assert_memory_equal(path_next(&at, &len), "two", 3);
	assert_null(path_next(&at, &len));
	assert_null(path_next(&at, &len));
}

static void
test_join(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(path_join(buf, sizeof buf, "/a/", "bcd", 2), 0);
	assert_string_equal(buf, "/a/bc");
	assert_int_equal(path_join(buf, sizeof buf, "/", "x", 1), 0);
	assert_string_equal(buf, "/x");
	/* In place, as a walk does. */
	assert_int_equal(path_join(buf, sizeof buf, buf, "yz", 2), 0);
	assert_string_equal(buf, "/x/yz");
	assert_int_equal(path_join(buf, 8, "/four", "ab", 2), ENAMETOOLONG);
	assert_int_equal(path_join(buf, 9, "/four", "ab", 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_below),
	    cmocka_unit_test(test_behind_fd),
	    cmocka_unit_test(test_components),
	    cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
