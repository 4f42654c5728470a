/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, sockets, fork and exec of a hijacked program. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fault.h"

static unsigned char out[FAULT_BYTES], in[FAULT_BYTES];

static int
write_file(const char *name)
{
	int fd = (int)MAY(open(name, O_CREAT | O_EXCL | O_WRONLY, 0644));
	ssize_t n = 0;

	if (fd == -1)
		return 0;
	n = MAY(write(fd, out, sizeof out));
	MAY(close(fd));
	return n == -1 ? 0 : (int)n;
}

static void
read_file(const char *name, int written)
{
	struct stat st;
	int fd;
	ssize_t n;

	if (MAY(stat(name, &st)) == 0)
		TRUE(st.st_size == written && S_ISREG(st.st_mode));
	fd = (int)MAY(open(name, O_RDONLY));
	if (fd == -1)
		return;
	if (MAY(fstat(fd, &st)) == 0)
		TRUE(st.st_size == written);
	n = MAY(read(fd, in, sizeof in));
	TRUE(n == -1 || (n == written && fault_is_filled(in, n)));
	MAY(close(fd));
}

static void
names(const char *dir)
{
	char target[16];
	struct dirent *e;
	ssize_t n;
	DIR *d;

	MAY(mkdir("sub", 0755));
	MAY(symlink("target", "sub/link"));
	n = MAY(readlink("sub/link", target, sizeof target));
	TRUE(n == -1 || (n == 6 && memcmp(target, "target", 6) == 0));
	MAY(rename("file", "sub/moved"));
	d = opendir("sub");
	MAY(d == NULL ? -1 : 0);
	while (d != NULL && (e = readdir(d)) != NULL)
		TRUE(e->d_name[0] == '.' || strcmp(e->d_name, "link") == 0 ||
		     strcmp(e->d_name, "moved") == 0);
	if (d != NULL)
		MAY(closedir(d));
	MAY(unlink("sub/link"));
	MAY(unlink("sub/moved"));
	MAY(rmdir("sub"));
	MAY(chdir("/"));
	MAY(rmdir(dir));
}

/* One connection to ourselves, through which all bytes go. */
static void
pass_bytes(int client, int server)
{
	size_t sent = 0, got = 0;

	while (sent < sizeof out) {
		ssize_t n = MAY(send(client, out + sent, sizeof out - sent, MSG_DONTWAIT));
		ssize_t m;

		if (n == -1)
			break;
		sent += (size_t)n;
		m = MAY(recv(server, in + got, sent - got, MSG_WAITALL));
		if (m == -1)
			break;
		got += (size_t)m;
		TRUE(got == sent && fault_is_filled(in, (long long)got));
	}
}

static void
sockets(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof sin;
	int listener = (int)MAY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	int client = (int)MAY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	if (listener != -1 && client != -1 &&
	    MAY(bind(listener, (struct sockaddr *)&sin, sizeof sin)) == 0 &&
	    MAY(listen(listener, 4)) == 0 &&
	    MAY(getsockname(listener, (struct sockaddr *)&sin, &len)) == 0) {
		TRUE(sin.sin_port != 0 && sin.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
		if (MAY(connect(client, (struct sockaddr *)&sin, sizeof sin)) == 0) {
			int server = (int)MAY(accept4(listener, NULL, NULL, SOCK_CLOEXEC));

			if (server != -1) {
				pass_bytes(client, server);
				MAY(close(server));
			}
		}
	}
	if (client != -1)
		MAY(close(client));
	if (listener != -1)
		MAY(close(listener));
}

/* A child that makes a call, or becomes another program that does. */
static void
children(const char *self)
{
	struct stat st;

	for (int i = 0; i < 2; i++) {
		int status = 0;
		pid_t pid = (pid_t)MAY(fork());

		if (pid == 0 && i == 1) {
			MAY(execl(self, self, "leaf", (char *)NULL));
			_exit(0);
		}
		if (pid == 0)
			_exit(MAY(stat("/rump", &st)) == 0 && !S_ISDIR(st.st_mode));
		if (pid > 0) {
			TRUE(waitpid(pid, &status, 0) == pid);
			TRUE(WIFEXITED(status));
			TRUE(WEXITSTATUS(status) == 0 || (!fault_strict && i == 1));
		}
	}
}

int
main(int argc, char **argv)
{
	char dir[64];
	struct stat st;
	int before, written;

	if (argc == 2 && strcmp(argv[1], "leaf") == 0)
		return stat("/rump", &st) == 0 && S_ISDIR(st.st_mode) ? 0 : 1;
	fault_mode(argc, argv);
	fault_fill(out);
	before = fault_count_fds();
	snprintf(dir, sizeof dir, "/rump/fault.%d", (int)getpid());
	if (MAY(mkdir(dir, 0755)) == 0 && MAY(chdir(dir)) == 0) {
		written = write_file("file");
		read_file("file", written);
		names(dir);
	}
	sockets();
	children(argv[0]);
	TRUE(fault_count_fds() == before);
	return 0;
}
