/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors of files: duplication, flags, ranges, passing, waiting. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "parity.h"

static int
file(const char *path, const char *text)
{
	int fd = MUST(open(path, O_RDWR | O_CREAT | O_TRUNC, 0644));

	MUST(write(fd, text, strlen(text)));
	MUST(lseek(fd, 0, SEEK_SET));
	return fd;
}

TEST(dup2_games)
{
	char buf[8] = "";
	int saved = MUST(dup(0));
	int fd = file("f", "input");

	TRY(dup2(fd, 0));
	TRY(close(fd));
	TRY(read(0, buf, 5));
	SAY("%s", buf);
	TRY(dup2(saved, 0));
	TRY(dup2(99, 0));
	TRY(dup2(0, -1));
	TRY(dup3(0, 0, 0));
	TRY(dup3(0, 50, O_CLOEXEC));
	TRY(fcntl(50, F_GETFD));
	TRY(dup2(50, 50));
	TRY(fcntl(50, F_GETFD));
	TRY(fcntl(0, F_DUPFD, 60));
	TRY(fcntl(60, F_GETFD));
}

TEST(ranges)
{
	int open_now = 0;

	file("f", "x");
	for (int fd = 100; fd < 110; fd++)
		MUST(dup2(0, fd));
	TRY(close_range(102, 104, 0));
	TRY(close_range(106, 106, CLOSE_RANGE_CLOEXEC));
	TRY(fcntl(106, F_GETFD));
	TRY(close_range(5, 4, 0));
	for (int fd = 100; fd < 110; fd++)
		open_now += fcntl(fd, F_GETFD) >= 0;
	SAY("open: %d", open_now);
	closefrom(3);
	for (int fd = 3; fd < 1024; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			SAY("still open");
	}
	SAY("after closefrom: %s", access("f", F_OK) == 0 ? "works" : strerrorname_np(errno));
}

TEST(close_everything)
{
	file("f", "x");
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	SAY("first free number is %d", open("f", O_RDONLY));
	SAY("next is %d", open("f", O_RDONLY));
	for (int fd = 3; fd < 1024; fd++)
		dup2(0, fd);
	SAY("all numbers taken: %s", access("f", F_OK) == 0 ? "works" : strerrorname_np(errno));
}

TEST(standard_descriptors_closed)
{
	int copy = MUST(dup(1));
	int fds[3];

	close(0);
	close(2);
	fds[0] = open("f", O_CREAT | O_RDWR, 0644);
	fds[1] = open("f", O_RDWR);
	fds[2] = open("f", O_RDWR);
	MUST(dup2(copy, 1));
	SAY("%d %d, third above 2: %d", fds[0], fds[1], fds[2] > 2);
}

TEST(waiting)
{
	int fd = file("f", "x");
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
	struct epoll_event event = {.events = EPOLLIN};
	struct timeval none = {0, 0};
	fd_set set;

	TRY(poll(&p, 1, 0));
	SAY("revents %x", p.revents);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	TRY(select(fd + 1, &set, NULL, NULL, &none));
	TRY(epoll_ctl(MUST(epoll_create1(0)), EPOLL_CTL_ADD, fd, &event));
	MUST(close(fd));
	TRY(poll(&p, 1, 0));
	SAY("revents %x", p.revents);
}

TEST(copying)
{
	int from = file("from", "0123456789");
	int to = file("to", "");
	off_t off = 2;
	char buf[32] = "";

	TRY(sendfile(to, from, &off, 3));
	TRY(copy_file_range(from, NULL, to, NULL, 4, 0));
	TRY(pread(to, buf, 31, 0));
	SAY("%s, offset %jd", buf, (intmax_t)off);
}

TEST(passing)
{
	char space[CMSG_SPACE(sizeof(int))] = "", c = 'x', buf[8] = "";
	struct iovec iov = {&c, 1};
	struct msghdr msg = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2], fd = file("f", "passed");

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(cmsg), &fd, sizeof fd);
	TRY(sendmsg(pair[0], &msg, 0));
	MUST(close(fd));
	TRY(recvmsg(pair[1], &msg, 0));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
	TRY(read(fd, buf, 6));
	SAY("%s", buf);
	TRY(fchmod(fd, 0600));
}

TEST(by_number)
{
	char buf[8] = "";
	int fd = FD(syscall(SYS_openat, AT_FDCWD, "f", O_RDWR | O_CREAT, 0640));
	struct stat st;

	TRY(syscall(SYS_write, fd, "hello", 5));
	TRY(syscall(SYS_pread64, fd, buf, 5, 0));
	SAY("%s", buf);
	TRY(syscall(SYS_newfstatat, AT_FDCWD, "f", &st, 0));
	SAY("%o %jd", st.st_mode, (intmax_t)st.st_size);
	TRY(syscall(SYS_close, fd));
	TRY(syscall(SYS_close, fd));
	TRY(syscall(SYS_mkdirat, AT_FDCWD, "d", 0755));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "d", 0));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "d/g", 0));
	TRY(syscall(SYS_unlinkat, AT_FDCWD, "d/g", 0));
	TRY(syscall(SYS_faccessat, AT_FDCWD, "d/g", F_OK));
	TRY(syscall(9999));
}

TEST(control)
{
	int n = -1, on = 1;
	int fd = file("f", "12345");

	TRY(ioctl(fd, FIONREAD, &n));
	SAY("%d bytes", n);
	TRY(ioctl(fd, FIONBIO, &on));
	TRY(fcntl(fd, F_GETFL) & O_NONBLOCK);
	TRY(ioctl(fd, FIOCLEX));
	TRY(fcntl(fd, F_GETFD));
	TRY(isatty(fd));
	TRY(ioctl(-1, FIONREAD, &n));
	TRY(fcntl(fd, F_SETFL, O_APPEND));
	TRY(write(fd, "6", 1));
	TRY(lseek(fd, 0, SEEK_CUR));
}

int
main(void)
{
	return parity_main();
}
