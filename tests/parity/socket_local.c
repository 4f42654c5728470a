/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets: the bytes of their names, their types, who the peer is, what they carry. */
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "socket_help.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

struct un {
	struct sockaddr_un un;
	socklen_t len;
};
#define UN(a) ((struct sockaddr *)&(a).un), (a).len

static struct un
un(const char *path)
{
	struct un a = {.un.sun_family = AF_UNIX};

	memcpy(a.un.sun_path, path, strnlen(path, sizeof a.un.sun_path));
	a.len = (socklen_t)(PATH_OFFSET + strlen(path) + 1);
	return a;
}

static struct un
un_here(const char *name)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s/%s", getenv("PARITY_DIR"), parity_name, name);
	return un(path);
}

/* The directory of the tests has another length on the other side: it is left out of all. */
static void
say_bytes(const char *what, const void *sa, socklen_t len)
{
	const char *p = (const char *)sa + PATH_OFFSET;
	size_t n = len > PATH_OFFSET ? len - PATH_OFFSET : 0, dir = strlen(getenv("PARITY_DIR"));
	char text[300];
	size_t at = 0;

	if (n > dir && memcmp(p, getenv("PARITY_DIR"), dir) == 0) {
		p += dir;
		n -= dir;
	}
	for (size_t i = 0; i < n && at < sizeof text - 8; i++)
		at += (size_t)snprintf(text + at, sizeof text - at,
		    p[i] >= ' ' && p[i] < 127 ? "%c" : "<%02x>", (unsigned char)p[i]);
	text[at] = '\0';
	SAY("%s: %zu bytes '%s'", what, n, text);
}

static void
say_name(const char *what, int fd, bool peer)
{
	char sa[300];
	socklen_t len = sizeof sa;

	memset(sa, 'z', sizeof sa);
	if ((peer ? getpeername : getsockname)(fd, (struct sockaddr *)sa, &len) != 0)
		SAY("%s: %s", what, strerrorname_np(errno));
	else
		say_bytes(what, sa, len);
}

static int
local(int type)
{
	return MUST(socket(AF_UNIX, type, 0));
}

static int
local_listener(int type, const char *name)
{
	struct un a = un_here(name);
	int fd = local(type);

	MUST(bind(fd, UN(a)));
	MUST(listen(fd, 5));
	return fd;
}

TEST(bytes_of_names)
{
	struct un a = un_here("whole");
	char cut[300];
	socklen_t len;
	int s = local(SOCK_STREAM), t = local(SOCK_STREAM), u = local(SOCK_STREAM);

	TRY(bind(s, UN(a)));
	say_name("with its NUL", s, false);
	a = un_here("bare");
	a.len--;
	TRY(bind(t, UN(a)));
	say_name("without", t, false);
	a = un_here("padded");
	a.len = sizeof a.un;
	TRY(bind(u, UN(a)));
	say_name("padded", u, false);
	memset(cut, 'z', sizeof cut);
	len = 5;
	TRY(getsockname(u, (struct sockaddr *)cut, &len));
	SAY("room for 5: whole is %d, byte after is %c", (int)len > 5, cut[5]);
	len = 0;
	TRY(getsockname(u, (struct sockaddr *)cut, &len));
	len = (socklen_t)-1;
	TRY(getsockname(u, (struct sockaddr *)cut, &len));
	TRY(getpeername(u, (struct sockaddr *)cut, &len));
}

TEST(relative_names)
{
	struct un a = un("x"), b = un("./sub/../x");
	int s = local(SOCK_STREAM), c = local(SOCK_STREAM);

	MUST(mkdir("sub", 0755));
	TRY(bind(s, UN(a)));
	say_name("own", s, false);
	TRY(listen(s, 1));
	TRY(connect(c, UN(b)));
	say_name("peer", c, true);
	TRY(chdir("sub"));
	TRY(connect(local(SOCK_STREAM), UN(a)));
	a = un("../x");
	TRY(connect(local(SOCK_STREAM), UN(a)));
}

TEST(longest_name)
{
	char name[200];
	struct un a = {.un.sun_family = AF_UNIX};
	int s = local(SOCK_STREAM), c = local(SOCK_STREAM);

	memset(name, 'n', sizeof name);
	memcpy(a.un.sun_path, name, sizeof a.un.sun_path);
	a.len = sizeof a.un;
	TRY(bind(s, UN(a)));
	say_name("own", s, false);
	TRY(listen(s, 1));
	TRY(connect(c, UN(a)));
	say_name("peer", c, true);
	TRY(bind(local(SOCK_STREAM), (struct sockaddr *)&a.un, sizeof a.un + 1));
	TRY(connect(local(SOCK_STREAM), (struct sockaddr *)&a.un, sizeof a.un + 1));
}

TEST(bad_addresses)
{
	struct un a = un_here("a");
	int s = local(SOCK_STREAM), d = local(SOCK_DGRAM);

	TRY(bind(s, (struct sockaddr *)&a.un, 0));
	TRY(bind(s, (struct sockaddr *)&a.un, 1));
	TRY(connect(s, (struct sockaddr *)&a.un, 1));
	TRY(connect(s, (struct sockaddr *)&a.un, PATH_OFFSET));
	TRY(sendto(d, "x", 1, 0, (struct sockaddr *)&a.un, PATH_OFFSET));
	a.un.sun_family = AF_INET;
	TRY(bind(s, UN(a)));
	TRY(connect(s, UN(a)));
	TRY(connect(d, UN(a)));
	TRY(sendto(d, "x", 1, 0, UN(a)));
	a = un("");
	TRY(connect(s, UN(a)));
	a = un("missing/a");
	TRY(bind(s, UN(a)));
	TRY(connect(s, UN(a)));
	a = un("a/");
	TRY(bind(s, UN(a)));
	a = un("a");
	TRY(bind(s, UN(a)));
	TRY(bind(s, UN(a)));
	a = un("a/b");
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(bind(MUST(open("f", O_CREAT | O_RDWR, 0600)), UN(a)));
	TRY(bind(-1, UN(a)));
}

static void
exchange(int type)
{
	int l = local_listener(type, "s"), c = local(type), a;
	struct un to = un_here("s");
	char buf[16];

	TRY(connect(c, UN(to)));
	a = MUST(accept4(l, NULL, NULL, SOCK_CLOEXEC));
	TRY(send(c, "one", 3, 0));
	TRY(send(c, "two", 3, 0));
	TRY(recv(a, buf, 2, 0));
	TRY(recv(a, buf, sizeof buf, 0));
	TRY(recv(a, buf, sizeof buf, MSG_DONTWAIT));
	say_name("connector", c, true);
	say_name("accepted", a, false);
	say_name("accepted's peer", a, true);
	TRY(shutdown(c, SHUT_WR));
	TRY(recv(a, buf, sizeof buf, 0));
	TRY(connect(c, UN(to)));
	close(a);
	say_events("peer gone", events_of(c, POLLIN | POLLOUT | POLLRDHUP, 0));
}

TEST(stream)
{
	exchange(SOCK_STREAM);
}

TEST(seqpacket)
{
	exchange(SOCK_SEQPACKET);
}

TEST(seqpacket_records)
{
	int p[2];
	char buf[4];
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	TRY(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, p));
	TRY(send(p[0], "longer than four", 16, MSG_EOR));
	TRY(recvmsg(p[1], &m, 0));
	SAY("flags %x", m.msg_flags);
	TRY(send(p[0], "", 0, 0));
	TRY(recv(p[1], buf, 4, 0));
	TRY(send(p[0], "longer", 6, 0));
	TRY(recv(p[1], buf, 4, MSG_TRUNC));
	TRY(recv(p[1], buf, 4, 0));
}

TEST(pairs)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW, SOCK_RDM};
	int p[2], type;
	socklen_t len = sizeof type;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (TRY(socketpair(AF_UNIX, types[i], 0, p)) != 0)
			continue;
		getsockopt(p[0], SOL_SOCKET, SO_TYPE, &type, &len);
		SAY("type %d", type);
		TRY(send(p[0], "abc", 3, 0));
		say_name("end", p[1], true);
	}
	TRY(socketpair(AF_UNIX, SOCK_STREAM, 1, p));
	TRY(socketpair(AF_UNIX, SOCK_STREAM, 6, p));
	TRY(socketpair(AF_INET, SOCK_DGRAM, 0, p));
	TRY(socketpair(AF_UNIX, 77, 0, p));
}

TEST(wrong_type)
{
	struct un a = un_here("d"), b = un_here("s");
	int d = local(SOCK_DGRAM), s = local_listener(SOCK_STREAM, "s");

	MUST(bind(d, UN(a)));
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(connect(local(SOCK_SEQPACKET), UN(a)));
	TRY(connect(local(SOCK_DGRAM), UN(b)));
	TRY(connect(local(SOCK_SEQPACKET), UN(b)));
	TRY(sendto(local(SOCK_DGRAM), "x", 1, 0, UN(b)));
	TRY(sendto(local(SOCK_STREAM), "x", 1, 0, UN(b)));
	TRY(listen(d, 1));
	TRY(accept(d, NULL, NULL));
	TRY(bind(s, UN(a)));
}

TEST(datagram_connected)
{
	struct un a = un_here("a"), b = un_here("b"), none = {.un.sun_family = AF_UNSPEC, .len = 2};
	int x = local(SOCK_DGRAM), y = local(SOCK_DGRAM), z = local(SOCK_DGRAM);
	char buf[16];

	MUST(bind(x, UN(a)));
	MUST(bind(y, UN(b)));
	TRY(connect(x, UN(b)));
	say_name("peer", x, true);
	TRY(sendto(z, "stranger", 8, 0, UN(b)));
	TRY(connect(y, UN(a)));
	TRY(sendto(z, "stranger", 8, 0, UN(b)));
	TRY(connect(z, UN(b)));
	TRY(recv(y, buf, sizeof buf, 0));
	TRY(send(x, "", 0, 0));
	TRY(recv(y, buf, sizeof buf, 0));
	TRY(connect(x, (struct sockaddr *)&none.un, none.len));
	say_name("no peer", x, true);
	TRY(send(x, "q", 1, 0));
	close(y);
	TRY(sendto(x, "q", 1, 0, UN(b)));
	TRY(connect(x, UN(b)));
}

TEST(sender_is_named)
{
	struct un a = un_here("a"), b = un("b");
	int x = local(SOCK_DGRAM), y = local(SOCK_DGRAM);
	char buf[16], sa[200];
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {
	    .msg_name = sa, .msg_namelen = sizeof sa, .msg_iov = &iov, .msg_iovlen = 1};
	struct mmsghdr mm = {.msg_hdr = m};
	socklen_t len = sizeof sa;

	MUST(bind(x, UN(a)));
	TRY(sendto(y, "0", 1, 0, UN(a)));
	TRY(recvfrom(x, buf, sizeof buf, 0, (struct sockaddr *)sa, &len));
	SAY("unnamed: length %u", len);
	MUST(bind(y, UN(b)));
	for (int i = 0; i < 3; i++)
		TRY(sendto(y, "1", 1, 0, UN(a)));
	len = sizeof sa;
	TRY(recvfrom(x, buf, sizeof buf, 0, (struct sockaddr *)sa, &len));
	say_bytes("recvfrom", sa, len);
	TRY(recvmsg(x, &m, 0));
	say_bytes("recvmsg", sa, m.msg_namelen);
	TRY(recvmmsg(x, &mm, 1, 0, NULL));
	say_bytes("recvmmsg", sa, mm.msg_hdr.msg_namelen);
	m.msg_name = &a.un;
	m.msg_namelen = a.len;
	iov.iov_len = 1;
	mm.msg_hdr = m;
	TRY(sendmsg(y, &m, 0));
	TRY(sendmmsg(y, &mm, 1, 0));
	TRY(recv(x, buf, sizeof buf, 0));
	TRY(recv(x, buf, sizeof buf, 0));
}

static void
say_mode(const char *name)
{
	struct stat st;

	if (stat(name, &st) == 0)
		SAY("%s is a socket: %d, mode %o", name, S_ISSOCK(st.st_mode), st.st_mode & 07777);
}

/* fchmod(2) before bind(2) says what the node may be used for. */
TEST(mode_of_node)
{
	struct un a = un_here("a"), b = un_here("b"), c = un_here("c");
	int s = local(SOCK_STREAM), t = local(SOCK_DGRAM);

	umask(0);
	MUST(bind(s, UN(a)));
	say_mode("a");
	TRY(fchmod(t, 0640));
	MUST(bind(t, UN(b)));
	say_mode("b");
	umask(077);
	MUST(bind(local(SOCK_STREAM), UN(c)));
	say_mode("c");
	TRY(chmod("c", 0666));
	say_mode("c");
	FD(open("c", O_RDWR));
	TRY(truncate("c", 0));
}

static void
as_nobody(void)
{
	if (getuid() == 0) {
		MUST(setgid(65534));
		MUST(setuid(65534));
	}
}

/* What a program that gave up its rights can still reach, and what it is to its peer. */
TEST(of_another_user)
{
	static const int modes[] = {0666, 0600, 0444, 0222};
	struct un s = un("s"), d = un("d");
	int l = local(SOCK_STREAM), x = local(SOCK_DGRAM);
	struct ucred uc;
	socklen_t len = sizeof uc;

	MUST(bind(l, UN(s)));
	MUST(bind(x, UN(d)));
	MUST(listen(l, 10));
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		MUST(chmod("s", (mode_t)modes[i]));
		MUST(chmod("d", (mode_t)modes[i]));
		SAY("mode %o", modes[i]);
		if (fork() == 0) {
			int c = local(SOCK_STREAM);

			as_nobody();
			if (TRY(connect(c, UN(s))) == 0)
				say_name("peer", c, true);
			TRY(sendto(local(SOCK_DGRAM), "x", 1, 0, UN(d)));
			TRY(connect(local(SOCK_DGRAM), UN(d)));
			_exit(0);
		}
		wait(NULL);
	}
	l = MUST(accept(l, NULL, NULL));
	TRY(getsockopt(l, SOL_SOCKET, SO_PEERCRED, &uc, &len));
	SAY("peer uid is root's: %d", uc.uid == 0);
}

TEST(peer_credentials)
{
	struct un a = un_here("s");
	int l = local_listener(SOCK_STREAM, "s"), c = local(SOCK_STREAM), up[2];
	struct ucred uc;
	socklen_t len = sizeof uc;
	char go;

	MUST(pipe(up));
	if (fork() == 0) {
		MUST(connect(c, UN(a)));
		MUST(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &uc, &len));
		SAY("listener is my parent: %d", uc.pid == getppid());
		MUST(read(up[0], &go, 1));
		_exit(0);
	}
	l = MUST(accept(l, NULL, NULL));
	MUST(write(up[1], "g", 1));
	MUST(waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOWAIT));
	TRY(getsockopt(l, SOL_SOCKET, SO_PEERCRED, &uc, &len));
	SAY("length %u uid %d gid %d", len, uc.uid == getuid(), uc.gid == getgid());
	SAY("peer is my child: %d", uc.pid == wait(NULL));
	len = sizeof uc;
	TRY(getsockopt(local(SOCK_STREAM), SOL_SOCKET, SO_PEERCRED, &uc, &len));
	SAY("fresh: %d %d", uc.pid, (int)uc.uid);
}

static void
say_control(struct msghdr *m)
{
	struct ucred uc;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		SAY("control level %d type %d length %zu", c->cmsg_level, c->cmsg_type,
		    (size_t)c->cmsg_len);
		if (c->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&uc, CMSG_DATA(c), sizeof uc);
		SAY("mine: %d", uc.pid == getpid() && uc.uid == getuid() && uc.gid == getgid());
	}
	SAY("flags %x", m->msg_flags);
}

TEST(passed_credentials)
{
	struct un a = un_here("d");
	int x = local(SOCK_DGRAM), y = local(SOCK_DGRAM), on = 1;
	char buf[16], control[200];
	struct sockaddr_un from;
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};

	MUST(bind(x, UN(a)));
	TRY(setsockopt(x, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
	TRY(sendto(y, "c", 1, 0, UN(a)));
	TRY(recvmsg(x, &m, 0));
	say_control(&m);
	TRY(setsockopt(y, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
	TRY(sendto(y, "c", 1, 0, UN(a)));
	SAY("sender has a name now: %d", own_addr(y).len > 2);
	m.msg_controllen = 20;
	m.msg_name = &from;
	m.msg_namelen = sizeof from;
	TRY(recvmsg(x, &m, 0));
	say_control(&m);
	TRY(sendto(x, "re", 2, 0, (struct sockaddr *)&from, m.msg_namelen));
	TRY(recv(y, buf, sizeof buf, MSG_DONTWAIT));
}

static ssize_t
send_fds(int via, const int *fds, size_t n)
{
	char control[CMSG_SPACE(sizeof(int) * 8)] = "";
	struct iovec iov = {(char *)"f", 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = CMSG_SPACE(sizeof(int) * n)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	return sendmsg(via, &m, 0);
}

static void
recv_fds(int via, int *fds, size_t n)
{
	char b, control[CMSG_SPACE(sizeof(int) * 8)] = "";
	struct iovec iov = {&b, 1};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};

	TRY(recvmsg(via, &m, MSG_CMSG_CLOEXEC));
	if (CMSG_FIRSTHDR(&m) != NULL)
		memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int) * n);
}

/* What came is what was sent: the directory leads where it led, the file has its position. */
static void
use_passed(const int *fds)
{
	struct stat st;
	char buf[16] = "";
	int f;

	TRY(read(fds[0], buf, 2));
	SAY("read '%s'", buf);
	TRY(fstat(fds[0], &st));
	SAY("size %jd", (intmax_t)st.st_size);
	TRY(ftruncate(fds[0], 3));
	f = FD(openat(fds[1], "inside", O_RDONLY));
	TRY(read(f, buf, sizeof buf));
	TRY(mkdirat(fds[1], "made", 0755));
	TRY(fchdir(fds[1]));
	TRY(access("made", F_OK));
	TRY(write(fds[2], "to the pipe", 11));
	f = FD(accept(fds[3], NULL, NULL));
	TRY(write(f, "hello", 5));
}

TEST(passed_descriptors)
{
	struct addr a;
	struct un name = un_here("via");
	int via, got[4], l = listener("127.0.0.1", 5, &a), s = tcp(AF_INET), pipe_[2];
	int fds[4] = {-1, -1, -1, l};
	char buf[16] = "";

	MUST(mkdir("dir", 0755));
	MUST(write(MUST(open("dir/inside", O_CREAT | O_WRONLY, 0644)), "in", 2));
	MUST(write(MUST(open("file", O_CREAT | O_WRONLY, 0644)), "0123456", 7));
	fds[0] = MUST(open("file", O_RDWR));
	MUST(lseek(fds[0], 4, SEEK_SET));
	fds[1] = MUST(open("dir", O_RDONLY | O_DIRECTORY));
	MUST(pipe(pipe_));
	fds[2] = pipe_[1];
	via = local_listener(SOCK_STREAM, "via");
	if (fork() == 0) {
		int c = local(SOCK_STREAM);

		for (int i = 0; i < 4; i++)
			close(fds[i]);
		MUST(connect(c, UN(name)));
		recv_fds(c, got, 4);
		use_passed(got);
		_exit(0);
	}
	via = MUST(accept(via, NULL, NULL));
	MUST(connect(s, SA(a)));
	MUST(send_fds(via, fds, 4));
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	wait(NULL);
	TRY(read(s, buf, sizeof buf));
	TRY(read(pipe_[0], buf, sizeof buf));
	TRY(access("dir/made", F_OK));
}

/* Nobody has the directory open while it is on its way, and it has lost its name. */
TEST(passed_without_a_name)
{
	int via[2], fd, got[1];
	struct stat st;

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, via));
	MUST(mkdir("gone", 0755));
	fd = MUST(open("gone", O_RDONLY | O_DIRECTORY));
	TRY(send_fds(via[0], &fd, 1));
	close(fd);
	TRY(rmdir("gone"));
	recv_fds(via[1], got, 1);
	TRY(fstat(got[0], &st));
	SAY("directory %d", S_ISDIR(st.st_mode));
	FD(openat(got[0], "new", O_CREAT | O_RDWR, 0644));
	FD(open("other", O_CREAT | O_RDWR, 0644));
}

/* The name stays, its owner is gone. */
TEST(owner_died)
{
	struct un a = un_here("s"), d = un_here("d");
	int on = 1;

	if (fork() == 0) {
		local_listener(SOCK_STREAM, "s");
		MUST(bind(local(SOCK_DGRAM), UN(d)));
		_exit(0);
	}
	wait(NULL);
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(connect(local(SOCK_DGRAM), UN(d)));
	TRY(sendto(local(SOCK_DGRAM), "x", 1, 0, UN(d)));
	setsockopt(local(SOCK_STREAM), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	TRY(bind(local(SOCK_STREAM), UN(a)));
	TRY(rename("s", "t"));
	TRY(link("t", "u"));
	a = un_here("t");
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(unlink("t"));
	TRY(connect(local(SOCK_STREAM), UN(a)));
	TRY(bind(local(SOCK_STREAM), UN(a)));
}

TEST(linked)
{
	struct un a = un_here("hard");
	int l = local_listener(SOCK_STREAM, "s"), c = local(SOCK_STREAM);

	TRY(link("s", "hard"));
	TRY(unlink("s"));
	TRY(connect(c, UN(a)));
	say_name("peer", c, true);
	FD(accept(l, NULL, NULL));
	TRY(rename("hard", "soft"));
	TRY(connect(local(SOCK_STREAM), UN(a)));
}

/* A queue that is full. */
TEST(backlog)
{
	struct un a = un_here("s");
	struct timeval t = {.tv_usec = 30000};
	int l = local(SOCK_STREAM), s;

	MUST(bind(l, UN(a)));
	MUST(listen(l, 1));
	for (int i = 0; i < 4; i++)
		TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), UN(a)));
	s = local(SOCK_STREAM);
	MUST(setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t));
	TRY(connect(s, UN(a)));
	FD(accept(l, NULL, NULL));
	TRY(connect(s, UN(a)));
}

/* An address of the other family is no address. */
TEST(mixed_families)
{
	struct un a = un_here("d");
	struct addr in = addr_of("127.0.0.1", 9);
	int d = local(SOCK_DGRAM), u = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char buf[8];

	MUST(bind(d, UN(a)));
	TRY(sendto(u, "x", 1, 0, UN(a)));
	TRY(connect(u, UN(a)));
	TRY(bind(u, UN(a)));
	TRY(connect(tcp(AF_INET), UN(a)));
	TRY(bind(tcp(AF_INET6), UN(a)));
	TRY(sendto(d, "x", 1, 0, SA(in)));
	TRY(connect(d, SA(in)));
	TRY(bind(local(SOCK_STREAM), SA(in)));
	TRY(recv(d, buf, sizeof buf, MSG_DONTWAIT));
}

int
main(void)
{
	return parity_main();
}
