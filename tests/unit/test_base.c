/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cursors over bytes, environments, and URLs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/env.h"
#include "base/url.h"

static void
test_read_past_end(void **state)
{
	static const uint8_t bytes[] = {1, 0, 0, 0, 2, 0, 0};
	struct rbuf r = rbuf_of(bytes, sizeof bytes);

	(void)state;
	assert_int_equal(rbuf_u32(&r), 1);
	assert_int_equal(r.left, 3);
	assert_int_equal(rbuf_u32(&r), 0);
	assert_true(r.bad);
	/* Once bad, always bad: what is left is not read as something else. */
	assert_null(rbuf_take(&r, 1));
	assert_int_equal(r.left, 3);
}

static void
test_write_past_end(void **state)
{
	uint8_t bytes[8] = {0};
	struct wbuf w = wbuf_of(bytes, 7);

	(void)state;
	wbuf_u32(&w, UINT32_MAX);
	wbuf_u32(&w, UINT32_MAX);
	assert_true(w.bad);
	assert_int_equal(w.len, 4);
	assert_memory_equal(bytes, "\xff\xff\xff\xff\0\0\0\0", 8);
	assert_null(wbuf_take(&w, 1));
}

static void
test_nothing(void **state)
{
	struct rbuf r = rbuf_of(NULL, 0);
	uint8_t byte;
	struct wbuf w = wbuf_of(&byte, 0);

	(void)state;
	rbuf_take(&r, 0);
	assert_false(r.bad);
	wbuf_put(&w, NULL, 0);
	assert_false(w.bad);
	assert_null(rbuf_take(&r, SIZE_MAX));
	assert_null(wbuf_take(&w, SIZE_MAX));
}

static void
test_good_urls(void **state)
{
	static const struct {
		const char *url;
		int family;
		const char *host; /* or path */
		int port;
	} rows[] = {
	    {"unix://rel/sock", AF_UNIX, "rel/sock", 0},
	    {"unix:///tmp/s", AF_UNIX, "/tmp/s", 0},
	    {"tcp://127.0.0.1:1234/", AF_INET, "127.0.0.1", 1234},
	    {"tcp://127.0.0.1:65535", AF_INET, "127.0.0.1", 65535},
	    {"tcp://0:1/", AF_INET, "0.0.0.0", 1},
	    {"tcp://*:1/", AF_INET, "0.0.0.0", 1},
	    {"tcp://[::1]:80/", AF_INET6, "::1", 80},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct url u;
		const char *why = NULL;
		char host[128];
		const struct sockaddr_in *sin = (struct sockaddr_in *)&u.addr;
		const struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&u.addr;

		if (url_parse(rows[i].url, &u, &why) != 0)
			fail_msg("%s: %s", rows[i].url, why);
		assert_int_equal(u.addr.ss_family, rows[i].family);
		if (rows[i].family == AF_UNIX) {
			assert_string_equal(
			    ((struct sockaddr_un *)&u.addr)->sun_path, rows[i].host);
			continue;
		}
		inet_ntop(rows[i].family,
		    rows[i].family == AF_INET ? (const void *)&sin->sin_addr : &sin6->sin6_addr,
		    host, sizeof host);
		assert_string_equal(host, rows[i].host);
		assert_int_equal(ntohs(sin->sin_port), rows[i].port);
	}
}

static void
test_environment(void **state)
{
	char one[] = "NAME=a=b", longer[] = "NAMES=c", empty[] = "EMPTY=", bare[] = "BARE";
	char *const envp[] = {longer, bare, one, empty, NULL};

	(void)state;
	assert_string_equal(env_value(envp, "NAME"), "a=b");
	assert_string_equal(env_value(envp, "NAME="), "a=b");
	assert_string_equal(env_value(envp, "EMPTY"), "");
	assert_null(env_value(envp, "BARE"));
	assert_null(env_value(envp, "N"));
	assert_null(env_value(NULL, "NAME"));
}

static void
test_environment_changed(void **state)
{
	char one[] = "ONE=1", two[] = "LONGER=2", again[] = "ONE=3", rest[] = "REST=";
	char *envp[] = {one, two, again, rest, NULL};

	(void)state;
	env_rename(envp, "LONGER", "ONE");
	assert_string_equal(envp[0], "ONE=2");
	assert_string_equal(envp[1], "REST=");
	assert_null(envp[2]);
	env_remove(envp, "ON");
	assert_non_null(envp[1]);
	env_remove(envp, "ONE");
	assert_string_equal(envp[0], "REST=");
	assert_null(envp[1]);
}

static void
test_bad_urls(void **state)
{
	static const char *const bad[] = {"", "unix:", "unix://", "/tmp/s", "http://1.2.3.4:5/",
	    "tcp://", "tcp://1.2.3.4", "tcp://1.2.3.4:", "tcp://1.2.3.4:0/", "tcp://1.2.3.4:65536/",
	    "tcp://1.2.3.4:12x/", "tcp://1.2.3.4:12/x", "tcp://1.2.3:4/", "tcp://host:12/",
	    "tcp://[::1:80/", "tcp://[::1]80/", "tcp://[::zz]:80/", "tcp://[::1]",
	    "tcp://1.2.3.4:99999999999999999999/",
	    "tcp://1111111111111111111111111111111111111111111111111111111111:1/"};
	char path[200] = "unix:///";
	const char *why;
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why = NULL;
		if (url_parse(bad[i], &u, &why) != EINVAL || why == NULL)
			fail_msg("accepted: %s", bad[i]);
	}
	memset(path + 8, 'x', 107);
	assert_int_equal(url_parse(path, &u, &why), ENAMETOOLONG);
	path[7 + 107] = '\0';
	assert_int_equal(url_parse(path, &u, &why), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read_past_end),
	    cmocka_unit_test(test_write_past_end),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_environment_changed),
	    cmocka_unit_test(test_good_urls),
	    cmocka_unit_test(test_bad_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
