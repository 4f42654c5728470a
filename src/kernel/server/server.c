/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's start and end: rumpserver(3).
 *
 * The end: no new clients; every channel is shut down, its leader drops it, calls return, processes
 * exit, as if all clients had gone at once; then the threads stop, and what the kernel had on the
 * host is removed.
 */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "kern/proc.h"
#include "listener.h"
#include "net/net.h"
#include "net/netconf.h"
#include "prefork.h"
#include "rump/rumpserver.h"
#include "vfs/vfs.h"

#define END_TIMEOUT_S 2

atomic_bool server_halt_asked;

static pthread_mutex_t giant;
static int halt_fd = -1;
static unsigned channels_max;

void
giant_lock(void)
{
	pthread_mutex_lock(&giant);
}

void
giant_unlock(void)
{
	pthread_mutex_unlock(&giant);
}

unsigned
server_channels_max(void)
{
	return channels_max;
}

/* --- start --- */

static int
fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return server_fail(errno, "/dev/null: %m");
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

static void
raise_limits(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
	getrlimit(RLIMIT_NOFILE, &rl);
	/* The other half is for files. */
	channels_max = rl.rlim_cur / 2 < SERVER_CHANNELS_MAX ? (unsigned)(rl.rlim_cur / 2)
							     : SERVER_CHANNELS_MAX;
}

/* Spins a little before it sleeps: what the lock protects is mostly short. */
static void
giant_init(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(&giant, &attr);
	pthread_mutexattr_destroy(&attr);
}

static int
kernel_init(void)
{
	int error = vfs_init();

	if (error != 0)
		return server_fail(error, "cannot make the file system: %s", strerror(error));
	error = proc_init();
	if (error != 0)
		return server_fail(error, "cannot make init: %s", strerror(error));
	error = net_init();
	if (error != 0)
		return server_fail(error, "cannot make the network: %s", strerror(error));
	return 0;
}

/* A program that opens a file while the kernel asks by a lease whether anybody has it open makes
 * the host send SIGIO, which ends a process that did not expect it. */
static void
survive_leases(void)
{
	struct sigaction sa;

	if (sigaction(SIGIO, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL)
		signal(SIGIO, SIG_IGN);
}

int
rump_server_init(unsigned flags)
{
	int error;

	server_log_init((flags & RUMP_SERVER_VERBOSE) != 0);
	giant_init();
	raise_limits();
	survive_leases();
	error = fill_standard_fds();
	if (error != 0)
		return error;
	halt_fd = eventfd(0, EFD_CLOEXEC);
	if (halt_fd < 0)
		return server_fail(errno, "eventfd: %m");
	error = hostdir_init();
	if (error == 0)
		error = lanes_init();
	if (error == 0)
		error = listener_init();
	if (error == 0)
		error = kernel_init();
	if (error != 0)
		hostdir_fini();
	return error;
}

/* It will not come to rump_server_wait(): removes what the kernel has on the host. */
static void
leave_nothing(void)
{
	listener_end_all();
	hostdir_fini();
}

int
rump_server_listen(const char *url, unsigned flags)
{
	int error = listener_new(url, (flags & RUMP_SERVER_ANY_ADDRESS) != 0);

	if (error == 0)
		server_note("listening at %s", url);
	else
		leave_nothing();
	return error;
}

int
rump_server_net(const char *text)
{
	char message[200] = "";
	int error;

	giant_lock();
	error = netconf_add(text, message, sizeof message);
	giant_unlock();
	if (error != 0)
		hostdir_fini();
	return error != 0 ? server_fail(error, "--net %s: %s", text, message) : 0;
}

int
rump_server_start(void)
{
	int error = lanes_start();

	if (error != 0)
		leave_nothing();
	return error;
}

/* --- end --- */

void
rump_server_halt(void)
{
	eventfd_write(halt_fd, 1);
}

void
kern_halt(void)
{
	atomic_store(&server_halt_asked, true);
}

void
server_halt_if_asked(void)
{
	if (atomic_load_explicit(&server_halt_asked, memory_order_relaxed))
		rump_server_halt();
}

static void
pause_ms(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000L};

	nanosleep(&t, NULL);
}

/* Ends all channels; true once their leaders have dropped them. */
static bool
channels_end(void)
{
	struct channel *ch;
	bool none;

	giant_lock();
	LIST_FOREACH (ch, &channels_all, all)
		channel_shutdown(ch);
	none = channels_count() == 0;
	giant_unlock();
	return none;
}

static void
kernel_fini(void)
{
	prefork_drop_all();
	proc_exit(proc_init_p);
	net_fini();
	giant_lock(); /* a file system may wait for its program */
	vfs_fini();
	giant_unlock();
	listener_free_all();
	lanes_fini();
	notices_fini();
	pthread_mutex_destroy(&giant);
}

int
rump_server_wait(void)
{
	struct pollfd halt = {.fd = halt_fd, .events = POLLIN};
	bool ended = false;

	while (poll(&halt, 1, -1) < 0 && errno == EINTR)
		continue;
	server_note("halting");
	listener_end_all();
	for (int i = 0; i < END_TIMEOUT_S * 1000 && !ended; i++) {
		ended = channels_end();
		if (!ended)
			pause_ms(1);
	}
	ended = lanes_stop() && ended;
	if (ended)
		kernel_fini();
	else
		server_warn("a call does not return; halting without it");
	hostdir_fini();
	close(halt_fd);
	return 0;
}
