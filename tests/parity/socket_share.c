/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets shared with children, over exec, and passed to others. */
#include <spawn.h>
#include <stdlib.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "socket_help.h"

TEST(workers)
{
	struct addr a;
	int l = listener("127.0.0.1", 50, &a), sum = 0, status;

	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			int n = 0, c;

			for (int k = 0; k < 10; k++) {
				c = MUST(accept(l, NULL, NULL));
				n += write(c, "w", 1) == 1;
				close(c);
			}
			_exit(n);
		}
	}
	for (int i = 0; i < 40; i++) {
		int s = tcp(AF_INET);
		char c;

		MUST(connect(s, SA(a)));
		sum += read(s, &c, 1) == 1;
		close(s);
	}
	SAY("served %d", sum);
	for (sum = 0; wait(&status) > 0;)
		sum += WEXITSTATUS(status);
	SAY("by workers %d", sum);
}

TEST(parent_closes_child_serves)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);
	char c;

	if (fork() == 0) {
		int t = MUST(accept(l, NULL, NULL));

		usleep(20000);
		MUST(write(t, "y", 1));
		_exit(0);
	}
	close(l);
	TRY(connect(s, SA(a)));
	TRY(read(s, &c, 1));
	wait(NULL);
	TRY(connect(tcp(AF_INET), SA(a)));
}

TEST(child_closes_connection_stays)
{
	int p[2];
	char c;

	tcp_pair(p);
	if (fork() == 0) {
		close(p[0]);
		close(p[1]);
		_exit(0);
	}
	wait(NULL);
	TRY(write(p[0], "z", 1));
	TRY(read(p[1], &c, 1));
}

TEST(child_connects_parents_socket)
{
	struct addr a, own;
	int l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET);

	if (fork() == 0) {
		MUST(connect(s, SA(a)));
		_exit(0);
	}
	wait(NULL);
	FD(accept(l, NULL, NULL));
	own = own_addr(s);
	say_addr("own", &own, 0);
	own = peer_addr(s);
	say_addr("peer", &own, addr_port(&a));
}

TEST(dup_shares)
{
	int p[2], d;
	char c;

	tcp_pair(p);
	d = MUST(dup(p[0]));
	close(p[0]);
	TRY(write(d, "q", 1));
	TRY(read(p[1], &c, 1));
	SAY("no end yet: %x", events_of(p[1], POLLIN, 50));
	close(d);
	SAY("end: %d", (events_of(p[1], POLLIN, 1000) & POLLIN) != 0);
}

/* After exec the shell's child finds its connection on 0 and 1. */
TEST(over_exec)
{
	char buf[64] = "";
	size_t n = 0;
	ssize_t got;
	int p[2];

	tcp_pair(p);
	if (fork() == 0) {
		dup2(p[1], 0);
		dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		execl("/bin/sh", "sh", "-c", "read line; echo \"said $line\"", NULL);
		_exit(127);
	}
	close(p[1]);
	MUST(write(p[0], "hello\n", 6));
	while ((got = read(p[0], buf + n, sizeof buf - 1 - n)) > 0)
		n += (size_t)got;
	SAY("%s", buf);
	wait(NULL);
}

/* Becomes a shell that has the connection as this number, and writes into it after its end. */
static const char *const writer[][2] = {
    {"0", "read line; printf a >&0; printf b >&0; printf c >&0; echo alive >&2"},
    {"7", "read line <&7; printf a >&7; printf b >&7; printf c >&7; echo alive >&2"},
};

static pid_t
spawn_writer(int how, int conn, bool spawned)
{
	const char *argv[] = {"sh", "-c", writer[how][1], NULL};
	char *envp[] = {NULL};
	int number = atoi(writer[how][0]);
	posix_spawn_file_actions_t act;
	pid_t pid;

	if (spawned) {
		posix_spawn_file_actions_init(&act);
		posix_spawn_file_actions_adddup2(&act, conn, number);
		TRY(posix_spawn(&pid, "/bin/sh", &act, NULL, (char **)(uintptr_t)argv, environ));
		posix_spawn_file_actions_destroy(&act);
	} else if ((pid = fork()) == 0) {
		dup2(conn, number);
		execve("/bin/sh", (char **)(uintptr_t)argv, envp);
		_exit(127);
	}
	return pid;
}

/* A program that has inherited its connection is ended by SIGPIPE as TCP does it, at the second
 * write. */
TEST(written_after_the_end_and_exec)
{
	pid_t pid;
	int p[2];

	for (int i = 0; i < 4; i++) {
		tcp_pair(p);
		MUST(fcntl(p[0], F_SETFD, FD_CLOEXEC));
		pid = spawn_writer(i / 2, p[1], i % 2 == 0);
		close(p[0]);
		SAY("descriptor %s, %s", writer[i / 2][0], i % 2 == 0 ? "spawned" : "executed");
		say_end(pid);
		close(p[1]);
	}
}

static void
send_fd(int via, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = {0};
	struct iovec iov = {(char *)"f", 1};
	struct msghdr m = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	MUST(sendmsg(via, &m, 0));
}

static int
recv_fd(int via)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = {0};
	char b;
	struct iovec iov = {&b, 1};
	struct msghdr m = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u};
	int fd = -1;

	TRY(recvmsg(via, &m, 0));
	if (CMSG_FIRSTHDR(&m) != NULL)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
	return fd;
}

TEST(passed)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), via[2], s = tcp(AF_INET);
	char c;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, via));
	if (fork() == 0) {
		int got = recv_fd(via[1]);
		struct addr own = own_addr(got);

		say_addr("listener", &own, addr_port(&a));
		got = MUST(accept(got, NULL, NULL));
		own = own_addr(got);
		say_addr("accepted", &own, addr_port(&a));
		MUST(write(got, "p", 1));
		_exit(0);
	}
	send_fd(via[0], l);
	close(l);
	MUST(connect(s, SA(a)));
	wait(NULL);
	TRY(read(s, &c, 1));
}

/* Has a connection by a message only, and writes into it after its end. */
static void
write_to_passed(int via)
{
	int got = recv_fd(via);

	events_of(got, POLLIN, 1000);
	TRY(write(got, "x", 1));
	events_of(got, 0, 1000);
	TRY(write(got, "x", 1));
	TRY(write(got, "x", 1));
	SAY("alive");
}

TEST(connection_passed)
{
	int p[2], via[2];
	pid_t pid;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, via));
	if ((pid = fork()) == 0) {
		close(via[0]);
		write_to_passed(via[1]);
		_exit(0);
	}
	tcp_pair(p);
	send_fd(via[0], p[1]);
	close(p[1]);
	close(p[0]);
	say_end(pid);
}

/* TCP carries no descriptors: the control data is ignored. */
TEST(not_over_tcp)
{
	int p[2];

	tcp_pair(p);
	send_fd(p[0], 0);
	SAY("nothing came: %d", recv_fd(p[1]));
}

int
main(void)
{
	return parity_main();
}
