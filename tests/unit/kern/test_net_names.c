/* SPDX-License-Identifier: BSD-2-Clause */
/* Host names, tags and options of sockets: text and bits to meaning and back, and malformed ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "socket/optstore.h"
#include "socket/sockctl.h"
#include "socket/sockname.h"
#include "socket/socktag.h"

static struct inaddr
v6(uint8_t first, uint8_t last, uint16_t port)
{
	return (struct inaddr){.ip = {[0] = first, [15] = last}, .port = port};
}

static void
test_round_trip(void **state)
{
	const struct inaddr a[] = {
	    inaddr_v4(INADDR_LOOPBACK, 80),
	    inaddr_any(true),
	    inaddr_any(false),
	    inaddr_loopback(false),
	    v6(0x20, 0, 65535),
	    v6(0, 0x10, 1),
	};
	struct sockhost h;
	struct sockname n;

	(void)state;
	for (size_t i = 0; i < sizeof a / sizeof a[0]; i++) {
		sockname_bound(&h, "/tmp/names", 0x1234abcd, &a[i]);
		n = sockname_parse(&h);
		assert_int_equal(n.kind, SOCKNAME_BOUND);
		assert_int_equal(n.seq, 0x1234abcd);
		assert_true(inaddr_same(&n.own, &a[i]));
		for (size_t k = 0; k < sizeof a / sizeof a[0]; k++) {
			sockname_connector(&h, "0123456789abcdef", 7, &a[i], &a[k]);
			assert_int_equal(h.un.sun_path[0], '\0');
			n = sockname_parse(&h);
			assert_int_equal(n.kind, SOCKNAME_CONNECTOR);
			assert_true(inaddr_same(&n.own, &a[i]));
			assert_true(inaddr_same(&n.dest, &a[k]));
			sockname_envelope(&h, UINT32_MAX, &a[i], &a[k], 255, 16, 3);
			n = sockname_parse(&h);
			assert_int_equal(n.kind, SOCKNAME_ENVELOPE);
			assert_true(inaddr_same(&n.own, &a[i]));
			assert_true(inaddr_same(&n.dest, &a[k]));
			assert_int_equal(n.ttl, 255);
			assert_int_equal(n.tos, 16);
			assert_int_equal(n.index, 3);
		}
	}
	sockname_local(&h, "/tmp/names", 5);
	n = sockname_parse(&h);
	assert_int_equal(n.kind, SOCKNAME_LOCAL);
	assert_int_equal(n.seq, 5);
}

static enum sockname_kind
kind_of(const char *path, size_t len)
{
	struct sockhost h;

	sockhost_from(&h, path, len);
	return sockname_parse(&h).kind;
}
#define KIND(literal) kind_of(literal, sizeof(literal) - 1)

static void
test_foreign_names(void **state)
{
	(void)state;
	assert_int_equal(KIND(""), SOCKNAME_NONE);
	assert_int_equal(KIND("/tmp/socket"), SOCKNAME_OTHER);
	assert_int_equal(KIND("rump-i-1.50-1"), SOCKNAME_OTHER); /* not in a directory */
	assert_int_equal(KIND("/x/rump-i-1.50-1"), SOCKNAME_BOUND);
	assert_int_equal(KIND("/x/rump-i-1.50-1x"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-i-1.50-"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-i-1.10000-1"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-i-.50-1"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0rump-e/1/1.1/1.1/40/0/1"), SOCKNAME_ENVELOPE);
	assert_int_equal(KIND("\0rump-e/1/1.1/1.1/40/0"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0rump-e/1/1.1/1.1/400/0/1"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-i-000000000000000000000000000000001.50-1"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-l-"), SOCKNAME_OTHER);
	assert_int_equal(KIND("/x/rump-l-g"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0rump/s/1/1.1/1.1"), SOCKNAME_CONNECTOR);
	assert_int_equal(KIND("\0rump/s/1/1.1/1.1/"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0rump/s/1/1.1"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0rump/"), SOCKNAME_OTHER);
	assert_int_equal(KIND("\0other"), SOCKNAME_OTHER);
}

static void
test_tag(void **state)
{
	const struct socktag in = {.inet6 = true,
	    .dgram = true,
	    .error = ECONNREFUSED,
	    .flags = SOCKTAG_PEER | SOCKTAG_V6ONLY};
	struct socktag out;

	(void)state;
	assert_true(socktag_unpack(socktag_pack(&in), &out));
	assert_int_equal(out.inet6, in.inet6);
	assert_int_equal(out.dgram, in.dgram);
	assert_int_equal(out.error, in.error);
	assert_int_equal(out.flags, in.flags);
	assert_false(socktag_unpack(UINT64_MAX, &out));
	assert_false(socktag_unpack(0, &out));
}

static void
test_sockaddr(void **state)
{
	struct inaddr a = inaddr_v4(INADDR_LOOPBACK, 8080), b;
	struct sockaddr_storage ss;
	char small[4];
	socklen_t len = sizeof small;

	(void)state;
	assert_int_equal(inaddr_show(&a, false, &ss), sizeof(struct sockaddr_in));
	b = inaddr_from(&ss);
	assert_true(inaddr_same(&a, &b));
	assert_int_equal(inaddr_show(&a, true, &ss), sizeof(struct sockaddr_in6));
	b = inaddr_from(&ss);
	assert_true(inaddr_same(&a, &b));
	assert_int_equal(sockaddr_give(&ss, sizeof(struct sockaddr_in6), small, &len), 0);
	assert_int_equal(len, sizeof(struct sockaddr_in6));
	len = (socklen_t)-1;
	assert_int_equal(sockaddr_give(&ss, 16, small, &len), EINVAL);
}

/* The kernel has no memory for it: the process's own is used. */
int
sockenv_memory(int *ret_fd)
{
	(void)ret_fd;
	return ENOSYS;
}

int
sockenv_kernel(void)
{
	return 1;
}

static void
test_option_store(void **state)
{
	int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0), value = 0;

	(void)state;
	assert_false(optstore_get(a, 3, &value));
	optstore_put(a, 3, -7);
	optstore_put(a, 4, 1);
	assert_true(optstore_get(a, 3, &value));
	assert_int_equal(value, -7);
	assert_false(optstore_get(b, 3, &value));
	optstore_copy(a, b);
	assert_true(optstore_get(b, 4, &value));
	assert_int_equal(value, 1);
	raw_close(a);
	raw_close(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_foreign_names),
	    cmocka_unit_test(test_tag),
	    cmocka_unit_test(test_sockaddr),
	    cmocka_unit_test(test_option_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
