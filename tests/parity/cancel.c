/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that are cancelled, end, or have signals while they wait in a call. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "parity.h"

static atomic_int waiting; /* the thread that is about to wait, 0 when it has come back */
static int cleaned;

static void
clean(void *arg)
{
	(void)arg;
	cleaned++;
}

/* Returns when the thread sleeps in the host. */
static void
await_sleep(void)
{
	char path[64], state;
	FILE *f;
	int n = 0;

	while (waiting == 0)
		usleep(1000);
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", waiting);
	while (n < 5) {
		f = fopen(path, "r");
		state = 'R';
		if (f == NULL || fscanf(f, "%*d %*s %c", &state) != 1)
			state = 'R';
		if (f != NULL)
			fclose(f);
		n = state == 'S' ? n + 1 : 0;
		usleep(2000);
	}
}

static intmax_t
begin(void)
{
	waiting = (int)syscall(SYS_gettid);
	return 0;
}

static int files[2], listener;
static struct sockaddr_in address;

static intmax_t
open_fifo(void)
{
	return open("fifo", O_RDONLY);
}

static intmax_t
read_fifo(void)
{
	char c;

	return read(files[0], &c, 1);
}

static intmax_t
lock_wait(void)
{
	struct flock l = {.l_type = F_WRLCK};

	return fcntl(files[1], F_OFD_SETLKW, &l);
}

static intmax_t
accept_wait(void)
{
	return accept(listener, NULL, NULL);
}

static intmax_t
poll_wait(void)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};

	return poll(&p, 1, -1);
}

static const struct {
	const char *name;
	intmax_t (*call)(void);
} waits[] = {{"open", open_fifo}, {"read", read_fifo}, {"lock", lock_wait}, {"accept", accept_wait},
    {"poll", poll_wait}};
enum { WAITS = sizeof waits / sizeof waits[0] };

static void
prepare(void)
{
	struct flock l = {.l_type = F_WRLCK};
	socklen_t len = sizeof address;

	MUST(mkfifo("fifo", 0644));
	MUST(mkfifo("other", 0644));
	files[0] = MUST(open("other", O_RDWR));
	MUST(fcntl(MUST(open("locked", O_RDWR | O_CREAT, 0644)), F_OFD_SETLK, &l));
	files[1] = MUST(open("locked", O_RDWR));
	listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
	address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	MUST(bind(listener, (struct sockaddr *)&address, sizeof address));
	MUST(listen(listener, 5));
	MUST(getsockname(listener, (struct sockaddr *)&address, &len));
}

static void *
wait_in(void *arg)
{
	int i = (int)(intptr_t)arg;
	intmax_t result;

	pthread_cleanup_push(clean, NULL);
	begin();
	result = waits[i].call();
	waiting = 0;
	SAY("%s: back with %jd %s", waits[i].name, result, strerrorname_np(errno));
	pthread_cleanup_pop(0);
	return NULL;
}

static void *
wait_asynchronously(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	return wait_in(arg);
}

static void *
wait_uncancelled(void *arg)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	return wait_in(arg);
}

static void
cancel_all(void *(*run)(void *))
{
	pthread_t t;
	void *result;

	prepare();
	for (int i = 0; i < WAITS; i++) {
		waiting = 0;
		cleaned = 0;
		MUST(pthread_create(&t, NULL, run, (void *)(intptr_t)i) == 0 ? 0 : -1);
		await_sleep();
		pthread_cancel(t);
		pthread_join(t, &result);
		SAY("%s: cancelled %d, cleaned %d", waits[i].name, result == PTHREAD_CANCELED,
		    cleaned);
		TRY(access("fifo", F_OK));
	}
	TRY(open("fifo", O_RDONLY | O_NONBLOCK) >= 0);
	TRY(mkdir("d", 0755));
}

TEST(deferred)
{
	cancel_all(wait_in);
}

TEST(asynchronous)
{
	cancel_all(wait_asynchronously);
}

/* A request that came before the wait. */
static void *
wait_late(void *arg)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	begin();
	pause();
	pthread_setcancelstate(old, NULL);
	return wait_in(arg);
}

static void
nothing(int sig)
{
	(void)sig;
}

TEST(pending)
{
	struct sigaction sa = {.sa_handler = nothing};
	pthread_t t;
	void *result;

	prepare();
	sigaction(SIGUSR1, &sa, NULL);
	for (int i = 0; i < WAITS; i++) {
		waiting = 0;
		cleaned = 0;
		pthread_create(&t, NULL, wait_late, (void *)(intptr_t)i);
		await_sleep();
		pthread_cancel(t);
		pthread_kill(t, SIGUSR1);
		pthread_join(t, &result);
		SAY("%s: cancelled %d, cleaned %d", waits[i].name, result == PTHREAD_CANCELED,
		    cleaned);
	}
}

/* Signals: with SA_RESTART the wait goes on, without it ends. */
TEST(interrupted)
{
	struct sigaction sa = {.sa_handler = nothing};
	pthread_t t;

	prepare();
	sigaction(SIGUSR1, &sa, NULL);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &sa, NULL);
	for (int i = 0; i < WAITS; i++) {
		waiting = 0;
		pthread_create(&t, NULL, wait_uncancelled, (void *)(intptr_t)i);
		await_sleep();
		if (i != WAITS - 1) { /* poll never restarts */
			pthread_kill(t, SIGUSR2);
			await_sleep();
		}
		pthread_kill(t, SIGUSR1);
		pthread_join(t, NULL);
	}
}

static void
call_in_handler(int sig)
{
	int saved = errno;

	(void)sig;
	cleaned += mkdir("in-handler", 0755) == 0 && rmdir("in-handler") == 0;
	errno = saved;
}

TEST(handler_makes_calls)
{
	struct sigaction sa = {.sa_handler = call_in_handler, .sa_flags = SA_RESTART};
	pthread_t t;

	prepare();
	sigaction(SIGUSR2, &sa, NULL);
	sa.sa_flags = 0;
	sigaction(SIGUSR1, &sa, NULL);
	for (int i = 0; i < WAITS - 1; i++) {
		waiting = 0;
		cleaned = 0;
		pthread_create(&t, NULL, wait_uncancelled, (void *)(intptr_t)i);
		await_sleep();
		pthread_kill(t, SIGUSR2);
		while (cleaned == 0)
			usleep(1000);
		await_sleep();
		pthread_kill(t, SIGUSR1);
		pthread_join(t, NULL);
		SAY("handled %d", cleaned);
	}
}

static void *
fail(void *arg)
{
	const char *name = arg;

	for (int i = 0; i < 300; i++) {
		errno = 0;
		if (mkdir(name, 0755) != -1 || errno != (*name == '/' ? EEXIST : ENOENT))
			return arg;
	}
	return NULL;
}

TEST(errno_of_each_thread)
{
	char names[2][12] = {"/", "none/none"};
	pthread_t t[6];
	void *result;
	int bad = 0;

	for (int i = 0; i < 6; i++)
		pthread_create(&t[i], NULL, fail, names[i % 2]);
	for (int i = 0; i < 6; i++) {
		pthread_join(t[i], &result);
		bad += result != NULL;
	}
	SAY("bad %d", bad);
}

/* The main thread ends, the others go on. */
static void *
outlive(void *arg)
{
	(void)arg;
	begin();
	usleep(20000);
	TRY(mkdir("late", 0755));
	TRY(rmdir("late"));
	exit(7);
}

TEST(main_thread_ends)
{
	int status;

	if (MUST(fork()) == 0) {
		pthread_t t;

		MUST(mkdir("early", 0755));
		pthread_create(&t, NULL, outlive, NULL);
		pthread_exit(NULL);
	}
	MUST(wait(&status));
	SAY("status %d", WEXITSTATUS(status));
}

/* A thread forks while others wait in calls: the child is alone, and works. */
TEST(forked_among_waiting)
{
	pthread_t t;
	int status;

	prepare();
	for (int i = 0; i < WAITS; i++) {
		waiting = 0;
		pthread_create(&t, NULL, wait_uncancelled, (void *)(intptr_t)i);
		await_sleep();
	}
	for (int i = 0; i < 3; i++) {
		if (MUST(fork()) == 0) {
			TRY(mkdir("child", 0755));
			TRY(open("fifo", O_RDONLY | O_NONBLOCK) >= 0);
			_exit(rmdir("child"));
		}
		MUST(wait(&status));
		SAY("status %d", WEXITSTATUS(status));
	}
	execl("/bin/sh", "sh", "-c", "test -p fifo && mkdir after && rmdir after", NULL);
}

int
main(void)
{
	return parity_main();
}
