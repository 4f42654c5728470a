/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Version 0.4: the calls of all threads on one connection.  The server answers out of order and
 * asks for memory in between; signal handlers make calls of their own on top of those.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "fake.h"

#define ADDR(p)  ((uint64_t)(uintptr_t)(p))
#define HELD_MAX 16

struct held {
	uint64_t reqno, addr, len;
};

/* Requests not yet answered.  One is asked about (its copyin is under way) at a time. */
struct desk {
	struct held held[HELD_MAX];
	unsigned n;
	bool asking;
	uint64_t asked; /* number of our last request */
};

static void
ask(int fd, struct desk *d)
{
	uint8_t out[64];
	struct wbuf w = wbuf_of(out, sizeof out);

	if (d->asking || d->n == 0)
		return;
	d->asking = true;
	/* The youngest first. */
	wire_copyin_put(&w, ++d->asked, false, d->held[d->n - 1].addr, 8);
	fake_send(fd, &w);
}

/* The answer to write(fd, buf, n) is n, and what the buffer holds. */
static void
answer(int fd, struct desk *d, unsigned i, const struct wire_frame *f)
{
	uint8_t out[64];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_sysresp m = {.retval = {(int64_t)d->held[i].len}};

	memcpy(&m.retval[1], f->body, 8);
	wire_sysresp_put(&w, d->held[i].reqno, &m);
	fake_send(fd, &w);
	d->held[i] = d->held[--d->n];
	d->asking = false;
}

static void
sharing_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER04);
	struct desk d = {.n = 0};
	unsigned about = 0;
	struct wire_frame f;

	(void)arg;
	fake_welcome(fd, 4, 0);
	while (fake_recv(fd, &f)) {
		uint64_t args[8];
		unsigned nargs;

		if (f.h.class == WIRE_RESP) {
			answer(fd, &d, about, &f);
		} else if (wire_syscall_get(&f, args, &nargs) == 0 && d.n < HELD_MAX) {
			d.held[d.n++] = (struct held){f.h.reqno, args[1], args[2]};
		}
		if (!d.asking && d.n != 0)
			about = d.n - 1;
		ask(fd, &d);
	}
	close(fd);
}

static _Atomic unsigned wrong, handled;

static void
write_once(uint64_t value)
{
	const uint64_t args[6] = {1, ADDR(&value), 8 + value % 100};
	struct client_result res;

	if (client_call(SYS_write, args, -1, &res) != 0 || res.retval[0] != (int64_t)args[2] ||
	    res.retval[1] != (int64_t)value)
		wrong++;
}

static void
handler(int sig)
{
	(void)sig;
	handled++;
	write_once(1000000 + handled);
}

static void *
writer(void *arg)
{
	for (uint64_t i = 0; i < 1500; i++)
		write_once((uint64_t)(uintptr_t)arg * 10000 + i);
	return NULL;
}

static int
sharing_client(void *arg)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 700}, {0, 700}};
	pthread_t threads[4];

	(void)arg;
	sigaction(SIGALRM, &sa, NULL);
	write_once(1);
	setitimer(ITIMER_REAL, &often, NULL);
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, writer, (void *)i);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return wrong != 0 ? 1 : handled == 0 ? 2 : 0;
}

static void
test_sharing(void **state)
{
	(void)state;
	assert_int_equal(fake_run(sharing_server, sharing_client, NULL), 0);
}

/* The connection ends with calls of several threads in flight: all of them fail, none hangs. */
static void
vanishing_server(int listener, void *arg)
{
	int fd = fake_accept(listener, FAKE_BANNER04);
	struct wire_frame f;

	(void)arg;
	fake_welcome(fd, 4, 0);
	for (int i = 0; i < 4; i++)
		fake_recv(fd, &f);
	close(fd);
}

static void *
loser(void *arg)
{
	const uint64_t args[6] = {1, ADDR("12345678"), 8};
	struct client_result res;

	(void)arg;
	if (client_call(SYS_write, args, -1, &res) != ENOTCONN)
		wrong++;
	return NULL;
}

static int
losing_client(void *arg)
{
	pthread_t threads[4];

	(void)arg;
	wrong = 0;
	if (client_connect() != 0)
		return 2;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, loser, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return wrong != 0;
}

static void
test_loss(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		assert_int_equal(fake_run(vanishing_server, losing_client, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sharing),
	    cmocka_unit_test(test_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
