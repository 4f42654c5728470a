/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of bound addresses, with real host sockets: who may bind, who gets a connection, what
 * is forgotten when a socket is closed.  The rules themselves are compared with Linux's TCP by
 * tests/parity/socket_reuse.c and socket_name.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "kern/hostdir.h"
#include "net/bound.h"
#include "net/hostnames.h"
#include "net/ifnet.h"
#include "net/inet.h"
#include "net/ports.h"

static char dir[] = "/tmp/test_net.XXXXXX";

const char *
server_names_dir(void)
{
	return dir;
}

static struct inet_sockaddr
sockaddr_of(const struct inaddr *a, bool inet6)
{
	struct inet_sockaddr sa;

	sa.len = inaddr_show(a, inet6, &sa.ss);
	return sa;
}

static int
unix_socket(int type)
{
	int fd = socket(AF_UNIX, type, 0);

	assert_true(fd >= 0);
	return fd;
}

/* Binds a new socket: its descriptor, or a negative errno. */
static int
bound_at(uint32_t ip, uint16_t port, unsigned flags)
{
	struct inaddr a = inaddr_v4(ip, port);
	struct inet_sockaddr sa;
	int fd = unix_socket(flags & DELEG_DGRAM ? SOCK_DGRAM : SOCK_STREAM), error;

	if (flags & DELEG_INET6 && ip == INADDR_ANY) {
		a = inaddr_any(false);
		a.port = port;
	}
	sa = sockaddr_of(&a, (flags & DELEG_INET6) != 0);
	error = inet_bind(fd, &sa, flags, 1);
	if (error == 0)
		return fd;
	close(fd);
	return -error;
}

static struct sockhost
name_of(int fd)
{
	struct sockhost h;

	assert_int_equal(sockhost_name(fd, false, &h), 0);
	return h;
}

static void
start_listening(int fd, unsigned flags)
{
	struct sockhost h = name_of(fd);

	assert_int_equal(inet_listen(&h, flags), 0);
	assert_int_equal(listen(fd, 5), 0);
}

static int
connect_to(uint32_t ip, uint16_t port, unsigned flags, struct deleg_reply *reply)
{
	struct inaddr a = inaddr_v4(ip, port);
	struct inet_sockaddr sa = sockaddr_of(&a, false);

	return inet_connect(&sa, NULL, flags, reply);
}

static void
test_bind_and_conflict(void **state)
{
	int a = bound_at(INADDR_LOOPBACK, 80, 0);

	(void)state;
	assert_true(a >= 0);
	assert_int_equal(bound_at(INADDR_LOOPBACK, 80, 0), -EADDRINUSE);
	assert_int_equal(bound_at(INADDR_ANY, 80, DELEG_REUSEADDR), -EADDRINUSE);
	assert_int_equal(bound_at(INADDR_ANY, 80, DELEG_INET6), -EADDRINUSE);
	close(a);
	a = bound_at(INADDR_ANY, 80, 0);
	assert_true(a >= 0);
	close(bound_at(INADDR_LOOPBACK, 80, DELEG_DGRAM)); /* another protocol */
	close(bound_at(INADDR_ANY, 80, DELEG_INET6 | DELEG_V6ONLY));
	close(a);
	assert_int_equal(bound_at(0x0a000001, 80, 0), -EADDRNOTAVAIL);
}

static void
test_bound_twice(void **state)
{
	struct inaddr a = inaddr_loopback(true);
	struct inet_sockaddr sa = sockaddr_of(&a, false);
	int fd = unix_socket(SOCK_STREAM), file = dup(0);

	(void)state;
	assert_int_equal(inet_bind(fd, &sa, 0, 1), 0);
	assert_int_equal(inet_bind(fd, &sa, 0, 1), EINVAL);
	assert_int_not_equal(inet_bind(file, &sa, 0, 1), 0); /* whatever a client may send along */
	close(fd);
	close(file);
}

static void
test_listen_conflict(void **state)
{
	int a = bound_at(INADDR_LOOPBACK, 81, DELEG_REUSEADDR);
	int b = bound_at(INADDR_LOOPBACK, 81, DELEG_REUSEADDR);
	struct sockhost h;

	(void)state;
	assert_true(a >= 0 && b >= 0);
	start_listening(a, DELEG_REUSEADDR);
	h = name_of(b);
	assert_int_equal(inet_listen(&h, DELEG_REUSEADDR), EADDRINUSE);
	close(a);
	assert_int_equal(inet_listen(&h, DELEG_REUSEADDR), 0);
	close(b);
}

static void
test_connect(void **state)
{
	struct deleg_reply reply;
	struct sockhost own;
	struct sockname n;
	int a = bound_at(INADDR_ANY, 82, 0);

	(void)state;
	assert_int_equal(connect_to(INADDR_LOOPBACK, 82, 0, &reply), ECONNREFUSED);
	start_listening(a, 0);
	assert_int_equal(connect_to(INADDR_LOOPBACK + 4, 82, 0, &reply), 0);
	sockhost_from(&own, reply.bind, reply.bind_len);
	n = sockname_parse(&own);
	assert_int_equal(n.kind, SOCKNAME_CONNECTOR);
	assert_int_equal(inaddr_v4_of(&n.own), INADDR_LOOPBACK);
	assert_true(n.own.port >= PORT_FIRST && n.own.port <= PORT_LAST);
	assert_int_equal(inaddr_v4_of(&n.dest), INADDR_LOOPBACK + 4);
	own = name_of(a);
	assert_memory_equal(reply.connect, own.un.sun_path, reply.connect_len);
	assert_int_equal(connect_to(0x08080808, 82, 0, &reply), ENETUNREACH);
	/* A dead listener is believed until the host was asked. */
	close(a);
	assert_int_equal(connect_to(INADDR_LOOPBACK, 82, 0, &reply), 0);
	assert_int_equal(connect_to(INADDR_LOOPBACK, 82, DELEG_GONE, &reply), ECONNREFUSED);
}

static void
test_most_specific(void **state)
{
	struct inaddr dest = inaddr_v4(INADDR_LOOPBACK, 83),
		      other = inaddr_v4(INADDR_LOOPBACK + 1, 83);
	int wild6 = bound_at(INADDR_ANY, 83, DELEG_INET6 | DELEG_REUSEADDR);
	int exact = bound_at(INADDR_LOOPBACK, 83, DELEG_REUSEADDR), wild4;

	(void)state;
	assert_true(wild6 >= 0 && exact >= 0);
	assert_null(inet_lookup(&dest, NULL, 0, 0));
	start_listening(wild6, DELEG_INET6 | DELEG_REUSEADDR);
	assert_true(inet_lookup(&dest, NULL, 0, 0)->flags & DELEG_INET6);
	close(wild6);
	bound_sweep();
	start_listening(exact, DELEG_REUSEADDR);
	assert_non_null(inet_lookup(&dest, NULL, 0, 0));
	assert_null(inet_lookup(&other, NULL, 0, 0));
	close(exact);
	wild4 = bound_at(INADDR_ANY, 83, DELEG_REUSEADDR);
	start_listening(wild4, DELEG_REUSEADDR);
	assert_non_null(inet_lookup(&other, NULL, 0, 0));
	close(wild4);
}

static void
test_spread(void **state)
{
	struct inaddr dest = inaddr_v4(INADDR_LOOPBACK, 84);
	struct bound *first;
	int fd[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		fd[i] = bound_at(INADDR_LOOPBACK, 84, DELEG_REUSEPORT);
		assert_true(fd[i] >= 0);
		start_listening(fd[i], DELEG_REUSEPORT);
	}
	first = inet_lookup(&dest, NULL, 0, 0);
	assert_ptr_not_equal(inet_lookup(&dest, NULL, 0, 0), first);
	assert_ptr_not_equal(inet_lookup(&dest, NULL, 0, 0), first);
	assert_ptr_equal(inet_lookup(&dest, NULL, 0, 0), first);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

/* An accepted socket keeps the listener's name, and the port, alive. */
static void
test_connection_keeps_port(void **state)
{
	struct sockhost h;
	int a = bound_at(INADDR_LOOPBACK, 85, DELEG_REUSEADDR), c = unix_socket(SOCK_STREAM), s, b;

	(void)state;
	start_listening(a, DELEG_REUSEADDR);
	h = name_of(a);
	assert_int_equal(sockhost_connect(c, &h.un, h.len), 0);
	s = accept(a, NULL, NULL);
	close(a);
	assert_int_equal(bound_at(INADDR_LOOPBACK, 85, 0), -EADDRINUSE);
	b = bound_at(INADDR_LOOPBACK, 85, DELEG_REUSEADDR);
	assert_true(b >= 0);
	close(b);
	close(s);
	b = bound_at(INADDR_LOOPBACK, 85, 0);
	assert_true(b >= 0);
	close(b);
	close(c);
}

static void
test_udp_peer(void **state)
{
	int server = bound_at(INADDR_LOOPBACK, 86, DELEG_DGRAM);
	int client = bound_at(INADDR_ANY, 87, DELEG_DGRAM);
	struct sockhost own = name_of(client);
	struct inaddr to = inaddr_v4(INADDR_LOOPBACK, 86), me = inaddr_v4(INADDR_LOOPBACK, 87),
		      stranger = inaddr_v4(INADDR_LOOPBACK, 9), got;
	struct inet_sockaddr sa = sockaddr_of(&to, false),
			     nobody = {.ss = {.ss_family = AF_UNSPEC}, .len = 2};
	struct deleg_reply reply;

	(void)state;
	assert_int_equal(inet_name(&own, DELEG_DEST, &got), ENOTCONN);
	assert_int_equal(inet_connect(&sa, &own, DELEG_DGRAM | DELEG_PEER, &reply), 0);
	assert_int_equal(reply.bind_len, 0);
	assert_int_equal(inet_name(&own, DELEG_DEST, &got), 0);
	assert_true(inaddr_same(&got, &to));
	assert_int_equal(inet_name(&own, DELEG_OWN, &got), 0);
	assert_true(inaddr_same(&got, &me));
	assert_non_null(inet_lookup(&me, &to, DELEG_DGRAM, 0));
	assert_null(inet_lookup(&me, &stranger, DELEG_DGRAM, 0));
	assert_int_equal(inet_connect(&nobody, &own, DELEG_DGRAM | DELEG_PEER, &reply), 0);
	assert_non_null(inet_lookup(&me, &stranger, DELEG_DGRAM, 0));
	close(server);
	close(client);
}

/* All ports are given out once before one is given again, and only free ones then. */
static void
test_ports(void **state)
{
	static unsigned char seen[65536];
	uint16_t port, kept = 0;
	int fd = -1;

	(void)state;
	ports_init();
	for (int i = 0; i <= PORT_LAST - PORT_FIRST; i++) {
		assert_int_equal(ports_next(&port), 0);
		assert_int_equal(seen[port], 0);
		seen[port] = 1;
		if (i == 1000) {
			fd = bound_at(INADDR_LOOPBACK, port, 0);
			kept = port;
		}
	}
	assert_true(fd >= 0);
	for (int i = 0; i < PORT_LAST - PORT_FIRST; i++) {
		assert_int_equal(ports_next(&port), 0);
		assert_int_not_equal(port, kept);
	}
	close(fd);
}

static void
test_names_are_removed(void **state)
{
	struct dirent *e;
	int left = 0;
	DIR *d;

	(void)state;
	bound_sweep();
	assert_true(LIST_EMPTY(&bound_all));
	d = opendir(dir);
	while ((e = readdir(d)) != NULL)
		left += e->d_name[0] != '.';
	closedir(d);
	assert_int_equal(left, 0);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : hostnames_init() != 0 ? -1 : ifnet_init();
}

static int
teardown(void **state)
{
	(void)state;
	bound_fini();
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bind_and_conflict),
	    cmocka_unit_test(test_bound_twice),
	    cmocka_unit_test(test_listen_conflict),
	    cmocka_unit_test(test_connect),
	    cmocka_unit_test(test_most_specific),
	    cmocka_unit_test(test_spread),
	    cmocka_unit_test(test_connection_keeps_port),
	    cmocka_unit_test(test_udp_peer),
	    cmocka_unit_test(test_ports),
	    cmocka_unit_test(test_names_are_removed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
