/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets with paths in the directory of the test. */
#include <stddef.h>
#include <sys/stat.h>

#include "socket_help.h"

static struct sockaddr_un
un(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	memcpy(a.sun_path, path, strnlen(path, sizeof a.sun_path - 1));
	return a;
}

/* The absolute path of a name here. */
static const char *
here(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s/%s", getenv("PARITY_DIR"), parity_name, name);
	return path;
}

#define UN(a) ((struct sockaddr *)&(a)), sizeof(a)

static void
say_un(const char *what, int fd, bool peer)
{
	struct sockaddr_un a;
	socklen_t len = sizeof a;
	const char *base;

	memset(&a, 0, sizeof a);
	if ((peer ? getpeername : getsockname)(fd, (struct sockaddr *)&a, &len) != 0) {
		SAY("%s: %s", what, strerrorname_np(errno));
		return;
	}
	base = strrchr(a.sun_path, '/');
	SAY("%s: family %d %s '%s'", what, a.sun_family,
	    len == sizeof a.sun_family ? "unnamed"
	    : a.sun_path[0] == '/'     ? "absolute"
	    : a.sun_path[0] == '\0'    ? "abstract"
				       : "relative",
	    base == NULL ? a.sun_path : base + 1);
}

static void
stream(const char *path)
{
	struct sockaddr_un a = un(path);
	int l = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), s = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), c;
	char b;

	say_un("fresh", l, false);
	TRY(bind(l, UN(a)));
	say_un("bound", l, false);
	TRY(connect(s, UN(a)));
	TRY(listen(l, 5));
	TRY(connect(s, UN(a)));
	c = MUST(accept(l, NULL, NULL));
	TRY(write(s, "u", 1));
	TRY(read(c, &b, 1));
	say_un("accepted", c, false);
	say_un("accepted peer", c, true);
	say_un("connector", s, false);
	say_un("connector peer", s, true);
}

TEST(absolute)
{
	stream(here("sock"));
}

TEST(relative)
{
	stream("sock");
}

TEST(node)
{
	struct sockaddr_un a = un(here("sock"));
	int s = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	struct stat st;

	umask(027);
	TRY(bind(s, UN(a)));
	TRY(stat("sock", &st));
	SAY("mode %o", st.st_mode);
	TRY(bind(s, UN(a)));
	TRY(bind(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
	close(s);
	TRY(bind(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
	FD(open("sock", O_RDONLY));
	TRY(unlink("sock"));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
	TRY(bind(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
}

TEST(no_socket_there)
{
	struct sockaddr_un a = un(here("missing/sock")), b = un(here("file"));
	int s = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	close(MUST(open("file", O_CREAT | O_WRONLY, 0644)));
	TRY(bind(s, UN(a)));
	TRY(bind(s, UN(b)));
	TRY(connect(s, UN(b)));
	TRY(connect(s, UN(a)));
	TRY(bind(s, (struct sockaddr *)&a, 1));
}

TEST(renamed_and_unlinked)
{
	struct sockaddr_un a = un(here("one")), b = un(here("two"));
	int l = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), s = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(bind(l, UN(a)));
	MUST(listen(l, 5));
	TRY(rename("one", "two"));
	TRY(connect(s, UN(a)));
	b = un(here("two"));
	TRY(connect(s, UN(b)));
	say_un("still", l, false);
	TRY(unlink("two"));
	say_un("still", l, false);
	FD(accept(l, NULL, NULL));
}

TEST(through_links)
{
	struct sockaddr_un a = un("sock"), b = un("link"), c;
	char target[200];
	int l = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(bind(l, UN(a)));
	MUST(listen(l, 5));
	MUST(symlink("sock", "link"));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(b)));
	snprintf(target, sizeof target, "%s", here("sock"));
	MUST(symlink(target, "absolute"));
	c = un("absolute");
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(c)));
	TRY(bind(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(b)));
}

TEST(datagrams)
{
	struct sockaddr_un a = un(here("a")), b = un(here("b")), from;
	socklen_t len = sizeof from;
	int x = MUST(socket(AF_UNIX, SOCK_DGRAM, 0)), y = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	char buf[16] = "";

	TRY(bind(x, UN(a)));
	b = un(here("b"));
	TRY(bind(y, UN(b)));
	a = un(here("a"));
	TRY(sendto(y, "dg", 2, 0, UN(a)));
	memset(&from, 0, sizeof from);
	TRY(recvfrom(x, buf, sizeof buf, 0, (struct sockaddr *)&from, &len));
	SAY("%s from %s", buf, strrchr(from.sun_path, '/') + 1);
	TRY(sendto(x, "re", 2, 0, (struct sockaddr *)&from, len));
	TRY(recv(y, buf, sizeof buf, 0));
	TRY(connect(y, UN(a)));
	TRY(send(y, "cc", 2, 0));
	TRY(recv(x, buf, sizeof buf, 0));
	TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
	close(x);
	TRY(send(y, "gone", 4, 0));
	TRY(sendto(y, "gone", 4, 0, UN(a)));
}

TEST(abstract)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	socklen_t len = offsetof(struct sockaddr_un, sun_path) +
			(socklen_t)snprintf(a.sun_path + 1, 60, "rump-parity-%d", getpid()) + 1;
	int l = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), s = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	TRY(connect(s, (struct sockaddr *)&a, len));
	TRY(bind(l, (struct sockaddr *)&a, len));
	TRY(bind(s, (struct sockaddr *)&a, len));
	TRY(listen(l, 5));
	TRY(connect(s, (struct sockaddr *)&a, len));
	len = sizeof a;
	TRY(getpeername(s, (struct sockaddr *)&a, &len));
	SAY("%.12s", a.sun_path + 1);
	s = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	TRY(bind(s, (struct sockaddr *)&a, sizeof(sa_family_t)));
	len = sizeof a;
	TRY(getsockname(s, (struct sockaddr *)&a, &len));
	SAY("length %u", len);
}

TEST(pair)
{
	int p[2];
	char c;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
	TRY(write(p[0], "x", 1));
	TRY(read(p[1], &c, 1));
	say_un("one", p[0], false);
	say_un("other", p[0], true);
	TRY(socketpair(AF_INET, SOCK_STREAM, 0, p));
}

TEST(permission)
{
	struct sockaddr_un a = un("sock");
	int l = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), status;

	MUST(bind(l, UN(a)));
	MUST(listen(l, 5));
	MUST(chmod("sock", 0600));
	if (fork() == 0) {
		if (getuid() == 0)
			MUST(setuid(65534));
		TRY(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), UN(a)));
		_exit(0);
	}
	wait(&status);
}

int
main(void)
{
	return parity_main();
}
