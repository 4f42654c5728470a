/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, pipes, sockets and fork of a program that uses librumpclient. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <rump/rump_syscalls.h>
#include <rump/rumpclient.h>

#include "fault.h"

static unsigned char out[FAULT_BYTES], in[FAULT_BYTES];

static void
files(void)
{
	char name[64];
	struct stat st;
	ssize_t n = 0, m;
	int fd;

	snprintf(name, sizeof name, "/classic.%d", (int)getpid());
	fd = (int)MAY(rump_sys_open(name, O_CREAT | O_EXCL | O_RDWR, 0644));
	if (fd == -1)
		return;
	n = MAY(rump_sys_write(fd, out, sizeof out));
	if (MAY(rump_sys_fstat(fd, &st)) == 0)
		TRUE(n == -1 || st.st_size == n);
	m = MAY(rump_sys_pread64(fd, in, sizeof in, 0));
	TRUE(m == -1 || ((n == -1 || m == n) && fault_is_filled(in, m)));
	MAY(rump_sys_unlink(name));
	MAY(rump_sys_close(fd));
}

static void
through(int to, int from)
{
	ssize_t n = MAY(rump_sys_write(to, out, 1000)), m;

	if (n == -1)
		return;
	m = MAY(rump_sys_read(from, in, 1000));
	TRUE(m == -1 || (m > 0 && m <= n && fault_is_filled(in, m)));
}

static void
pipes(void)
{
	int fd[2];

	if (MAY(rump_sys_pipe(fd)) == -1)
		return;
	through(fd[1], fd[0]);
	MAY(rump_sys_close(fd[0]));
	MAY(rump_sys_close(fd[1]));
}

static void
sockets(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof sin;
	int listener = (int)MAY(rump_sys_socket(AF_INET, SOCK_STREAM, 0));
	int client = (int)MAY(rump_sys_socket(AF_INET, SOCK_STREAM, 0));

	if (listener != -1 && client != -1 &&
	    MAY(rump_sys_bind(listener, (struct sockaddr *)&sin, sizeof sin)) == 0 &&
	    MAY(rump_sys_listen(listener, 4)) == 0 &&
	    MAY(rump_sys_getsockname(listener, (struct sockaddr *)&sin, &len)) == 0 &&
	    MAY(rump_sys_connect(client, (struct sockaddr *)&sin, sizeof sin)) == 0) {
		int server = (int)MAY(rump_sys_accept(listener, NULL, NULL));

		if (server != -1) {
			through(client, server);
			MAY(rump_sys_close(server));
		}
	}
	if (client != -1)
		MAY(rump_sys_close(client));
	if (listener != -1)
		MAY(rump_sys_close(listener));
}

static void
children(void)
{
	pid_t pid = (pid_t)MAY(rumpclient_fork());
	int status = 0;

	if (pid == 0)
		_exit(MAY(rump_sys_getpid()) == 0);
	if (pid > 0) {
		TRUE(waitpid(pid, &status, 0) == pid);
		TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

int
main(int argc, char **argv)
{
	int before;

	fault_mode(argc, argv);
	fault_fill(out);
	before = fault_count_fds();
	if (MAY(rumpclient_init()) == -1)
		return 0;
	files();
	pipes();
	sockets();
	children();
	TRUE(fault_count_fds() == before);
	return 0;
}
