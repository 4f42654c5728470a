/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets: descriptors and credentials that they carry. */
#include <sys/stat.h>

#include "socket_unix_help.h"

static ssize_t
send_fd(int via, int fd, int times)
{
	char control[CMSG_SPACE(sizeof(int) * 300)] = "";
	struct iovec iov = {(char *)"bytes", 5};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)times)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)times);
	for (int i = 0; i < times; i++)
		memcpy(CMSG_DATA(c) + sizeof(int) * (size_t)i, &fd, sizeof fd);
	return sendmsg(via, &m, MSG_DONTWAIT);
}

/* What came of n descriptors, with room for so many bytes of control data; the first, or -1. */
static int
recv_fds(int via, size_t room, int flags)
{
	char buf[16], control[1024] = "";
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
	struct cmsghdr *c;
	int fd = -1;

	TRY(recvmsg(via, &m, flags));
	c = CMSG_FIRSTHDR(&m);
	SAY("flags %x control %zu", m.msg_flags & ~MSG_CMSG_CLOEXEC, (size_t)m.msg_controllen);
	if (c == NULL)
		return -1;
	SAY("type %d with %zu", c->cmsg_type, (c->cmsg_len - CMSG_LEN(0)) / sizeof fd);
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static void
use(int fd, const char *text)
{
	char buf[32] = "";

	TRY(pread(fd, buf, sizeof buf, 0));
	SAY("'%s'", buf);
	TRY(ftruncate(fd, 1));
	TRY(pwrite(fd, text, strlen(text), 0));
	close(fd);
}

TEST(peeked_descriptors)
{
	int p[2], f = MUST(open("f", O_CREAT | O_RDWR, 0644)), a, b;
	struct stat st;

	named_pair(SOCK_STREAM, p);
	MUST(write(f, "contents", 8));
	TRY(send_fd(p[0], f, 1));
	a = recv_fds(p[1], 1024, MSG_PEEK);
	b = recv_fds(p[1], 1024, MSG_CMSG_CLOEXEC);
	SAY("two: %d, close-on-exec %d %d", a != b, fcntl(a, F_GETFD), fcntl(b, F_GETFD));
	use(a, "peeked");
	use(b, "received");
	TRY(stat("f", &st));
	SAY("size %jd", (intmax_t)st.st_size);
}

TEST(no_room_for_descriptors)
{
	int p[2], f = MUST(open("f", O_CREAT | O_RDWR, 0644));

	named_pair(SOCK_DGRAM, p);
	for (size_t room = 0; room <= CMSG_SPACE(sizeof(int) * 3); room += 4) {
		MUST(send_fd(p[0], f, 3));
		recv_fds(p[1], room, 0);
	}
	TRY(send_fd(p[0], f, 253));
	recv_fds(p[1], 1024, 0);
	TRY(send_fd(p[0], f, 254));
	TRY(send_fd(p[0], -1, 1));
	TRY(send_fd(p[0], 999, 1));
}

static ssize_t
send_cred(int via, pid_t pid, uid_t uid)
{
	struct ucred uc = {pid, uid, getgid()};
	char control[CMSG_SPACE(sizeof uc)] = "";
	struct iovec iov = {(char *)"c", 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof uc);
	memcpy(CMSG_DATA(c), &uc, sizeof uc);
	return sendmsg(via, &m, 0);
}

static void
recv_cred(int via)
{
	char b, control[256] = "";
	struct iovec iov = {&b, 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct cmsghdr *c;
	struct ucred uc;

	TRY(recvmsg(via, &m, MSG_DONTWAIT));
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		memcpy(&uc, CMSG_DATA(c), sizeof uc);
		SAY("type %d: %s, uid %s", c->cmsg_type,
		    uc.pid == getpid()    ? "mine"
		    : uc.pid == getppid() ? "my parent's"
		    : uc.pid == 0         ? "none"
					  : "another's",
		    uc.uid == getuid() ? "mine" : "another's");
	}
}

TEST(credentials)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
	int p[2], on = 1;

	for (size_t i = 0; i < 3; i++) {
		named_pair(types[i], p);
		TRY(send_cred(p[0], getpid(), getuid()));
		recv_cred(p[1]);
		TRY(setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
		TRY(send(p[0], "x", 1, 0));
		recv_cred(p[1]);
		TRY(send_cred(p[0], getpid(), getuid()));
		recv_cred(p[1]);
		TRY(send_cred(p[0], 0x7ffffff, getuid()));
		recv_cred(p[1]);
		if (fork() == 0) {
			TRY(send(p[0], "x", 1, 0));
			TRY(send_cred(p[0], getpid(), getuid()));
			_exit(0);
		}
		wait(NULL);
		recv_cred(p[1]);
		recv_cred(p[1]);
	}
}

/* A read goes on to the bytes with a descriptor, and ends with them. */
TEST(descriptors_bound_reads)
{
	int p[2], f = MUST(open("f", O_CREAT | O_RDWR, 0644));
	char buf[32];

	named_pair(SOCK_STREAM, p);
	TRY(send(p[0], "before", 6, 0));
	TRY(send_fd(p[0], f, 1));
	TRY(send(p[0], "after", 5, 0));
	FD(recv_fds(p[1], 1024, 0));
	TRY(recv(p[1], buf, sizeof buf, 0));
	TRY(send_fd(p[0], f, 1));
	TRY(read(p[1], buf, sizeof buf)); /* closes it */
}

/* A socket that travels: of TCP, a listener, and the one it is sent over. */
TEST(passed_sockets)
{
	struct addr a;
	int p[2], l = listener("127.0.0.1", 5, &a), c = tcp(AF_INET), got, s;
	char buf[8];

	named_pair(SOCK_SEQPACKET, p);
	MUST(send_fd(p[0], l, 1));
	close(l);
	MUST(connect(c, SA(a)));
	got = recv_fds(p[1], 1024, 0);
	s = MUST(accept(got, NULL, NULL));
	say_addr("of the listener", &(struct addr[]){own_addr(got)}[0], addr_port(&a));
	close(got);
	MUST(send_fd(p[1], s, 1));
	close(s);
	got = recv_fds(p[0], 1024, 0);
	TRY(write(c, "tcp", 3));
	TRY(read(got, buf, sizeof buf));
	say_addr("peer of connected", &(struct addr[]){peer_addr(c)}[0], addr_port(&a));
	MUST(send_fd(p[0], p[0], 1));
	close(p[0]);
	got = recv_fds(p[1], 1024, 0);
	TRY(write(got, "itself", 6));
	TRY(read(p[1], buf, sizeof buf));
}

TEST(groups_of_the_peer)
{
	struct un a = un("l");
	int l = local(SOCK_STREAM), c = local(SOCK_STREAM), s;
	gid_t groups[100];
	socklen_t len = sizeof groups;

	MUST(bind(l, UN(a)));
	MUST(listen(l, 1));
	MUST(connect(c, UN(a)));
	s = MUST(accept(l, NULL, NULL));
	TRY(getsockopt(s, SOL_SOCKET, SO_PEERGROUPS, groups, &len));
	SAY("all: %d", len == sizeof(gid_t) * (size_t)MUST(getgroups(0, NULL)));
	len = sizeof groups;
	TRY(getsockopt(local(SOCK_STREAM), SOL_SOCKET, SO_PEERGROUPS, groups, &len));
	len = 1;
	TRY(getsockopt(s, SOL_SOCKET, SO_PEERCRED, groups, &len));
	SAY("length %u", len);
	TRY(getsockopt(s, SOL_SOCKET, SO_PEERSEC, groups, &len));
}

int
main(void)
{
	return parity_main();
}
