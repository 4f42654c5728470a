/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals beside calls about files and sockets: masks, waiting for them, and limits of descriptors.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "parity.h"

static volatile sig_atomic_t met;

static void
count(int signo)
{
	(void)signo;
	met++;
}

static void
handle(int signo)
{
	struct sigaction act = {.sa_handler = count};

	MUST(sigaction(signo, &act, NULL));
}

static sigset_t
only(int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	return set;
}

static void
say_mask(const char *when)
{
	sigset_t now;
	int n = 0;

	sigprocmask(SIG_BLOCK, NULL, &now);
	for (int i = 1; i < 64; i++)
		n += sigismember(&now, i) == 1;
	SAY("%s: %d blocked, USR1 %d", when, n, sigismember(&now, SIGUSR1));
}

static int
listener(struct sockaddr_in *sin)
{
	socklen_t len = sizeof *sin;
	int s = MUST(socket(AF_INET, SOCK_STREAM, 0));

	*sin =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	MUST(bind(s, (struct sockaddr *)sin, len));
	MUST(listen(s, 5));
	MUST(getsockname(s, (struct sockaddr *)sin, &len));
	return s;
}

/* A child that does nothing but send the signal, again and again until it is killed. */
static pid_t
keep_sending(int signo)
{
	const struct timespec pause = {.tv_nsec = 5000000};
	pid_t parent = getpid(), pid = MUST(fork());

	while (pid == 0) {
		nanosleep(&pause, NULL);
		if (kill(parent, signo) != 0 || getppid() != parent)
			_exit(0);
	}
	return pid;
}

static void
stop(pid_t pid)
{
	int error = errno;

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	errno = error;
}

TEST(mask_stays)
{
	sigset_t set = only(SIGUSR1);
	struct sockaddr_in sin;
	int fd, s, c;
	pid_t pid;

	say_mask("before");
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	MUST(write(fd, "x", 1));
	MUST(rename("f", "g"));
	say_mask("files");
	s = listener(&sin);
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(c, (struct sockaddr *)&sin, sizeof sin));
	MUST(accept(s, NULL, NULL));
	say_mask("sockets");
	pid = MUST(fork());
	if (pid == 0) {
		say_mask("child");
		_exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

TEST(blocked_ones_wait)
{
	sigset_t set = only(SIGUSR1);
	const struct timespec soon = {.tv_sec = 10}, now = {.tv_sec = 0};
	siginfo_t info;

	handle(SIGUSR1);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	MUST(kill(getpid(), SIGUSR1));
	MUST(close(MUST(open("f", O_CREAT | O_RDWR, 0644))));
	MUST(unlink("f"));
	SAY("met %d", (int)met);
	SAY("%d", sigtimedwait(&set, &info, &soon) == SIGUSR1);
	TRY(sigtimedwait(&set, &info, &now));
	MUST(kill(getpid(), SIGUSR1));
	MUST(sigprocmask(SIG_UNBLOCK, &set, NULL));
	SAY("met %d", (int)met);
}

TEST(by_signalfd)
{
	sigset_t set = only(SIGUSR1);
	struct signalfd_siginfo info;
	struct epoll_event ev = {.events = EPOLLIN}, got;
	struct sockaddr_in sin;
	int ep = MUST(epoll_create1(0)), s = listener(&sin), fd;

	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	fd = MUST(signalfd(-1, &set, SFD_NONBLOCK));
	ev.data.fd = fd;
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	ev.data.fd = s;
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev));
	TRY(epoll_wait(ep, &got, 1, 0));
	MUST(kill(getpid(), SIGUSR1));
	TRY(epoll_wait(ep, &got, 1, 10000));
	SAY("signal %d", got.data.fd == fd);
	TRY(read(fd, &info, sizeof info));
	SAY("%d", info.ssi_signo == SIGUSR1 && info.ssi_pid == (uint32_t)getpid());
	TRY(read(fd, &info, sizeof info));
}

/* The mask holds while it waits, and only then. */
TEST(interrupted_waits)
{
	sigset_t set = only(SIGUSR1), none;
	struct epoll_event ev = {.events = EPOLLIN};
	struct sockaddr_in sin;
	int ep = MUST(epoll_create1(0)), s = listener(&sin);
	struct pollfd p = {.fd = s, .events = POLLIN};
	fd_set fds;
	pid_t pid;

	sigemptyset(&none);
	handle(SIGUSR1);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev));
	pid = keep_sending(SIGUSR1);
	TRY(epoll_pwait(ep, &ev, 1, 10000, &none));
	TRY(ppoll(&p, 1, &(struct timespec){.tv_sec = 10}, &none));
	FD_ZERO(&fds);
	FD_SET(s, &fds);
	TRY(pselect(s + 1, &fds, NULL, NULL, &(struct timespec){.tv_sec = 10}, &none));
	say_mask("after");
	MUST(sigprocmask(SIG_UNBLOCK, &set, NULL));
	TRY(accept(s, NULL, NULL));
	stop(pid);
	SAY("met %d", met > 0);
}

TEST(timers)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec often = {{.tv_nsec = 5000000}, {.tv_nsec = 5000000}};
	struct sockaddr_in sin;
	char c;
	timer_t t;
	int s = listener(&sin), conn = MUST(socket(AF_INET, SOCK_STREAM, 0)), peer;

	handle(SIGUSR1);
	MUST(connect(conn, (struct sockaddr *)&sin, sizeof sin));
	peer = MUST(accept(s, NULL, NULL));
	MUST(timer_create(CLOCK_MONOTONIC, &ev, &t));
	MUST(timer_settime(t, 0, &often, NULL));
	TRY(recv(peer, &c, 1, 0));
	TRY(read(conn, &c, 1));
	MUST(timer_delete(t));
	SAY("met %d", met > 0);
}

TEST(no_more_descriptors)
{
	struct rlimit limit = {.rlim_cur = 30, .rlim_max = 30};
	int fd, last = -1;

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = open("f", O_CREAT | O_RDWR, 0644)) >= 0)
		last = fd;
	SAY("%s after %d", strerrorname_np(errno), last);
	TRY(socket(AF_INET, SOCK_STREAM, 0));
	TRY(dup(0));
	TRY(access("f", F_OK));
	TRY(write(last, "x", 1));
	MUST(close(last));
	TRY(open("f", O_RDONLY) == last);
}

int
main(void)
{
	return parity_main();
}
