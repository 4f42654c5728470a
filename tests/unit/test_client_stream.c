/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server whose connection ends at any byte, that sends a byte at a time, or that is none.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "stat_call.h"

/* The connection ends after so many bytes of banner, handshakes and reply. */
static void
short_server(int listener, void *arg)
{
	size_t cut = *(size_t *)arg;
	int fd = fake_accept(listener, "");
	struct wire_hello_resp hello = {.nlanes = 1};
	uint8_t out[1024];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct stat_request r = {.reqno = 3};

	wbuf_put(&w, FAKE_BANNER, strlen(FAKE_BANNER));
	wire_status_put(&w, 1, 0);
	wire_hello_resp_put(&w, 2, &hello);
	stat_put_good(&w, &r);
	/* A chunk with no declared address would be a lie: cut before it is complete. */
	w.len = cut < w.len ? cut : w.len - 1;
	fake_send(fd, &w);
	close(fd);
}

static int
expects_loss(void *arg)
{
	(void)arg;
	return stat_call() != ENOTCONN;
}

static void
test_end_at_any_byte(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 480; cut++) {
		if (fake_run(short_server, expects_loss, &cut) != 0)
			fail_msg("cut at byte %zu", cut);
	}
}

/* Partial reads: the same, complete, a byte at a time. */
static void
slow_server(int listener, void *arg)
{
	int fd = fake_accept(listener, "");
	struct wire_hello_resp hello = {.nlanes = 1};
	uint8_t out[1024];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	struct stat_request r;

	(void)arg;
	wbuf_put(&w, FAKE_BANNER, strlen(FAKE_BANNER));
	wire_status_put(&w, 1, 0);
	wire_hello_resp_put(&w, 2, &hello);
	for (size_t i = 0; i < w.len; i++) {
		fake_send(fd, &(struct wbuf){.base = w.base + i, .len = 1});
		usleep(100);
	}
	if (!fake_recv(fd, &f) || !fake_recv(fd, &f))
		fail_msg("no handshake");
	stat_take(fd, &r);
	w = wbuf_of(out, sizeof out);
	stat_put_good(&w, &r);
	for (size_t i = 0; i < w.len; i++) {
		fake_send(fd, &(struct wbuf){.base = w.base + i, .len = 1});
		usleep(100);
	}
	fake_drain(fd);
}

static int
expects_success(void *arg)
{
	(void)arg;
	return stat_call() != 0 || stat_memory.st.st_dev != 1;
}

static void
test_a_byte_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(fake_run(slow_server, expects_success, NULL), 0);
}

static void
banner_server(int listener, void *arg)
{
	fake_drain(fake_accept(listener, *(const char **)arg));
}

static int
expects_refusal(void *arg)
{
	(void)arg;
	return client_connect() != EPROTONOSUPPORT;
}

static void
test_foreign_banners(void **state)
{
	static const char *const banners[] = {
	    "SSH-2.0-OpenSSH_9.2p1 Debian-2\n",
	    "RUMPSP-1.0-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.3-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.5-Linux-0.5.0/riscv64\n",
	    "RUMPSP-0.5-Plan9-4/x86_64\n",
	    "RUMPSP-0.5-Linux\n",
	    "RUMPSP-99999.5-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.5-Linux-"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789",
	};

	(void)state;
	for (size_t i = 0; i < sizeof banners / sizeof banners[0]; i++) {
		if (fake_run(banner_server, expects_refusal, (void *)(uintptr_t)&banners[i]) != 0)
			fail_msg("accepted: %s", banners[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_end_at_any_byte),
	    cmocka_unit_test(test_a_byte_at_a_time),
	    cmocka_unit_test(test_foreign_banners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
