/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's memory and a server that behaves: each case is a script for the server and what the
 * client must see.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "fake.h"
#include "rump/rumpclient.h"

#define ADDR(p) ((uint64_t)(uintptr_t)(p))

static uint8_t out[1 << 17];

/* --- the server asks for what did not travel -------------------------------------------------- */

static void
asking_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	struct wire_call c;
	uint64_t reqno;

	(void)arg;
	fake_welcome(fd, 5, 0);
	fake_take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	assert_int_equal(wire_call_get(&f, &c), 0);
	assert_int_equal(c.nchunks, 0);
	wire_copyin_put(&w, 77, false, c.args[1] + 100000, 50000);
	fake_send(fd, &w);
	fake_take(fd, WIRE_COPYIN, &f);
	assert_int_equal(f.h.class, WIRE_RESP);
	assert_int_equal(f.h.reqno, 77);
	assert_int_equal(f.body_len, 50000);
	for (size_t i = 0; i < f.body_len; i++)
		assert_int_equal(f.body[i], (uint8_t)((100000 + i) * 7));
	fake_reply(fd, reqno, 0, 300000);
	/* Unreadable memory that was declared: an empty answer. */
	fake_take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	w.len = 0;
	wire_copyin_put(&w, 78, false, 16, 10);
	fake_send(fd, &w);
	fake_take(fd, WIRE_COPYIN, &f);
	assert_int_equal(f.body_len, 0);
	fake_reply(fd, reqno, EFAULT, 0);
	fake_drain(fd);
}

static int
writing_client(void *arg)
{
	static uint8_t data[300000];
	uint64_t args[6] = {3, ADDR(data), sizeof data};
	struct client_result res;

	(void)arg;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7);
	if (client_call(SYS_write, args, -1, &res) != 0 || res.retval[0] != 300000)
		return 1;
	args[1] = 16;
	args[2] = 10;
	return client_call(SYS_write, args, -1, &res) != EFAULT;
}

static void
test_copyin(void **state)
{
	(void)state;
	assert_int_equal(fake_run(asking_server, writing_client, NULL), 0);
}

/* --- out-data: in the reply, by COPYOUT, to a bad pointer ---------------------------------------
 */

static void
reading_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	static const int64_t eight[2] = {8, 0};
	struct wire_frame f;
	struct wire_call c;

	(void)arg;
	fake_welcome(fd, 5, 0);
	for (int i = 0; i < 2; i++) {
		struct wbuf w = wbuf_of(out, sizeof out);
		size_t start;

		fake_take(fd, WIRE_CALL, &f);
		assert_int_equal(wire_call_get(&f, &c), 0);
		wire_copyout_put(&w, 0, c.args[1], "abcd", 4);
		start = wire_call_resp_begin(&w, f.h.reqno, 0, 0, eight);
		wire_chunk_put(&w, c.args[1] + 4, "efgh", 4);
		wire_call_resp_end(&w, start, 1);
		fake_send(fd, &w);
	}
	fake_drain(fd);
}

static int
reading_client(void *arg)
{
	char buf[8];
	uint64_t args[6] = {3, ADDR(buf), sizeof buf};
	struct client_result res;

	(void)arg;
	if (client_call(SYS_read, args, -1, &res) != 0 || memcmp(buf, "abcdefgh", 8) != 0)
		return 1;
	args[1] = 16;
	return client_call(SYS_read, args, -1, &res) != EFAULT;
}

static void
test_copyout(void **state)
{
	(void)state;
	assert_int_equal(fake_run(reading_server, reading_client, NULL), 0);
}

/* --- redirect and descriptor --------------------------------------------------------------------
 */

static void
delegating_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	static const int64_t none[2];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	size_t start;

	(void)arg;
	fake_welcome(fd, 5, WIRE_HELLO_ABSLINKS | WIRE_HELLO_DELEGATE);
	fake_take(fd, WIRE_CALL, &f);
	start = wire_call_resp_begin(&w, f.h.reqno, WIRE_EREDIRECT, 0, none);
	wire_chunk_put(&w, WIRE_ADDR_REDIRECT, "1/etc/passwd", 13);
	wire_call_resp_end(&w, start, 1);
	fake_send(fd, &w);

	w.len = 0;
	fake_take(fd, WIRE_CALL, &f);
	start = wire_call_resp_begin(&w, f.h.reqno, 0, WIRE_CALL_FD, none);
	wire_call_resp_end(&w, start, 0);
	fake_send_fds(fd, &w, 1);
	fake_drain(fd);
}

static int
delegated_client(void *arg)
{
	const uint64_t args[6] = {(uint64_t)AT_FDCWD, ADDR("a")};
	struct client_result res;
	unsigned which = 0;

	(void)arg;
	client_set_flags(CLIENT_ABSLINKS | CLIENT_DELEGATE);
	if (client_call(SYS_openat, args, -1, &res) != EREDIRECT)
		return 1;
	if (strcmp(client_redirect(&which), "/etc/passwd") != 0 || which != 1)
		return 2;
	if (client_call(SYS_openat, args, -1, &res) != 0 || res.fd < 0)
		return 3;
	if (fcntl(res.fd, F_GETFD) != FD_CLOEXEC)
		return 4;
	if (client_server()->file_dev != 27 || client_server()->pid != 7)
		return 5;
	return 0;
}

static void
test_delegation(void **state)
{
	(void)state;
	assert_int_equal(fake_run(delegating_server, delegated_client, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_copyin),
	    cmocka_unit_test(test_copyout),
	    cmocka_unit_test(test_delegation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
