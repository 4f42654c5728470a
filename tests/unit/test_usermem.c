/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What memory a call declares: by rows of the table, walkers, and what the program's pointers are
 * worth.  Bad pointers are left out or EFAULT, never a crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <cmocka.h>

#include "base/fault.h"
#include "client/usermem.h"
#include "wire/wire.h"

#define PAGE    4096u
#define ADDR(p) ((uint64_t)(uintptr_t)(p))

/* Three pages: read-write, read-only, none. */
static char *pages;

static int
map_pages(void **state)
{
	(void)state;
	pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return -1;
	memset(pages, 'a', 3 * PAGE);
	return mprotect(pages + PAGE, PAGE, PROT_READ) |
	       mprotect(pages + 2 * PAGE, PAGE, PROT_NONE);
}

static bool
allows(struct usermem *um, unsigned dir, const void *p, size_t len)
{
	return usermem_find(um, dir, ADDR(p), len) != NULL;
}

static void
test_fault(void **state)
{
	char buf[2 * PAGE];
	size_t len;

	(void)state;
	assert_int_equal(fault_read(buf, ADDR(pages), 2 * PAGE), 0);
	assert_int_equal(fault_read(buf, ADDR(pages) + 1, 2 * PAGE), EFAULT);
	assert_int_equal(fault_read(buf, 0, 1), EFAULT);
	assert_int_equal(fault_read(buf, 1, 1), EFAULT);
	assert_int_equal(fault_read(buf, UINT64_MAX, 1), EFAULT);
	assert_int_equal(fault_read(buf, UINT64_MAX - 2, 8), EFAULT);
	assert_int_equal(fault_read(buf, UINT64_C(0xffffffff80000000), 8), EFAULT);
	assert_int_equal(fault_read(buf, UINT64_C(0x8000000000000000), 8), EFAULT);
	assert_int_equal(fault_read(buf, 0, 0), 0);
	assert_int_equal(fault_write(ADDR(pages), "xyz", 3), 0);
	assert_memory_equal(pages, "xyza", 4);
	assert_int_equal(fault_write(ADDR(pages) + PAGE - 1, "xy", 2), EFAULT);
	assert_int_equal(pages[PAGE - 1], 'a');
	assert_int_equal(fault_write(ADDR(pages) + PAGE, "x", 1), EFAULT);
	assert_int_equal(fault_write(ADDR(pages) + 2 * PAGE, "x", 1), EFAULT);
	assert_int_equal(fault_write(0, "x", 1), EFAULT);

	assert_int_equal(fault_strlen(ADDR("abc"), PATH_MAX, &len), 0);
	assert_int_equal(len, 4);
	assert_int_equal(fault_strlen(ADDR(pages) + PAGE, 100, &len), 0);
	assert_int_equal(len, 100);
	assert_int_equal(fault_strlen(ADDR(pages) + 2 * PAGE - 50, 100, &len), EFAULT);
	assert_int_equal(fault_strlen(8, 100, &len), EFAULT);
	pages[PAGE - 1] = '\0';
	assert_int_equal(fault_strlen(ADDR(pages) + PAGE - 10, 100, &len), 0);
	assert_int_equal(len, 10);
}

/* Every length and offset at the edges of a declared range. */
static void
test_edges(void **state)
{
	char buf[32];
	const uint64_t args[6] = {3, ADDR(buf + 8), 16};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_read, args);
	assert_true(allows(&um, RANGE_OUT, buf + 8, 16));
	assert_true(allows(&um, RANGE_OUT, buf + 23, 1));
	assert_true(allows(&um, RANGE_OUT, buf + 12, 4));
	assert_false(allows(&um, RANGE_OUT, buf + 7, 16));
	assert_false(allows(&um, RANGE_OUT, buf + 7, 1));
	assert_false(allows(&um, RANGE_OUT, buf + 8, 17));
	assert_false(allows(&um, RANGE_OUT, buf + 24, 1));
	assert_false(allows(&um, RANGE_OUT, buf + 12, UINT64_MAX));
	assert_false(allows(&um, RANGE_OUT, NULL, UINT64_MAX));
	assert_false(allows(&um, RANGE_IN, buf + 8, 1));
	usermem_fini(&um);
}

static void
test_huge_lengths(void **state)
{
	char buf[8];
	const uint64_t args[6] = {3, ADDR(buf), UINT64_MAX};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_read, args);
	assert_false(allows(&um, RANGE_OUT, buf, 1));
	usermem_fini(&um);
}

/* A length by reference counts as it was when the call started. */
static void
test_value_result(void **state)
{
	char addr[64];
	socklen_t len = 16;
	const uint64_t args[6] = {3, ADDR(addr), ADDR(&len)};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_getsockname, args);
	len = 64;
	assert_true(allows(&um, RANGE_OUT, addr, 16));
	assert_false(allows(&um, RANGE_OUT, addr, 17));
	assert_true(allows(&um, RANGE_IN, &len, 4));
	assert_true(allows(&um, RANGE_OUT, &len, 4));
	usermem_fini(&um);
}

static void
test_bad_reference(void **state)
{
	char addr[64];
	const uint64_t args[6] = {3, ADDR(addr), 8};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_getsockname, args);
	assert_false(allows(&um, RANGE_OUT, addr, 1));
	usermem_fini(&um);
}

static void
test_strings(void **state)
{
	static const char path[] = "/etc/motd";
	struct stat st;
	const uint64_t args[6] = {(uint64_t)AT_FDCWD, ADDR(path), ADDR(&st)};
	uint8_t out[8192];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_chunk c;
	struct usermem um;
	struct rbuf r;

	(void)state;
	usermem_init(&um, SYS_newfstatat, args);
	assert_true(allows(&um, RANGE_STRING, path, 0));
	assert_false(allows(&um, RANGE_STRING, path + 1, 0));
	assert_false(allows(&um, RANGE_IN, path, 4));
	assert_true(allows(&um, RANGE_OUT, &st, sizeof st));
	assert_int_equal(usermem_put_chunks(&um, &w), 1);
	r = rbuf_of(out, w.len);
	assert_int_equal(wire_chunk_get(&r, &c), 0);
	assert_int_equal(c.addr, ADDR(path));
	assert_int_equal(c.len, sizeof path);
	assert_string_equal((const char *)c.data, path);
	usermem_fini(&um);
}

/* What is too big or not there does not travel: the kernel asks, or fails with EFAULT. */
static void
test_what_travels(void **state)
{
	static char big[WIRE_INLINE_MAX + 1];
	uint64_t args[6] = {3, ADDR(big), WIRE_INLINE_MAX};
	static uint8_t out[USERMEM_CHUNKS_MAX];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_write, args);
	assert_int_equal(usermem_put_chunks(&um, &w), 1);
	usermem_fini(&um);
	args[2]++;
	usermem_init(&um, SYS_write, args);
	assert_int_equal(usermem_put_chunks(&um, &w), 0);
	assert_true(allows(&um, RANGE_IN, big, WIRE_INLINE_MAX + 1));
	usermem_fini(&um);
	args[1] = ADDR(pages + 2 * PAGE);
	args[2] = 10;
	usermem_init(&um, SYS_write, args);
	assert_int_equal(usermem_put_chunks(&um, &w), 0);
	assert_false(w.bad);
	usermem_fini(&um);
}

static void
test_iovec(void **state)
{
	static struct iovec iov[IOV_MAX];
	static char data[IOV_MAX];
	uint64_t args[6] = {3, ADDR(iov), IOV_MAX};
	struct usermem um;

	(void)state;
	for (int i = 0; i < IOV_MAX; i++)
		iov[i] = (struct iovec){.iov_base = data + i, .iov_len = 1};
	usermem_init(&um, SYS_readv, args);
	for (int i = 0; i < IOV_MAX; i++)
		assert_true(allows(&um, RANGE_OUT, data + i, 1));
	assert_true(allows(&um, RANGE_IN, iov, sizeof iov));
	assert_false(allows(&um, RANGE_OUT, iov, 1));
	usermem_fini(&um);
	args[2]++;
	usermem_init(&um, SYS_readv, args);
	assert_int_equal(um.n, 0);
	usermem_fini(&um);
	args[1] = 16;
	args[2] = 2;
	usermem_init(&um, SYS_readv, args);
	assert_int_equal(um.n, 0);
	usermem_fini(&um);
}

static void
test_msghdr(void **state)
{
	char name[16], control[32], data[8];
	struct iovec iov = {.iov_base = data, .iov_len = sizeof data};
	struct msghdr m = {
	    .msg_name = name,
	    .msg_namelen = sizeof name,
	    .msg_control = control,
	    .msg_controllen = sizeof control,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	};
	const uint64_t args[6] = {3, ADDR(&m), 0};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_sendmsg, args);
	assert_true(allows(&um, RANGE_IN, &m, sizeof m));
	assert_true(allows(&um, RANGE_IN, name, sizeof name));
	assert_true(allows(&um, RANGE_IN, control, sizeof control));
	assert_true(allows(&um, RANGE_IN, data, sizeof data));
	assert_false(allows(&um, RANGE_OUT, data, 1));
	assert_false(allows(&um, RANGE_OUT, &m, 1));
	usermem_fini(&um);

	usermem_init(&um, SYS_recvmsg, args);
	assert_true(allows(&um, RANGE_IN, &m, sizeof m));
	assert_true(allows(&um, RANGE_OUT, &m, sizeof m));
	assert_true(allows(&um, RANGE_OUT, name, sizeof name));
	assert_true(allows(&um, RANGE_OUT, control, sizeof control));
	assert_true(allows(&um, RANGE_OUT, data, sizeof data));
	assert_false(allows(&um, RANGE_OUT, &iov, 1));
	assert_false(allows(&um, RANGE_IN, data, 1));
	usermem_fini(&um);
}

static void
test_fcntl(void **state)
{
	struct flock fl;
	uint64_t args[6] = {3, F_SETLK, ADDR(&fl)};
	struct usermem um;

	(void)state;
	usermem_init(&um, SYS_fcntl, args);
	assert_true(allows(&um, RANGE_IN, &fl, sizeof fl));
	usermem_fini(&um);
	args[1] = F_SETFL;
	usermem_init(&um, SYS_fcntl, args);
	assert_int_equal(um.n, 0);
	usermem_fini(&um);
}

static void
test_ioctl(void **state)
{
	static const struct {
		unsigned long request;
		size_t in, out;
	} rows[] = {
	    {FIONREAD, 0, 4},
	    {FIONBIO, 4, 0},
	    {TCGETS, 0, 36},
	    {SIOCGIFFLAGS, 40, 40},
	    {SIOCATMARK, 0, 4},
	    {FIOCLEX, 0, 0},
	    {_IOR('x', 1, char[24]), 0, 24},
	    {_IOW('x', 1, char[24]), 24, 0},
	    {_IOWR('x', 1, char[24]), 24, 24},
	    {_IO('x', 1), 0, 0},
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const uint64_t args[6] = {3, rows[i].request, ADDR(buf)};
		struct usermem um;

		usermem_init(&um, SYS_ioctl, args);
		assert_int_equal(allows(&um, RANGE_IN, buf, 1), rows[i].in != 0);
		assert_int_equal(allows(&um, RANGE_OUT, buf, 1), rows[i].out != 0);
		assert_int_equal(allows(&um, RANGE_IN, buf, rows[i].in), rows[i].in != 0);
		assert_false(allows(&um, RANGE_IN, buf, rows[i].in + 1));
		assert_false(allows(&um, RANGE_OUT, buf, rows[i].out + 1));
		usermem_fini(&um);
	}
}

/* Any call with any words: only that nothing breaks (sanitizers look). */
static void
test_any_words(void **state)
{
	static uint8_t out[USERMEM_CHUNKS_MAX];
	uint64_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t args[6];
		struct wbuf w = wbuf_of(out, sizeof out);
		struct usermem um;

		for (int k = 0; k < 6; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			args[k] = seed >> 60 == 0   ? seed
				  : seed >> 61 == 1 ? ADDR(pages) + (seed >> 20) % (3 * PAGE)
						    : (seed >> 30) % 5000;
		}
		usermem_init(&um, i % 512, args);
		usermem_put_chunks(&um, &w);
		assert_false(w.bad);
		usermem_fini(&um);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fault),
	    cmocka_unit_test(test_edges),
	    cmocka_unit_test(test_huge_lengths),
	    cmocka_unit_test(test_value_result),
	    cmocka_unit_test(test_bad_reference),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_what_travels),
	    cmocka_unit_test(test_iovec),
	    cmocka_unit_test(test_msghdr),
	    cmocka_unit_test(test_fcntl),
	    cmocka_unit_test(test_ioctl),
	    cmocka_unit_test(test_any_words),
	};

	return cmocka_run_group_tests(tests, map_pages, NULL);
}
