/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client against a server that behaves: each case is a script for the server and what the
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

static void
take(int fd, enum wire_type type, struct wire_frame *f)
{
	if (!fake_recv(fd, f) || f->h.type != type)
		fail_msg("frame of type %d expected", type);
}

static void
reply(int fd, uint64_t reqno, int error, int64_t value)
{
	struct wbuf w = wbuf_of(out, sizeof out);
	const int64_t retval[2] = {value, 0};

	wire_call_resp_end(&w, wire_call_resp_begin(&w, reqno, error, 0, retval), 0);
	fake_send(fd, &w);
}

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
	take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	assert_int_equal(wire_call_get(&f, &c), 0);
	assert_int_equal(c.nchunks, 0);
	wire_copyin_put(&w, 77, false, c.args[1] + 100000, 50000);
	fake_send(fd, &w);
	take(fd, WIRE_COPYIN, &f);
	assert_int_equal(f.h.class, WIRE_RESP);
	assert_int_equal(f.h.reqno, 77);
	assert_int_equal(f.body_len, 50000);
	for (size_t i = 0; i < f.body_len; i++)
		assert_int_equal(f.body[i], (uint8_t)((100000 + i) * 7));
	reply(fd, reqno, 0, 300000);
	/* Unreadable memory that was declared: an empty answer. */
	take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	w.len = 0;
	wire_copyin_put(&w, 78, false, 16, 10);
	fake_send(fd, &w);
	take(fd, WIRE_COPYIN, &f);
	assert_int_equal(f.body_len, 0);
	reply(fd, reqno, EFAULT, 0);
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

		take(fd, WIRE_CALL, &f);
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
	take(fd, WIRE_CALL, &f);
	start = wire_call_resp_begin(&w, f.h.reqno, WIRE_EREDIRECT, 0, none);
	wire_chunk_put(&w, WIRE_ADDR_REDIRECT, "1/etc/passwd", 13);
	wire_call_resp_end(&w, start, 1);
	fake_send(fd, &w);

	w.len = 0;
	take(fd, WIRE_CALL, &f);
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

/* --- signals
 * -------------------------------------------------------------------------------------- */

static void
blocking_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	struct wire_frame f;
	uint64_t reqno;

	(void)arg;
	fake_welcome(fd, 5, 0);
	take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	take(fd, WIRE_INTERRUPT, &f);
	assert_int_equal(f.h.reqno, reqno);
	reply(fd, reqno, EINTR, 0);
	/* SA_RESTART: the handler runs, the call goes on. */
	take(fd, WIRE_CALL, &f);
	usleep(300000);
	reply(fd, f.h.reqno, 0, 42);
	fake_drain(fd);
}

static volatile sig_atomic_t signals;

static void
count_signal(int sig)
{
	(void)sig;
	signals++;
}

static int
interrupted_client(void *arg)
{
	struct sigaction sa = {.sa_handler = count_signal};
	const uint64_t args[6] = {0};
	struct client_result res;

	(void)arg;
	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
	if (client_call(SYS_getpid, args, -1, &res) != EINTR || signals != 1)
		return 1;
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
	if (client_call(SYS_getpid, args, -1, &res) != 0 || signals != 2)
		return 2;
	return res.retval[0] != 42;
}

static void
test_interrupt(void **state)
{
	(void)state;
	assert_int_equal(fake_run(blocking_server, interrupted_client, NULL), 0);
}

static void
raising_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;

	(void)arg;
	fake_welcome(fd, 5, 0);
	take(fd, WIRE_CALL, &f);
	wire_raise_put(&w, 0, SIGPROF);
	fake_send(fd, &w);
	fake_drain(fd);
}

static int
simple_client(void *arg)
{
	const uint64_t args[6] = {0};
	struct client_result res;

	(void)arg;
	return client_call(SYS_getpid, args, -1, &res);
}

static void
test_raise(void **state)
{
	(void)state;
	assert_int_equal(fake_run(raising_server, simple_client, NULL), 128 + SIGPROF);
}

/* --- version 0.4, byte for byte as the genuine client speaks
 * -------------------------------------- */

static void
genuine_server(int listener, void *arg)
{
	int fd = fake_accept(listener, "RUMPSP-0.4-NetBSD-7.99.34/amd64\n");
	static const uint8_t open_frame[] = {
	    0x30, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 5, 0, 0, 0};
	const struct wire_sysresp three = {.retval = {3}};
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	struct wire_guest guest;
	uint64_t path;

	(void)arg;
	take(fd, WIRE_HANDSHAKE, &f);
	assert_int_equal(wire_guest_get(&f, &guest), 0);
	assert_int_equal(f.h.reqno, 1);
	wire_status_put(&w, 1, 0);
	fake_send(fd, &w);
	take(fd, WIRE_SYSCALL, &f);
	assert_memory_equal(f.body - WIRE_HEADER_LEN, open_frame, sizeof open_frame);
	memcpy(&path, f.body, 8);
	w.len = 0;
	wire_copyin_put(&w, 0, true, path, 1024);
	fake_send(fd, &w);
	take(fd, WIRE_COPYIN, &f);
	assert_int_equal(f.body_len, 5);
	assert_string_equal((const char *)f.body, "/dir");
	w.len = 0;
	wire_sysresp_put(&w, 2, &three);
	fake_send(fd, &w);
	fake_drain(fd);
}

static int
netbsd_client(void *arg)
{
	uint64_t args[3] = {ADDR("/dir"), 0x202, 0644};
	register_t retval[2];

	(void)arg;
	if (rumpclient_init() != 0)
		return 1;
	return rumpclient_syscall(5, args, sizeof args, retval) != 0 || retval[0] != 3;
}

static void
test_genuine(void **state)
{
	(void)state;
	assert_int_equal(fake_run(genuine_server, netbsd_client, NULL), 0);
}

/* --- loss
 * ----------------------------------------------------------------------------------------- */

static void
dying_server(int listener, void *arg)
{
	struct wire_frame f;
	int fd;

	/* The policy ONCE: one more connection, on which the call is made again. */
	for (int i = *(int *)arg; i > 0; i--) {
		fd = fake_accept(listener, FAKE_BANNER);
		fake_welcome(fd, 5, 0);
		take(fd, WIRE_CALL, &f);
		if (i == 1 && *(int *)arg > 1) {
			reply(fd, f.h.reqno, 0, 1);
			fake_drain(fd);
		} else {
			close(fd);
		}
	}
}

static int
failing_client(void *arg)
{
	return simple_client(arg) == ENOTCONN && simple_client(arg) == ENOTCONN ? 0 : 2;
}

static int
once_client(void *arg)
{
	client_setconnretry(RUMPCLIENT_RETRYCONN_ONCE);
	return simple_client(arg);
}

static int
die_client(void *arg)
{
	client_setconnretry(RUMPCLIENT_RETRYCONN_DIE);
	simple_client(arg);
	return 0;
}

static int
patient_client(void *arg)
{
	time_t start = time(NULL);

	client_setconnretry(1);
	return simple_client(arg) == ENOTCONN && time(NULL) - start >= 1 ? 0 : 2;
}

static void
test_loss(void **state)
{
	int one = 1, two = 2;

	(void)state;
	assert_int_equal(fake_run(dying_server, failing_client, &one), 0);
	assert_int_equal(fake_run(dying_server, once_client, &two), 0);
	assert_int_equal(fake_run(dying_server, die_client, &one), 1);
	assert_int_equal(fake_run(dying_server, patient_client, &one), 0);
}

/* --- descriptors
 * ---------------------------------------------------------------------------------- */

static void
quiet_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER);
	struct wire_frame f;

	(void)arg;
	fake_welcome(fd, 5, 0);
	while (fake_recv(fd, &f))
		reply(fd, f.h.reqno, 0, 7);
	close(fd);
}

static int
tidy_client(void *arg)
{
	int fd, other;

	for (int i = 0; i < 3; i++)
		close(i);
	if (simple_client(arg) != 0)
		return 1;
	for (int i = 0; i < 3; i++) {
		if (fcntl(i, F_GETFD) != -1)
			return 2;
	}
	fd = client_next_fd(0);
	if (fd < 100 || !client_owns_fd(fd) || fcntl(fd, F_GETFD) != FD_CLOEXEC)
		return 3;
	/* The program wants our number: we move, and go on. */
	if (client_vacate_fd(fd) != 0 || client_owns_fd(fd))
		return 4;
	other = open("/dev/null", O_RDWR);
	if (dup2(other, fd) != fd || simple_client(arg) != 0)
		return 5;
	/* It takes it without asking: nothing is written there, and the loss is noticed. */
	fd = client_next_fd(0);
	if (dup2(other, fd) != fd)
		return 6;
	return simple_client(arg) != ENOTCONN;
}

static void
test_descriptors(void **state)
{
	(void)state;
	assert_int_equal(fake_run(quiet_server, tidy_client, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_copyin),
	    cmocka_unit_test(test_copyout),
	    cmocka_unit_test(test_delegation),
	    cmocka_unit_test(test_interrupt),
	    cmocka_unit_test(test_raise),
	    cmocka_unit_test(test_genuine),
	    cmocka_unit_test(test_loss),
	    cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
