/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tracer: one row a call, with the line it must give.  Then the file that RUMP_TRACE names.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "syscall/sysnum.h"
#include "trace/call.h"
#include "trace/trace.h"

#define P(object) (uintptr_t)(object)
#define BAD       8 /* an address where nothing is */

static const struct sockaddr_in in = {.sin_family = AF_INET};
static struct sockaddr_in web;
static struct sockaddr_in6 web6;
static const struct sockaddr_un sun = {AF_UNIX, "/tmp/s"}, abstract = {AF_UNIX, "\0name"};
static const struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 12};
static const struct timespec times[2] = {{1, 5}, {0, UTIME_OMIT}};
static const int fds[2] = {3, 4};
static const struct iovec iov[2] = {{(char *)"hello", 5}, {(char *)"world", 5}};
static const struct msghdr msg = {.msg_iov = (struct iovec *)iov, .msg_iovlen = 1};
static const struct pollfd pollfd = {5, POLLIN | POLLOUT, POLLIN};
static const socklen_t in_len = sizeof in;
static char longpath[1500];

static const struct {
	unsigned nr;
	uint64_t args[6];
	struct trace_result res;
	const char *line;
} rows[] = {
    {RUMP_SYS_openat, {(uint64_t)AT_FDCWD, P("/etc/motd"), O_RDONLY, 0xdead}, {0, 3, -1},
	"openat(AT_FDCWD, \"/etc/motd\", O_RDONLY) = 3"},
    {RUMP_SYS_openat, {4, P("new"), O_RDWR | O_CREAT | O_CLOEXEC, 0640}, {EACCES, 0, -1},
	"openat(4, \"new\", O_RDWR|O_CREAT|O_CLOEXEC, 0640) = -1 EACCES (Permission denied)"},
    {RUMP_SYS_openat, {4, P("."), O_RDWR | O_TMPFILE, 0600}, {EREDIRECT, 0, -1},
	"openat(4, \".\", O_RDWR|O_TMPFILE, 0600) = -1 EREDIRECT (symbolic link leads elsewhere)"},
    {RUMP_SYS_openat, {4, BAD, O_RDONLY}, {EFAULT, 0, -1},
	"openat(4, 0x8, O_RDONLY) = -1 EFAULT (Bad address)"},
    {RUMP_SYS_read, {3, P("abc\n\"\\\1\0021"), 100}, {0, 9, -1},
	"read(3, \"abc\\n\\\"\\\\\\1\\0021\", 100) = 9"},
    {RUMP_SYS_read, {3, P("0123456789012345678901234567890123456789"), 100}, {0, 40, -1},
	"read(3, \"01234567890123456789012345678901\"..., 100) = 40"},
    {RUMP_SYS_read, {RUMP_HANDLE | 1234, BAD, 10}, {EBADF, 0, -1},
	"read(file:1234, 0x8, 10) = -1 EBADF (Bad file descriptor)"},
    {RUMP_SYS_read, {3, BAD, 10}, {0, 10, -1}, "read(3, 0x8, 10) = 10"},
    {RUMP_SYS_write, {1, P("hi"), 2}, {EPIPE, 0, -1},
	"write(1, \"hi\", 2) = -1 EPIPE (Broken pipe)"},
    {RUMP_SYS_readv, {3, P(iov), 2}, {0, 7, -1},
	"readv(3, [{iov_base=\"hello\", iov_len=5}, {iov_base=\"wo\", iov_len=5}], 2) = 7"},
    {RUMP_SYS_lseek, {3, (uint64_t)-5, SEEK_END}, {0, 1 << 20, -1},
	"lseek(3, -5, SEEK_END) = 1048576"},
    {RUMP_SYS_fcntl, {3, F_GETFL, 0xdead}, {0, 2, -1}, "fcntl(3, F_GETFL) = 2"},
    {RUMP_SYS_fcntl, {3, F_SETFL, O_RDWR | O_NONBLOCK}, {0, 0, -1},
	"fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0"},
    {RUMP_SYS_pipe2, {P(fds), O_CLOEXEC}, {0, 0, -1}, "pipe2([3, 4], O_RDONLY|O_CLOEXEC) = 0"},
    {RUMP_SYS_fstat, {RUMP_HANDLE | 5, P(&st)}, {0, 0, -1},
	"fstat(file:5, {st_mode=S_IFREG|0644, st_size=12, ...}) = 0"},
    {RUMP_SYS_newfstatat, {5, P(""), P(&st), AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW}, {0, 0, -1},
	"newfstatat(5, \"\", {st_mode=S_IFREG|0644, st_size=12, ...}, "
	"AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH) = 0"},
    {RUMP_SYS_mknodat, {(uint64_t)AT_FDCWD, P("f"), S_IFIFO | 0600, 0}, {0, 0, -1},
	"mknodat(AT_FDCWD, \"f\", S_IFIFO|0600, 0x0) = 0"},
    {RUMP_SYS_faccessat2, {(uint64_t)AT_FDCWD, P("f"), R_OK | X_OK, AT_EACCESS}, {0, 0, -1},
	"faccessat2(AT_FDCWD, \"f\", R_OK|X_OK, AT_EACCESS) = 0"},
    {RUMP_SYS_utimensat, {3, 0, P(times), 0}, {0, 0, -1},
	"utimensat(3, NULL, [{tv_sec=1, tv_nsec=5}, {tv_sec=0, tv_nsec=UTIME_OMIT}], 0) = 0"},
    {RUMP_SYS_umask, {022}, {0, 077, -1}, "umask(022) = 077"},
    {RUMP_SYS_socket, {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 6}, {0, 3, -1},
	"socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 6) = 3"},
    {RUMP_SYS_bind, {3, P(&web), sizeof web}, {0, 0, -1},
	"bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = "
	"0"},
    {RUMP_SYS_connect, {3, P(&web6), sizeof web6}, {ECONNREFUSED, 0, -1},
	"connect(3, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, \"::1\")}, 28)"
	" = -1 ECONNREFUSED (Connection refused)"},
    {RUMP_SYS_bind, {3, P(&sun), sizeof sun}, {0, 0, -1},
	"bind(3, {sa_family=AF_UNIX, sun_path=\"/tmp/s\"}, 110) = 0"},
    {RUMP_SYS_bind, {3, P(&abstract), 7}, {0, 0, -1},
	"bind(3, {sa_family=AF_UNIX, sun_path=@\"name\"}, 7) = 0"},
    {RUMP_SYS_accept4, {3, 0, 0, SOCK_NONBLOCK}, {0, 4, -1},
	"accept4(3, NULL, NULL, SOCK_NONBLOCK) = 4"},
    {RUMP_SYS_getsockname, {3, P(&in), P(&in_len)}, {0, 0, -1},
	"getsockname(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"0.0.0.0\")}, "
	"[16]) = 0"},
    {RUMP_SYS_sendmsg, {3, P(&msg), MSG_NOSIGNAL}, {0, 5, -1},
	"sendmsg(3, {msg_name=NULL, msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_controllen=0, "
	"msg_flags=0}, MSG_NOSIGNAL) = 5"},
    {RUMP_SYS_poll, {P(&pollfd), 1, (uint64_t)-1}, {0, 1, -1},
	"poll([{fd=5, events=POLLIN|POLLOUT, revents=POLLIN}], 0x1, -1) = 1"},
    {RUMP_SYS_getpid, {0}, {0, 7, -1}, "getpid() = 7"},
    {RUMP_SYS_setresuid, {(uint32_t)-1, 0, 1000}, {0, 0, -1}, "setresuid(-1, 0, 1000) = 0"},
    {RUMP_SYS_deleg_open, {(uint64_t)AT_FDCWD, P("x"), O_RDONLY, 0}, {0, 0, 9},
	"deleg_open(AT_FDCWD, \"x\", O_RDONLY) = 9"},
    {9999, {1, 2, 3, 4, 5, 6}, {ENOSYS, 0, -1},
	"syscall_0x270f(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)"},
};

static int count, failed;

static void
is(const char *said, const char *expected, const char *what)
{
	int same = strcmp(said, expected) == 0;

	printf("%sok %d - %s\n", same ? "" : "not ", ++count, what);
	if (!same)
		printf("# said:     %s\n# expected: %s\n", said, expected);
	failed += !same;
}

static void
check_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct line line = {.len = 0};

		line_call(&line, rows[i].nr, rows[i].args, &rows[i].res);
		line.text[line.len] = '\0';
		is(line.text, rows[i].line, rows[i].line);
	}
}

/* A path that ends where readable memory ends, and one that does not fit the line. */
static void
check_limits(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t args[6] = {P(page + 4096 - 4)};
	struct trace_result res = {0, 0, -1};
	struct line line = {.len = 0};
	char tail[6] = "";

	munmap(page + 4096, 4096);
	memcpy(page + 4096 - 4, "end", 4);
	line_call(&line, RUMP_SYS_chdir, args, &res);
	line.text[line.len] = '\0';
	is(line.text, "chdir(\"end\") = 0", "string at the end of memory");

	memset(longpath, 'a', sizeof longpath - 1);
	args[1] = args[3] = P(longpath);
	args[0] = args[2] = 1;
	line = (struct line){.len = 0};
	line_call(&line, RUMP_SYS_renameat2, args, &res);
	line_end(&line);
	memcpy(tail, line.text + line.len - 5, 5);
	is(tail, "a...\n", "a line that is too long is cut");
}

static const int64_t retval[2] = {3, 0};

static void
check_file(void)
{
	static const uint64_t args[6] = {(uint64_t)AT_FDCWD, P("/etc/motd"), O_RDONLY};
	char name[] = "/tmp/test_trace.XXXXXX", said[200] = "", expected[200];
	int fd = mkstemp(name), other;

	setenv("RUMP_TRACE", name, 1);
	trace_init();
	errno = 77;
	trace_call(RUMP_SYS_openat, args, 0, retval, -1);
	is(errno == 77 ? "same" : "changed", "same", "errno stays");
	snprintf(expected, sizeof expected, "%d openat(AT_FDCWD, \"/etc/motd\", O_RDONLY) = 3\n",
	    getpid());
	if (read(fd, said, sizeof said - 1) < 0)
		said[0] = '\0';
	is(said, expected, "the line is in the file");
	is(fcntl(trace_fd, F_GETFD) == FD_CLOEXEC ? "yes" : "no", "yes", "close-on-exec");

	/* The program closes all descriptors and opens its own file. */
	other = memfd_create("other", 0);
	dup2(other, trace_fd);
	trace_call(RUMP_SYS_openat, args, 0, retval, -1);
	is(lseek(other, 0, SEEK_END) == 0 ? "empty" : "written", "empty",
	    "the program's file is left alone");
	is(trace_on ? "on" : "off", "off", "and tracing ends");
	unlink(name);
}

static void
check_bad_file(void)
{
	int saved = dup(2), pipe_fds[2];
	char said[200] = "";

	if (pipe(pipe_fds) < 0 || dup2(pipe_fds[1], 2) < 0)
		abort();
	setenv("RUMP_TRACE", "/no/such/directory/trace", 1);
	trace_init();
	dup2(saved, 2);
	close(pipe_fds[1]);
	if (read(pipe_fds[0], said, sizeof said - 1) < 0)
		said[0] = '\0';
	is(said,
	    "rumpclient: RUMP_TRACE=/no/such/directory/trace: No such file or directory: no "
	    "trace\n",
	    "a file that cannot be opened is one line on stderr");
	is(trace_on ? "on" : "off", "off", "and no trace");
}

int
main(void)
{
	web = (struct sockaddr_in){AF_INET, htons(80), {htonl(INADDR_LOOPBACK)}, {0}};
	web6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(443)};
	web6.sin6_addr = in6addr_loopback;
	check_rows();
	check_limits();
	check_file();
	check_bad_file();
	printf("1..%d\n", count);
	return failed != 0;
}
