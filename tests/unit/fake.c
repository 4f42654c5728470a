/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake server's plumbing.
 */
#include "fake.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static uint8_t in[WIRE_FRAME_MAX];

static int
listen_at(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof sun.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof sun) != 0 || listen(fd, 8) != 0)
		err(1, "listen %s", path);
	return fd;
}

int
fake_run(void (*server)(int listener, void *arg), int (*client)(void *arg), void *arg)
{
	char dir[] = "/tmp/fake.XXXXXX", path[64], url[80];
	int listener, status;
	pid_t pid;

	if (mkdtemp(dir) == NULL)
		err(1, "mkdtemp");
	snprintf(path, sizeof path, "%s/s", dir);
	snprintf(url, sizeof url, "unix://%s", path);
	listener = listen_at(path);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(listener);
		setenv("RUMP_SERVER", url, 1);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		alarm(20);
		_exit(client(arg));
	}
	alarm(30);
	server(listener, arg);
	close(listener);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	alarm(0);
	unlink(path);
	rmdir(dir);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool
read_all(int fd, void *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, (char *)buf + done, len - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

int
fake_accept(int listener, const char *banner)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	send(fd, banner, strlen(banner), MSG_NOSIGNAL);
	return fd;
}

bool
fake_recv(int fd, struct wire_frame *f)
{
	if (!read_all(fd, in, WIRE_HEADER_LEN))
		return false;
	if (wire_header_get(in, &f->h) != 0)
		errx(1, "the client sent a bad header");
	f->body = in + WIRE_HEADER_LEN;
	f->body_len = f->h.len - WIRE_HEADER_LEN;
	return read_all(fd, in + WIRE_HEADER_LEN, f->body_len);
}

void
fake_take(int fd, enum wire_type type, struct wire_frame *f)
{
	if (!fake_recv(fd, f) || f->h.type != type)
		errx(1, "frame of type %d expected", type);
}

void
fake_send(int fd, const struct wbuf *w)
{
	if (w->bad)
		errx(1, "test frame too long");
	send(fd, w->base, w->len, MSG_NOSIGNAL);
}

void
fake_send_fds(int fd, const struct wbuf *w, unsigned n)
{
	char control[CMSG_SPACE(64 * sizeof(int))] = {0};
	struct iovec iov = {.iov_base = w->base, .iov_len = w->len};
	struct msghdr m = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = CMSG_SPACE(n * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (unsigned i = 0; i < n; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &(int){STDIN_FILENO}, sizeof(int));
	if (sendmsg(fd, &m, MSG_NOSIGNAL) < 0)
		err(1, "sendmsg");
}

void
fake_welcome(int fd, unsigned minor, uint32_t flags)
{
	struct wire_hello_resp hello = {
	    .flags = flags,
	    .nlanes = 1,
	    .pid = 7,
	    .cookie = {1, 2, 3, 4},
	    .file_dev = 27,
	    .names = "/nowhere",
	};
	uint8_t out[512];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;

	if (!fake_recv(fd, &f))
		errx(1, "no handshake");
	wire_status_put(&w, f.h.reqno, 0);
	if (minor >= 5) {
		if (!fake_recv(fd, &f))
			errx(1, "no HELLO");
		wire_hello_resp_put(&w, f.h.reqno, &hello);
	}
	fake_send(fd, &w);
}

void
fake_reply(int fd, uint64_t reqno, int error, int64_t value)
{
	uint8_t out[128];
	struct wbuf w = wbuf_of(out, sizeof out);
	const int64_t retval[2] = {value, 0};

	wire_call_resp_end(&w, wire_call_resp_begin(&w, reqno, error, 0, retval), 0);
	fake_send(fd, &w);
}

void
fake_drain(int fd)
{
	char buf[4096];

	while (read(fd, buf, sizeof buf) > 0)
		continue;
	close(fd);
}

int
fake_count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}
