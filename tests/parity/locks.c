/* SPDX-License-Identifier: BSD-2-Clause */
/* Record locks, flock and leases, between processes. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>

#include "parity.h"

static int fd;
static int turn[2]; /* a pipe: the child has done its part */

static void
prepare(void)
{
	fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	MUST(write(fd, "0123456789", 10));
	MUST(pipe(turn));
}

static struct flock
range(int type, int whence, off_t start, off_t len)
{
	return (struct flock){
	    .l_type = (short)type, .l_whence = (short)whence, .l_start = start, .l_len = len};
}

static int
lock(int cmd, int type, off_t start, off_t len)
{
	struct flock fl = range(type, SEEK_SET, start, len);

	return fcntl(fd, cmd, &fl);
}

/* Whose lock is in the way. */
static void
say_holder(const char *what, int cmd, pid_t child)
{
	struct flock fl = range(F_WRLCK, SEEK_SET, 0, 0);

	MUST(fcntl(fd, cmd, &fl));
	if (fl.l_type == F_UNLCK)
		SAY("%s: nobody", what);
	else
		SAY("%s: type %d from %jd length %jd by %s", what, fl.l_type, (intmax_t)fl.l_start,
		    (intmax_t)fl.l_len,
		    fl.l_pid == child      ? "the child"
		    : fl.l_pid == getpid() ? "us"
		    : fl.l_pid == -1       ? "an open file"
					   : "somebody");
}

static void
done(void)
{
	MUST(write(turn[1], "x", 1));
}

static void
await(void)
{
	char c;

	MUST(read(turn[0], &c, 1));
}

static void
finish(pid_t child)
{
	MUST(kill(child, SIGKILL));
	MUST(waitpid(child, NULL, 0));
}

TEST(of_a_process)
{
	pid_t child;

	prepare();
	child = MUST(fork());
	if (child == 0) {
		MUST(lock(F_SETLK, F_WRLCK, 2, 3));
		MUST(lock(F_SETLK, F_RDLCK, 20, 5));
		done();
		pause();
	}
	await();
	say_holder("child's", F_GETLK, child);
	TRY(lock(F_SETLK, F_RDLCK, 0, 2));
	TRY(lock(F_SETLK, F_RDLCK, 2, 1));
	TRY(lock(F_SETLK, F_WRLCK, 4, 1));
	TRY(lock(F_SETLK, F_RDLCK, 20, 1));
	TRY(lock(F_SETLK, F_WRLCK, 20, 1));
	TRY(lock(F_SETLK, F_WRLCK, -1, 1));
	TRY(lockf(fd, F_TEST, 0));
	finish(child);
	say_holder("after its end", F_GETLK, child);
}

TEST(close_lets_go)
{
	pid_t child;
	int other;

	prepare();
	MUST(lock(F_SETLK, F_WRLCK, 0, 0));
	other = MUST(open("f", O_RDONLY));
	MUST(close(other));
	child = MUST(fork());
	if (child == 0) {
		TRY(lock(F_SETLK, F_WRLCK, 0, 0));
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0));
}

TEST(of_an_open_file)
{
	int other;
	pid_t child;

	prepare();
	other = MUST(open("f", O_RDWR));
	TRY(lock(F_OFD_SETLK, F_WRLCK, 0, 5));
	TRY(lock(F_SETLK, F_WRLCK, 0, 5));
	{
		struct flock fl = range(F_WRLCK, SEEK_SET, 3, 1);

		TRY(fcntl(other, F_OFD_SETLK, &fl));
		TRY(fcntl(other, F_SETLK, &fl));
		TRY(fcntl(other, F_OFD_GETLK, &fl));
		SAY("by %jd", (intmax_t)fl.l_pid);
	}
	child = MUST(fork());
	if (child == 0) {
		TRY(lock(F_OFD_SETLK, F_WRLCK, 0, 3));
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0));
	TRY(close(other));
}

static void
on_signal(int signo)
{
	(void)signo;
}

TEST(waiting)
{
	struct sigaction act = {.sa_handler = on_signal};
	pid_t child;

	prepare();
	child = MUST(fork());
	if (child == 0) {
		MUST(lock(F_SETLK, F_WRLCK, 0, 5));
		MUST(flock(fd, LOCK_UN));
		done();
		pause();
	}
	await();
	MUST(sigaction(SIGALRM, &act, NULL));
	alarm(1);
	TRY(lock(F_SETLKW, F_WRLCK, 4, 1));
	finish(child);
	alarm(20);
	TRY(lock(F_SETLKW, F_WRLCK, 4, 1));
	TRY(lock(F_SETLK, F_UNLCK, 0, 0));
}

/* Each waits for what the other has. */
TEST(deadlock)
{
	pid_t child;
	int status;

	prepare();
	MUST(lock(F_SETLK, F_WRLCK, 0, 1));
	child = MUST(fork());
	if (child == 0) {
		MUST(lock(F_SETLK, F_WRLCK, 1, 1));
		done();
		_exit(lock(F_SETLKW, F_WRLCK, 0, 1) == 0 ? 0 : errno == EDEADLK ? 1 : 2);
	}
	await();
	/* One of the two is told, whoever comes last. */
	status = lock(F_SETLKW, F_WRLCK, 1, 1) == 0 ? 0 : errno == EDEADLK ? 1 : 2;
	MUST(lock(F_SETLK, F_UNLCK, 0, 0));
	{
		int other;

		MUST(waitpid(child, &other, 0));
		SAY("told: %d", status + WEXITSTATUS(other));
	}
}

TEST(whole_file)
{
	int other, same;

	prepare();
	other = MUST(open("f", O_RDONLY));
	same = MUST(dup(fd));
	TRY(flock(fd, LOCK_EX));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(same, LOCK_SH));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(same, LOCK_EX | LOCK_NB));
	TRY(close(same));
	TRY(flock(other, LOCK_EX | LOCK_NB));
	TRY(close(fd));
	TRY(flock(other, LOCK_EX | LOCK_NB));
	TRY(flock(other, 99));
	TRY(lock(F_SETLK, F_WRLCK, 0, 0));
}

/* A lease is broken by who opens the file for writing, and that does not stop anybody else. */
TEST(leases)
{
	struct pollfd p = {.events = POLLIN};
	int reader, other;
	sigset_t set;
	pid_t child;

	prepare();
	MUST(close(fd));
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	reader = MUST(open("f", O_RDONLY));
	TRY(fcntl(reader, F_SETLEASE, F_RDLCK));
	TRY(fcntl(reader, F_GETLEASE));
	TRY(open("f", O_WRONLY | O_NONBLOCK));
	child = MUST(fork());
	if (child == 0) {
		MUST(open("f", O_WRONLY));
		done();
		pause();
	}
	TRY(sigwaitinfo(&set, NULL));
	p.fd = turn[0];
	SAY("it waits: %d", poll(&p, 1, 100) == 0);
	/* The kernel goes on. */
	other = FD(open("g", O_CREAT | O_RDWR, 0644));
	TRY(close(other));
	TRY(fcntl(reader, F_SETLEASE, F_UNLCK));
	await();
	finish(child);
}

TEST(lease_and_length)
{
	int reader;
	sigset_t set;
	pid_t child;
	struct stat st;

	prepare();
	MUST(close(fd));
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	reader = MUST(open("f", O_RDONLY));
	TRY(fcntl(reader, F_SETLEASE, F_RDLCK));
	child = MUST(fork());
	if (child == 0) {
		MUST(truncate("f", 3));
		done();
		pause();
	}
	TRY(sigwaitinfo(&set, NULL));
	TRY(mkdir("meanwhile", 0755));
	TRY(fcntl(reader, F_SETLEASE, F_UNLCK));
	await();
	MUST(fstat(reader, &st));
	SAY("size %jd", (intmax_t)st.st_size);
	finish(child);
}

int
main(void)
{
	return parity_main();
}
