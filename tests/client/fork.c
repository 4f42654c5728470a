/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork: the child is a child process in the kernel as well, with the parent's descriptors.
 *
 *	fork simple	a descriptor from before the fork is writable on both sides
 *	fork pipecomm	a pipe of the kernel carries a string to the child; fork by prefork
 *	fork fakeauth	a child with a forged cookie is refused, the parent unharmed
 *	fork cancel	a prefork that comes to nothing leaves nothing
 */
#include <fcntl.h>
#include <stddef.h>

#include "client/client.h"
#include "client_test.h"

static pid_t parent;

static void
begin(void)
{
	CHECK(rumpclient_init() == 0);
	parent = rump_sys_getpid();
	CHECK(parent >= 2);
}

static void
fork_simple(void)
{
	char text[16] = "";
	pid_t child;
	int fd;

	begin();
	fd = rump_sys_open("/simple", O_CREAT | O_RDWR | O_APPEND, 0644);
	CHECK(fd >= 0);
	child = rumpclient_fork();
	if (child == 0) {
		CHECK(rump_sys_getpid() >= 2 && rump_sys_getpid() != parent);
		CHECK(rump_sys_getppid() == parent);
		CHECK(rump_sys_write(fd, "child ", 6) == 6);
		CHECK(rump_sys_close(fd) == 0);
		_exit(0);
	}
	client_test_reap(child);
	CHECK(client_test_calls(parent));
	CHECK(rump_sys_write(fd, "parent", 6) == 6);
	CHECK(rump_sys_pread64(fd, text, sizeof text, 0) == 12);
	CHECK(rump_sys_close(fd) == 0);
	CHECK(rump_sys_unlink("/simple") == 0);
	printf("%s\n", text);
}

static void
fork_pipecomm(void)
{
	static const char magic[] = "the cat in the hat";
	struct rumpclient_fork *rf;
	char text[sizeof magic] = "";
	pid_t child;
	int fds[2];

	begin();
	CHECK(rump_sys_pipe(fds) == 0);
	rf = rumpclient_prefork();
	CHECK(rf != NULL);
	child = fork();
	if (child == 0) {
		CHECK(rumpclient_fork_init(rf) == 0);
		CHECK(rump_sys_getppid() == parent);
		CHECK(rump_sys_close(fds[1]) == 0);
		CHECK(rump_sys_read(fds[0], text, sizeof text) == (ssize_t)sizeof text);
		CHECK(strcmp(text, magic) == 0);
		/* The parent closes its end, then nobody has one. */
		CHECK(rump_sys_read(fds[0], text, 1) == 0);
		_exit(0);
	}
	rumpclient_fork_vparent(rf);
	CHECK(rump_sys_write(fds[1], magic, sizeof magic) == (ssize_t)sizeof magic);
	CHECK(rump_sys_close(fds[1]) == 0);
	client_test_reap(child);
	puts("received");
}

static void
fork_fakeauth(void)
{
	begin();
	for (size_t bit = 0; bit < 128; bit += 31) {
		struct rumpclient_fork *rf = rumpclient_prefork();
		pid_t child;

		CHECK(rf != NULL);
		child = fork();
		if (child == 0) {
			struct client_fork *f = (struct client_fork *)(void *)rf;

			f->cookie[bit / 32] ^= 1U << (bit % 32);
			CHECK(rumpclient_fork_init(rf) == -1);
			CHECK(errno == ESRCH);
			_exit(0);
		}
		rumpclient_fork_vparent(rf);
		client_test_reap(child);
		CHECK(client_test_calls(parent));
	}
	puts("refused");
}

static void
fork_cancel(void)
{
	pid_t child;

	begin();
	for (int i = 0; i < 200; i++) {
		struct rumpclient_fork *rf = rumpclient_prefork();

		CHECK(rf != NULL);
		rumpclient_fork_cancel(rf);
		CHECK(client_test_calls(parent));
	}
	child = rumpclient_fork();
	if (child == 0)
		_exit(rump_sys_getppid() == parent ? 0 : 1);
	client_test_reap(child);
	puts("cancelled");
}

int
main(int argc, char **argv)
{
	static const struct client_test tests[] = {{"simple", fork_simple},
	    {"pipecomm", fork_pipecomm}, {"fakeauth", fork_fakeauth}, {"cancel", fork_cancel},
	    {NULL, NULL}};

	client_test_limit();
	return client_test_main(argc, argv, tests);
}
