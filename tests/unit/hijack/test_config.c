/* SPDX-License-Identifier: BSD-2-Clause */
/* RUMPHIJACK: what it may say, and what is said of mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "config.h"

static char text[1024];
static struct config c;

static const char *
parse(const char *value)
{
	snprintf(text, sizeof text, "%s", value);
	return config_parse(&c, text);
}

static bool
has(int family)
{
	return (c.families >> family & 1) != 0;
}

static void
test_path(void **state)
{
	(void)state;
	assert_null(parse("path=/rump"));
	assert_string_equal(c.prefix, "/rump");
	assert_int_equal(c.families, 0);
	assert_null(parse("path=/a/b//"));
	assert_string_equal(c.prefix, "/a/b");
	assert_null(parse("path=/"));
	assert_string_equal(c.prefix, "");
	assert_null(parse("path=/a,path=/b"));
	assert_string_equal(c.prefix, "/b");
	assert_null(parse("socket=all"));
	assert_null(c.prefix);
}

static void
test_blanket(void **state)
{
	char many[1024] = "blanket=/b";

	(void)state;
	assert_null(parse("blanket=/etc:/var/db/,path=/rump,blanket=/etc/x"));
	assert_int_equal(c.blankets, 3);
	assert_string_equal(c.blanket[0], "/etc");
	assert_string_equal(c.blanket[1], "/var/db");
	assert_string_equal(c.blanket[2], "/etc/x");
	for (int i = 1; i < CONFIG_BLANKETS; i++)
		strcat(many, ":/b");
	assert_null(parse(many));
	assert_non_null(parse(strcat(many, ":/b")));
}

static void
test_socket(void **state)
{
	(void)state;
	assert_null(parse("socket=all:nolocal"));
	assert_true(has(AF_INET) && has(AF_INET6) && !has(AF_UNIX));
	assert_null(parse("socket=inet:local"));
	assert_true(has(AF_INET) && has(AF_UNIX) && !has(AF_INET6));
	assert_null(parse("socket=noinet"));
	assert_int_equal(c.families, 0);
	/* A later item takes the place of an earlier one. */
	assert_null(parse("socket=inet,socket=inet6"));
	assert_true(has(AF_INET6) && !has(AF_INET));
}

static void
test_fdoff(void **state)
{
	(void)state;
	assert_null(parse("fdoff=128"));
	assert_int_equal(c.fdoff, 128);
	assert_null(parse("vfs=all:nofhcalls,sysctl=yes"));
	assert_int_equal(c.fdoff, 0);
}

static void
test_mistakes(void **state)
{
	static const char *const values[] = {"", ",", "path", "path=", "path=rump", "blanket=/",
	    "blanket=/a::/b", "blanket=", "socket=tcp", "socket=", "socket=no", "fdoff=2",
	    "fdoff=-1", "fdoff=12x", "fdoff=99999999999999999999", "vfs=x", "sysctl=maybe",
	    "other=1", "path=/rump,", "=x"};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_non_null(parse(values[i]));
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(config_number("0", 10), 0);
	assert_int_equal(config_number("10", 10), 10);
	assert_int_equal(config_number("11", 10), -1);
	assert_int_equal(config_number("", 10), -1);
	assert_int_equal(config_number("1 ", 10), -1);
	assert_int_equal(config_number("+1", 10), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_blanket),
	    cmocka_unit_test(test_socket),
	    cmocka_unit_test(test_fdoff),
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
