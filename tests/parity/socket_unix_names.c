/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets: abstract and automatic names, paths that are no sockets, who may use one,
 * options. */
#include <sys/stat.h>

#include "socket_unix_help.h"

/* An abstract name of these bytes, and of this process, so that no other test has it. */
static struct un
abstract(const char *bytes, size_t len)
{
	struct un a = {.un.sun_family = AF_UNIX};
	int n = snprintf(a.un.sun_path + 1, 20, "%d.", getpid());

	memcpy(a.un.sun_path + 1 + n, bytes, len);
	a.len = (socklen_t)(PATH_OFFSET + 1 + (size_t)n + len);
	return a;
}

TEST(rights_of_directory_and_node)
{
	static const mode_t modes[] = {0777, 0755, 0711, 0700};
	struct un a = un("dir/s"), b = un("dir/new");
	int l = local(SOCK_STREAM);

	MUST(mkdir("dir", 0777));
	MUST(bind(l, UN(a)));
	MUST(listen(l, 20));
	MUST(chmod("dir/s", 0666));
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		MUST(chmod("dir", modes[i]));
		SAY("directory %o", modes[i]);
		if (fork() == 0) {
			if (getuid() == 0) {
				MUST(setgid(65534));
				MUST(setuid(65534));
			}
			TRY(connect(local(SOCK_STREAM), UN(a)));
			TRY(bind(local(SOCK_STREAM), UN(b)));
			TRY(unlink("dir/new"));
			_exit(0);
		}
		wait(NULL);
	}
}

TEST(not_sockets)
{
	struct un none = un("none"), file = un("file"), dir = un("."), fifo = un("fifo"),
		  loop = un("loop");
	struct un *all[] = {&none, &file, &dir, &fifo, &loop};
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

	close(MUST(open("file", O_CREAT | O_RDWR, 0644)));
	MUST(mkfifo("fifo", 0644));
	MUST(symlink("loop", "loop"));
	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < 5; i++)
			TRY(connect(local(types[t]), UN(*all[i])));
	for (size_t i = 0; i < 5; i++)
		TRY(sendto(local(SOCK_DGRAM), "x", 1, 0, UN(*all[i])));
	for (size_t i = 1; i < 5; i++)
		TRY(bind(local(SOCK_STREAM), UN(*all[i])));
	FD(open("file", O_RDONLY));
}

static void
say_abstract(const char *what, int fd, bool peer)
{
	struct sockaddr_un a;
	socklen_t len = sizeof a;

	memset(&a, 'z', sizeof a);
	if ((peer ? getpeername : getsockname)(fd, (struct sockaddr *)&a, &len) != 0)
		SAY("%s: %s", what, strerrorname_np(errno));
	else
		SAY("%s: length %u, first byte %d, last %d", what,
		    len -
			(len > PATH_OFFSET + 6 ? (socklen_t)snprintf(NULL, 0, "%d.", getpid()) : 0),
		    len > PATH_OFFSET ? a.sun_path[0] : -1,
		    len > PATH_OFFSET ? ((char *)&a)[len - 1] : -1);
}

TEST(abstract_names)
{
	static const char long_one[70] = "longer";
	struct un plain = abstract("name", 4), zero = abstract("name\0", 5),
		  inside = abstract("na\0me", 5), longer = abstract(long_one, sizeof long_one),
		  empty = {.un.sun_family = AF_UNIX, .len = PATH_OFFSET + 1};
	struct un *all[] = {&plain, &zero, &inside, &longer, &empty};
	int l[5], c;

	for (size_t i = 0; i < 5; i++) {
		l[i] = local(SOCK_STREAM);
		TRY(bind(l[i], UN(*all[i])));
		say_abstract("bound", l[i], false);
		TRY(listen(l[i], 5));
	}
	for (size_t i = 0; i < 5; i++) {
		c = local(SOCK_STREAM);
		TRY(connect(c, UN(*all[i])));
		say_abstract("peer", c, true);
		close(MUST(accept(l[i], NULL, NULL)));
	}
	TRY(bind(local(SOCK_DGRAM), UN(plain))); /* another type, the same name */
	TRY(connect(local(SOCK_DGRAM), UN(plain)));
	close(l[0]);
	TRY(connect(local(SOCK_STREAM), UN(plain)));
	TRY(bind(local(SOCK_STREAM), UN(plain)));
}

TEST(autobind)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
	struct sockaddr_un a;
	socklen_t len;
	int s, on = 1;

	for (size_t i = 0; i < 3; i++) {
		s = local(types[i]);
		a = (struct sockaddr_un){.sun_family = AF_UNIX};
		TRY(bind(s, (struct sockaddr *)&a, sizeof a.sun_family));
		len = sizeof a;
		TRY(getsockname(s, (struct sockaddr *)&a, &len));
		SAY("length %u, hexadecimal digits: %zu", len,
		    strspn(a.sun_path + 1, "0123456789abcdef"));
		TRY(bind(s, (struct sockaddr *)&a, sizeof a.sun_family));
		if (types[i] == SOCK_DGRAM) {
			TRY(sendto(local(SOCK_DGRAM), "x", 1, 0, (struct sockaddr *)&a, len));
			TRY(recv(s, &on, 1, 0));
			continue;
		}
		TRY(listen(s, 1));
		TRY(connect(local(types[i]), (struct sockaddr *)&a, len));
	}
	s = local(SOCK_STREAM);
	TRY(setsockopt(s, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
	a = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "none"};
	TRY(connect(s, (struct sockaddr *)&a, sizeof a));
	len = sizeof a;
	TRY(getsockname(s, (struct sockaddr *)&a, &len));
	SAY("length %u", len);
}

TEST(of_what_kind)
{
	static const int options[] = {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_ERROR,
	    SO_PASSCRED, SO_PASSSEC, SO_BROADCAST, SO_KEEPALIVE, SO_OOBINLINE, SO_REUSEADDR,
	    SO_RCVLOWAT, SO_PRIORITY};
	struct un a = un("l");
	int p[2], l = local(SOCK_SEQPACKET), v;
	socklen_t len;

	MUST(bind(l, UN(a)));
	MUST(listen(l, 1));
	named_pair(SOCK_STREAM, p);
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		int fds[] = {l, p[0], p[1]};

		for (size_t j = 0; j < 3; j++) {
			v = -1;
			len = sizeof v;
			if (getsockopt(fds[j], SOL_SOCKET, options[i], &v, &len) != 0)
				SAY("option %d: %s", options[i], strerrorname_np(errno));
			else
				SAY("option %d: %d", options[i], v);
		}
	}
	v = 1;
	TRY(setsockopt(p[0], IPPROTO_TCP, TCP_NODELAY, &v, sizeof v));
	TRY(getsockopt(p[0], IPPROTO_IP, IP_TTL, &v, &len));
	FD(socket(AF_UNIX, SOCK_RAW, 0));
	FD(socket(AF_UNIX, SOCK_RDM, 0));
	FD(socket(AF_UNIX, SOCK_PACKET, 0));
	FD(socket(AF_UNIX, SOCK_STREAM, AF_UNIX));
	FD(socket(AF_UNIX, SOCK_STREAM, 2));
}

int
main(void)
{
	return parity_main();
}
