/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hijacked, with a kernel that lies: does what programs do for a while and believes nothing that
 * comes of it.  It is to come to its end.
 *
 *	fault_victim SECONDS SEED
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define NAMES       12
#define ENTRIES_MAX 200 /* looked at of a directory, which may have no end */

/* Results do not count, but are asked for: some of libc's functions want that. */
#define DO(call) ((void)!(call))

static char buf[8192];

static void
name(char out[64])
{
	static const char *const dirs[] = {"/rump", "/rump/d", "/rump/d/e", "."};

	snprintf(out, 64, "%s/%c", dirs[rand() % 4], "defghijklmno"[rand() % NAMES]);
}

static int
raise_above_low(int fd)
{
	if (fd >= 0 && fd < 3)
		errx(3, "descriptor %d", fd);
	return fd;
}

static void
use_file(const char *path)
{
	static const int flags[] = {
	    O_RDONLY, O_RDWR | O_CREAT, O_WRONLY | O_TRUNC | O_CREAT, O_PATH, O_RDWR | O_APPEND};
	int fd = raise_above_low(open(path, flags[rand() % 5] | O_NONBLOCK, 0644));
	struct stat st;
	struct statvfs vfs;

	DO(write(fd, "text", 4));
	DO(pread(fd, buf, sizeof buf, 0));
	DO(fstat(fd, &st));
	DO(fstatvfs(fd, &vfs));
	DO(fchmod(fd, 0640));
	DO(futimens(fd, NULL));
	DO(fgetxattr(fd, "user.x", buf, sizeof buf));
	DO(flistxattr(fd, buf, sizeof buf));
	snprintf(buf, sizeof buf, "/proc/self/fd/%d", fd);
	DO(readlink(buf, buf + 100, 1000));
	DO(close(fd));
}

static void
use_names(const char *a, const char *b)
{
	struct stat st;
	struct statx stx;

	DO(stat(a, &st));
	DO(lstat(a, &st));
	DO(statx(AT_FDCWD, a, 0, STATX_ALL, &stx));
	DO(access(a, R_OK | X_OK));
	DO(readlink(a, buf, sizeof buf));
	switch (rand() % 10) {
	case 0:
		DO(mkdir(a, 0755));
		break;
	case 1:
		DO(rename(a, b));
		break;
	case 2:
		DO(unlink(a));
		break;
	case 3:
		DO(rmdir(a));
		break;
	case 4:
		DO(symlink(b, a));
		break;
	case 5:
		DO(link(a, b));
		break;
	case 6:
		DO(chmod(a, 0700));
		break;
	case 7:
		free(realpath(a, NULL));
		break;
	default:
		break;
	}
}

static void
use_directory(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;

	for (int n = 0; d != NULL && n < ENTRIES_MAX && (e = readdir(d)) != NULL; n++)
		if (strnlen(e->d_name, sizeof e->d_name) == sizeof e->d_name)
			errx(3, "a name without end");
	if (d != NULL)
		DO(closedir(d));
	DO(chdir(rand() % 2 ? path : "/rump"));
	DO(getcwd(buf, sizeof buf));
}

static const struct sockaddr_in to_port = {.sin_family = AF_INET};

static struct sockaddr_in
somewhere(void)
{
	static const char *const hosts[] = {"127.0.0.1", "0.0.0.0", "224.0.0.5", "10.0.0.9"};
	struct sockaddr_in sin = to_port;

	sin.sin_port = htons((uint16_t)(5000 + rand() % 4));
	inet_pton(AF_INET, hosts[rand() % 4], &sin.sin_addr);
	return sin;
}

static void
set_options(int s)
{
	static const int names[][2] = {{SOL_SOCKET, SO_LINGER}, {SOL_SOCKET, SO_KEEPALIVE},
	    {SOL_SOCKET, SO_REUSEADDR}, {IPPROTO_TCP, TCP_NODELAY}, {IPPROTO_IP, IP_RECVERR},
	    {IPPROTO_IP, IP_TTL}, {IPPROTO_IP, IP_PKTINFO}, {SOL_SOCKET, SO_BINDTODEVICE},
	    {IPPROTO_IP, IP_MTU_DISCOVER}, {IPPROTO_IP, IP_ADD_MEMBERSHIP}, {IPPROTO_TCP, TCP_INFO},
	    {SOL_SOCKET, SO_BROADCAST}, {SOL_SOCKET, SO_ERROR}, {IPPROTO_IP, IP_MULTICAST_IF}};

	for (int i = 0; i < 6; i++) {
		const int *n = names[rand() % (int)(sizeof names / sizeof names[0])];
		struct ip_mreqn value = {.imr_multiaddr.s_addr = htonl(0xe0000005)};
		socklen_t len = sizeof buf;

		if (n[1] != IP_ADD_MEMBERSHIP)
			value.imr_multiaddr.s_addr = (in_addr_t)(rand() % 3);
		DO(setsockopt(s, n[0], n[1], &value, rand() % 2 ? sizeof value : sizeof(int)));
		DO(getsockopt(s, n[0], n[1], buf, &len));
		if (len > sizeof buf)
			errx(3, "a value of %u bytes", len);
	}
}

static void
use_socket(int type)
{
	int s = raise_above_low(socket(AF_INET, type | SOCK_NONBLOCK, 0)), t;
	struct sockaddr_in sin = somewhere(), from;
	struct pollfd p = {.fd = s, .events = POLLIN};
	char control[256];
	struct iovec iov = {buf, sizeof buf};
	struct msghdr m = {.msg_name = &from,
	    .msg_namelen = sizeof from,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	socklen_t len = sizeof from;

	set_options(s);
	if (rand() % 2)
		DO(bind(s, (struct sockaddr *)&sin, sizeof sin));
	if (type == SOCK_STREAM && rand() % 2)
		DO(listen(s, 5));
	sin = somewhere();
	if (rand() % 2)
		DO(connect(s, (struct sockaddr *)&sin, sizeof sin));
	DO(sendto(s, "data", 4, MSG_NOSIGNAL, (struct sockaddr *)&sin, sizeof sin));
	DO(getsockname(s, (struct sockaddr *)&from, &len));
	DO(getpeername(s, (struct sockaddr *)&from, &len));
	DO(poll(&p, 1, 1));
	DO(recvmsg(s, &m, rand() % 2 ? 0 : MSG_ERRQUEUE));
	t = accept(s, NULL, NULL);
	DO(read(t, buf, sizeof buf));
	DO(close(t));
	DO(close(s));
}

static void
ask_about_interfaces(void)
{
	struct ifaddrs *list;
	struct if_nameindex *names = if_nameindex();
	char ifname[IF_NAMESIZE];
	size_t n = 0;

	for (const struct if_nameindex *i = names; i != NULL && i->if_index != 0; i++)
		n += strlen(i->if_name);
	if_freenameindex(names);
	if (getifaddrs(&list) == 0) {
		for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
			n += strlen(i->ifa_name) + (i->ifa_addr != NULL);
		freeifaddrs(list);
	}
	if (if_indextoname(1, ifname) != NULL)
		n += strnlen(ifname, sizeof ifname + n);
	if (n > 1000000)
		errx(3, "%zu bytes of names", n);
}

static void
have_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		alarm(20);
		use_names("/rump/d", "/rump/e");
		if (rand() % 2)
			execl("/bin/true", "true", (char *)NULL);
		_exit(0);
	}
	if (pid > 0) {
		int status;

		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (WIFSIGNALED(status))
			errx(3, "the child: signal %d", WTERMSIG(status));
	}
}

static void
do_something(void)
{
	char a[64], b[64];

	name(a);
	name(b);
	switch (rand() % 12) {
	case 0:
	case 1:
	case 2:
		use_file(a);
		break;
	case 3:
		use_directory(rand() % 2 ? "/rump" : a);
		break;
	case 4:
		use_socket(SOCK_STREAM);
		break;
	case 5:
		use_socket(SOCK_DGRAM);
		break;
	case 6:
		ask_about_interfaces();
		break;
	case 7:
		if (rand() % 8 == 0)
			have_child();
		break;
	default:
		use_names(a, b);
	}
}

int
main(int argc, char *argv[])
{
	struct timespec now, end;

	if (argc != 3)
		errx(100, "usage: fault_victim SECONDS SEED");
	signal(SIGPIPE, SIG_IGN); /* of a descriptor that is a pipe */
	srand((unsigned)atoi(argv[2]));
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += atoi(argv[1]);
	do {
		alarm(20); /* each step has an end */
		do_something();
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (
	    now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	puts("alive");
	return 0;
}
