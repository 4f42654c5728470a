/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's connection and a server that behaves: signals while it waits, the genuine 0.4
 * client's bytes, loss, and its descriptors among the program's.
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
	fake_take(fd, WIRE_CALL, &f);
	reqno = f.h.reqno;
	fake_take(fd, WIRE_INTERRUPT, &f);
	assert_int_equal(f.h.reqno, reqno);
	fake_reply(fd, reqno, EINTR, 0);
	/* SA_RESTART: the handler runs, the call goes on. */
	fake_take(fd, WIRE_CALL, &f);
	usleep(300000);
	fake_reply(fd, f.h.reqno, 0, 42);
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
	fake_take(fd, WIRE_CALL, &f);
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
	fake_take(fd, WIRE_HANDSHAKE, &f);
	assert_int_equal(wire_guest_get(&f, &guest), 0);
	assert_int_equal(f.h.reqno, 1);
	wire_status_put(&w, 1, 0);
	fake_send(fd, &w);
	fake_take(fd, WIRE_SYSCALL, &f);
	assert_memory_equal(f.body - WIRE_HEADER_LEN, open_frame, sizeof open_frame);
	memcpy(&path, f.body, 8);
	w.len = 0;
	wire_copyin_put(&w, 0, true, path, 1024);
	fake_send(fd, &w);
	fake_take(fd, WIRE_COPYIN, &f);
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
		fake_take(fd, WIRE_CALL, &f);
		if (i == 1 && *(int *)arg > 1) {
			fake_reply(fd, f.h.reqno, 0, 1);
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
		fake_reply(fd, f.h.reqno, 0, 7);
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
	    cmocka_unit_test(test_interrupt),
	    cmocka_unit_test(test_raise),
	    cmocka_unit_test(test_genuine),
	    cmocka_unit_test(test_loss),
	    cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
