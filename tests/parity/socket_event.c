/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for sockets in all ways, among other descriptors, and signals about them. */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/timerfd.h>

#include "socket_help.h"

static int
epoll_of_one(int fd, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.fd = fd};
	int ep = MUST(epoll_create1(EPOLL_CLOEXEC));

	TRY(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	return ep;
}

static void
say_epoll(const char *what, int ep, int ms)
{
	struct epoll_event e[8];
	int n = epoll_wait(ep, e, 8, ms);
	uint32_t all = 0;

	for (int i = 0; i < n; i++)
		all |= e[i].events;
	SAY("%s: %d events %x", what, n, all);
}

TEST(level_edge_and_once)
{
	int p[2], ep[3];
	char c;

	tcp_pair(p);
	ep[0] = epoll_of_one(p[1], EPOLLIN);
	ep[1] = epoll_of_one(p[1], EPOLLIN | EPOLLET);
	ep[2] = epoll_of_one(p[1], EPOLLIN | EPOLLONESHOT);
	for (int i = 0; i < 3; i++)
		say_epoll("nothing", ep[i], 0);
	MUST(write(p[0], "ab", 2));
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3; i++)
			say_epoll("data", ep[i], round == 0 ? 1000 : 0);
	MUST(read(p[1], &c, 1));
	for (int i = 0; i < 3; i++)
		say_epoll("one left", ep[i], 0);
	MUST(write(p[0], "c", 1));
	for (int i = 0; i < 3; i++)
		say_epoll("more", ep[i], i < 2 ? 1000 : 0);
	TRY(epoll_ctl(
	    ep[2], EPOLL_CTL_MOD, p[1], &(struct epoll_event){.events = EPOLLIN | EPOLLONESHOT}));
	say_epoll("armed again", ep[2], 1000);
	TRY(epoll_ctl(ep[0], EPOLL_CTL_DEL, p[1], NULL));
	say_epoll("deleted", ep[0], 0);
	TRY(epoll_ctl(ep[0], EPOLL_CTL_DEL, p[1], NULL));
	TRY(epoll_ctl(ep[1], EPOLL_CTL_ADD, p[1], &(struct epoll_event){.events = EPOLLIN}));
}

TEST(listener_and_connection)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a), ep = epoll_of_one(l, EPOLLIN), s = tcp(AF_INET), c;

	say_epoll("idle", ep, 0);
	MUST(connect(s, SA(a)));
	say_epoll("waiting", ep, 1000);
	c = MUST(accept(l, NULL, NULL));
	say_epoll("accepted", ep, 0);
	close(ep);
	ep = epoll_of_one(c, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	say_epoll("fresh", ep, 1000);
	say_epoll("same", ep, 0);
	MUST(shutdown(s, SHUT_WR));
	say_epoll("half closed", ep, 1000);
}

/* A pipe, an event, a timer, a datagram and a connection in one set. */
TEST(mixed)
{
	struct addr a = addr_of("127.0.0.1", 0);
	struct itimerspec soon = {.it_value.tv_nsec = 1};
	struct pollfd fds[6];
	int p[2], pipe_[2], u = MUST(socket(AF_INET, SOCK_DGRAM, 0)), ready = 0;
	int event = MUST(eventfd(0, 0)), timer = MUST(timerfd_create(CLOCK_MONOTONIC, 0));
	struct timespec wait = {.tv_sec = 1};
	fd_set in, out;

	tcp_pair(p);
	MUST(pipe(pipe_));
	MUST(bind(u, SA(a)));
	a = own_addr(u);
	fds[0] = (struct pollfd){.fd = p[1], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = pipe_[0], .events = POLLIN};
	fds[2] = (struct pollfd){.fd = u, .events = POLLIN | POLLOUT};
	fds[3] = (struct pollfd){.fd = event, .events = POLLIN};
	fds[4] = (struct pollfd){.fd = timer, .events = POLLIN};
	fds[5] = (struct pollfd){.fd = -1, .events = POLLIN};
	TRY(poll(fds, 6, 0));
	SAY("datagram socket %x", fds[2].revents);
	MUST(write(p[0], "x", 1));
	MUST(write(pipe_[1], "x", 1));
	MUST(sendto(u, "x", 1, 0, SA(a)));
	MUST(eventfd_write(event, 1));
	MUST(timerfd_settime(timer, 0, &soon, NULL));
	MUST(poll(&fds[4], 1, 1000));
	TRY(ppoll(fds, 6, &wait, NULL));
	for (int i = 0; i < 5; i++)
		SAY("%d: %x", i, fds[i].revents);
	FD_ZERO(&in);
	FD_ZERO(&out);
	for (int i = 0; i < 5; i++)
		FD_SET(fds[i].fd, &in);
	FD_SET(p[0], &out);
	TRY(pselect(1000, &in, &out, NULL, &wait, NULL));
	for (int i = 0; i < 5; i++)
		ready += FD_ISSET(fds[i].fd, &in) != 0;
	SAY("%d to read, %d to write", ready, FD_ISSET(p[0], &out) != 0);
	close(p[1]);
	fds[0].fd = p[1];
	fds[0].revents = 0;
	TRY(poll(fds, 1, 0));
	SAY("closed: %x", fds[0].revents);
}

static volatile sig_atomic_t got[NSIG];
static volatile sig_atomic_t got_fd;

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got[sig]++;
	got_fd = info->si_fd;
}

static void catch (int sig)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	MUST(sigaction(sig, &sa, NULL));
}

/* Waits for the signal, 1 s at most. */
static void
say_signal(const char *what, int sig)
{
	for (int i = 0; i < 100 && got[sig] == 0; i++)
		usleep(10000);
	SAY("%s: %s", what, got[sig] > 0 ? "came" : "did not come");
	got[sig] = 0;
}

TEST(signal_of_data)
{
	int p[2], on = 1, off = 0, pid = 0;

	catch (SIGIO);
	tcp_pair(p);
	TRY(fcntl(p[1], F_SETOWN, getpid()));
	SAY("owner is me: %d", fcntl(p[1], F_GETOWN) == getpid());
	TRY(ioctl(p[1], FIOGETOWN, &pid));
	SAY("owner is me: %d", pid == getpid());
	TRY(fcntl(p[1], F_SETFL, fcntl(p[1], F_GETFL) | O_ASYNC));
	SAY("O_ASYNC: %d", (fcntl(p[1], F_GETFL) & O_ASYNC) != 0);
	MUST(write(p[0], "x", 1));
	say_signal("data", SIGIO);
	TRY(ioctl(p[1], FIOASYNC, &off));
	TRY(ioctl(p[1], FIOASYNC, &on));
	MUST(write(p[0], "x", 1));
	say_signal("more", SIGIO);
	catch (SIGUSR1);
	TRY(fcntl(p[1], F_SETSIG, SIGUSR1));
	MUST(write(p[0], "x", 1));
	say_signal("another signal", SIGUSR1);
	SAY("descriptor told: %d", got_fd == p[1]);
	close(p[0]);
	say_signal("end", SIGUSR1);
}

TEST(signal_of_connection)
{
	struct addr a;
	int l = listener("127.0.0.1", 5, &a);

	catch (SIGIO);
	TRY(fcntl(l, F_SETOWN, getpid()));
	TRY(fcntl(l, F_SETFL, O_ASYNC | O_NONBLOCK));
	if (fork() == 0) {
		signal(SIGIO, SIG_IGN);
		MUST(connect(tcp(AF_INET), SA(a)));
		_exit(0);
	}
	while (wait(NULL) == -1 && errno == EINTR)
		;
	say_signal("connection", SIGIO);
	FD(accept(l, NULL, NULL));
}

TEST(signal_of_datagram)
{
	struct addr a = addr_of("127.0.0.1", 0);
	int u = MUST(socket(AF_INET, SOCK_DGRAM, 0)), s = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	catch (SIGIO);
	MUST(bind(u, SA(a)));
	a = own_addr(u);
	TRY(fcntl(u, F_SETOWN, getpid()));
	TRY(fcntl(u, F_SETFL, O_ASYNC));
	MUST(sendto(s, "x", 1, 0, SA(a)));
	say_signal("datagram", SIGIO);
}

TEST(signal_of_urgent_data)
{
	int p[2], mark = -1;
	char c;

	catch (SIGURG);
	tcp_pair(p);
	TRY(fcntl(p[1], F_SETOWN, getpid()));
	TRY(send(p[0], "!", 1, MSG_OOB));
	say_signal("urgent", SIGURG);
	TRY(ioctl(p[1], SIOCATMARK, &mark));
	SAY("at mark %d, PRI %d", mark, (events_of(p[1], POLLPRI, 1000) & POLLPRI) != 0);
	TRY(recv(p[1], &c, 1, MSG_OOB));
	TRY(recv(p[1], &c, 1, MSG_OOB | MSG_DONTWAIT));
}

/* What waits is woken by another process, and by a signal. */
TEST(woken)
{
	struct timeval t = {.tv_sec = 2};
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	int p[2];
	char c;

	tcp_pair(p);
	if (fork() == 0) {
		usleep(20000);
		MUST(write(p[0], "w", 1));
		_exit(0);
	}
	TRY(recv(p[1], &c, 1, MSG_WAITALL));
	wait(NULL);
	MUST(sigaction(SIGALRM, &sa, NULL));
	ualarm(30000, 0);
	TRY(recv(p[1], &c, 1, 0));
	sa.sa_flags |= SA_RESTART;
	MUST(sigaction(SIGALRM, &sa, NULL));
	if (fork() == 0) {
		usleep(80000);
		MUST(write(p[0], "r", 1));
		_exit(0);
	}
	ualarm(30000, 0);
	TRY(recv(p[1], &c, 1, 0));
	wait(NULL);
	MUST(setsockopt(p[1], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
	ualarm(30000, 0);
	TRY(recv(p[1], &c, 1, 0));
}

int
main(void)
{
	return parity_main();
}
