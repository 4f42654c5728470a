/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a rump kernel: makes the host calls that faults.py chooses fail.
 *
 * The choice is in a file that both map, named by FAULT_CONTROL: a libc function, which of its
 * calls (counted over all threads since the choice was made), and the errno, or -1 for a transfer
 * of one byte.  Only what this file wraps can be chosen.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT (-1)

static struct control {
	char name[32];
	int32_t error;
	uint32_t always; /* from the n-th on, not the n-th only */
	int64_t n;       /* 0: nothing is chosen */
	_Atomic int64_t seen;
} * control;

__attribute__((constructor)) static void
map_control(void)
{
	const char *path = getenv("FAULT_CONTROL");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd == -1)
		abort();
	p = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		abort();
	control = p;
}

/* Is this the call?  Then *ret_error says what is to happen. */
static bool
chosen(const char *name, int *ret_error)
{
	int64_t seen;

	if (control == NULL || control->n == 0 || strcmp(control->name, name) != 0)
		return false;
	seen = atomic_fetch_add(&control->seen, 1) + 1;
	*ret_error = control->error;
	return seen == control->n || (control->always && seen > control->n);
}

/* RET NAME(PARAMS), which is NAME(ARGS); FAILED is what it returns with errno set. */
#define WRAP(RET, NAME, PARAMS, ARGS, FAILED)                                                      \
	RET NAME PARAMS                                                                            \
	{                                                                                          \
		static RET(*next) PARAMS;                                                          \
		int error;                                                                         \
                                                                                                   \
		if (next == NULL)                                                                  \
			next = (RET(*) PARAMS)dlsym(RTLD_NEXT, #NAME);                             \
		if (chosen(#NAME, &error)) {                                                       \
			errno = error;                                                             \
			return FAILED;                                                             \
		}                                                                                  \
		return next ARGS;                                                                  \
	}

/* The same for transfers, of which `len` bytes are asked for. */
#define WRAP_TRANSFER(NAME, PARAMS, ARGS)                                                          \
	ssize_t NAME PARAMS                                                                        \
	{                                                                                          \
		static ssize_t(*next) PARAMS;                                                      \
		int error;                                                                         \
                                                                                                   \
		if (next == NULL)                                                                  \
			next = (ssize_t(*) PARAMS)dlsym(RTLD_NEXT, #NAME);                         \
		if (chosen(#NAME, &error)) {                                                       \
			if (error != SHORT) {                                                      \
				errno = error;                                                     \
				return -1;                                                         \
			}                                                                          \
			if (len > 1)                                                               \
				len = 1;                                                           \
		}                                                                                  \
		return next ARGS;                                                                  \
	}

/* And for messages, which the kernel sends and receives in one piece of memory. */
#define WRAP_MESSAGE(NAME, PARAMS, ARGS)                                                           \
	ssize_t NAME PARAMS                                                                        \
	{                                                                                          \
		static ssize_t(*next) PARAMS;                                                      \
		struct iovec one = msg->msg_iov[0];                                                \
		struct msghdr *m = (struct msghdr *)msg;                                           \
		int error;                                                                         \
		ssize_t n;                                                                         \
                                                                                                   \
		if (next == NULL)                                                                  \
			next = (ssize_t(*) PARAMS)dlsym(RTLD_NEXT, #NAME);                         \
		if (!chosen(#NAME, &error))                                                        \
			return next ARGS;                                                          \
		if (error != SHORT) {                                                              \
			errno = error;                                                             \
			return -1;                                                                 \
		}                                                                                  \
		m->msg_iov[0].iov_len = one.iov_len > 0;                                           \
		n = next ARGS;                                                                     \
		m->msg_iov[0] = one;                                                               \
		return n;                                                                          \
	}

WRAP_TRANSFER(read, (int fd, void *buf, size_t len), (fd, buf, len))
WRAP_TRANSFER(write, (int fd, const void *buf, size_t len), (fd, buf, len))
WRAP_TRANSFER(recv, (int fd, void *buf, size_t len, int flags), (fd, buf, len, flags))
WRAP_TRANSFER(send, (int fd, const void *buf, size_t len, int flags), (fd, buf, len, flags))
WRAP_TRANSFER(pread, (int fd, void *buf, size_t len, off_t offset), (fd, buf, len, offset))
WRAP_TRANSFER(pwrite, (int fd, const void *buf, size_t len, off_t offset), (fd, buf, len, offset))
WRAP_MESSAGE(recvmsg, (int fd, struct msghdr *msg, int flags), (fd, msg, flags))
WRAP_MESSAGE(sendmsg, (int fd, const struct msghdr *msg, int flags), (fd, msg, flags))

WRAP(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
WRAP(int, socketpair, (int domain, int type, int protocol, int fds[2]),
    (domain, type, protocol, fds), -1)
WRAP(int, bind, (int fd, const struct sockaddr *sa, socklen_t len), (fd, sa, len), -1)
WRAP(int, connect, (int fd, const struct sockaddr *sa, socklen_t len), (fd, sa, len), -1)
WRAP(int, listen, (int fd, int backlog), (fd, backlog), -1)
WRAP(int, accept4, (int fd, struct sockaddr *sa, socklen_t *len, int flags), (fd, sa, len, flags),
    -1)
WRAP(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *len),
    (fd, level, name, value, len), -1)
WRAP(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t len),
    (fd, level, name, value, len), -1)
WRAP(int, epoll_create1, (int flags), (flags), -1)
WRAP(int, epoll_wait, (int fd, struct epoll_event *events, int max, int timeout),
    (fd, events, max, timeout), -1)
WRAP(int, eventfd, (unsigned int count, int flags), (count, flags), -1)
WRAP(int, memfd_create, (const char *name, unsigned int flags), (name, flags), -1)
WRAP(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
WRAP(int, poll, (struct pollfd * fds, nfds_t n, int timeout), (fds, n, timeout), -1)
WRAP(int, ppoll,
    (struct pollfd * fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask),
    (fds, n, timeout, mask), -1)
WRAP(void *, mmap, (void *addr, size_t len, int prot, int flags, int fd, off_t offset),
    (addr, len, prot, flags, fd, offset), MAP_FAILED)
WRAP(int, ftruncate, (int fd, off_t len), (fd, len), -1)
WRAP(int, fallocate, (int fd, int mode, off_t offset, off_t len), (fd, mode, offset, len), -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP(int, flock, (int fd, int operation), (fd, operation), -1)
WRAP(int, futimens, (int fd, const struct timespec times[2]), (fd, times), -1)
WRAP(ssize_t, readlink, (const char *path, char *buf, size_t size), (path, buf, size), -1)
WRAP(int, fstat, (int fd, struct stat *st), (fd, st), -1)
WRAP(int, stat, (const char *path, struct stat *st), (path, st), -1)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
WRAP(int, unlink, (const char *path), (path), -1)
WRAP(char *, mkdtemp, (char *path), (path), NULL)
WRAP(ssize_t, getrandom, (void *buf, size_t len, unsigned int flags), (buf, len, flags), -1)
WRAP(int, pthread_create,
    (pthread_t * thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg),
    (thread, attr, start, arg), error)

/* Taking a descriptor out of a set cannot fail, and the kernel relies on it. */
int
epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	static int (*next)(int, int, int, struct epoll_event *);
	int error;

	if (next == NULL)
		next = (int (*)(int, int, int, struct epoll_event *))dlsym(RTLD_NEXT, "epoll_ctl");
	if (op == EPOLL_CTL_ADD && chosen("epoll_ctl", &error)) {
		errno = error;
		return -1;
	}
	return next(epfd, op, fd, event);
}

/* Nor can looking at flags. */
int
fcntl(int fd, int cmd, ...)
{
	static int (*next)(int, int, void *);
	va_list ap;
	void *arg;
	int error;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (next == NULL)
		next = (int (*)(int, int, void *))dlsym(RTLD_NEXT, "fcntl");
	if (cmd != F_GETFL && cmd != F_SETFL && cmd != F_SETFD && cmd != F_GETFD &&
	    chosen("fcntl", &error)) {
		errno = error;
		return -1;
	}
	return next(fd, cmd, arg);
}

#define WRAP_OPEN(NAME, PARAMS, ARGS, NEXT_PARAMS)                                                 \
	int NAME PARAMS                                                                            \
	{                                                                                          \
		static int(*next) NEXT_PARAMS;                                                     \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
		int error;                                                                         \
                                                                                                   \
		va_start(ap, flags);                                                               \
		mode = va_arg(ap, mode_t);                                                         \
		va_end(ap);                                                                        \
		if (next == NULL)                                                                  \
			next = (int(*) NEXT_PARAMS)dlsym(RTLD_NEXT, #NAME);                        \
		if (chosen("open", &error)) {                                                      \
			errno = error;                                                             \
			return -1;                                                                 \
		}                                                                                  \
		return next ARGS;                                                                  \
	}

WRAP_OPEN(
    open, (const char *path, int flags, ...), (path, flags, mode), (const char *, int, mode_t))
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode),
    (int, const char *, int, mode_t))

/* dlsym allocates. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

#define WRAP_MEMORY(NAME, PARAMS, ARGS)                                                            \
	void *NAME PARAMS                                                                          \
	{                                                                                          \
		int error;                                                                         \
                                                                                                   \
		if (chosen("malloc", &error)) {                                                    \
			errno = error;                                                             \
			return NULL;                                                               \
		}                                                                                  \
		return __libc_##NAME ARGS;                                                         \
	}

WRAP_MEMORY(malloc, (size_t size), (size))
WRAP_MEMORY(calloc, (size_t n, size_t size), (n, size))
WRAP_MEMORY(realloc, (void *p, size_t size), (p, size))
