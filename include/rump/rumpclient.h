/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpclient(3): a program's connection to a rump kernel in another process.
 *
 * The kernel is named by the environment variable RUMP_SERVER (unix://path, tcp://address:port).
 * Source-compatible with NetBSD's <rump/rumpclient.h>.
 *
 * Errors: unless said otherwise a function returns -1 (or NULL) and sets errno.
 * Threads: every function may be called by any thread; calls of different threads run in parallel.
 * Signals: rumpclient_syscall() and rump_sys_*() may be called from signal handlers.
 */
#ifndef RUMP_RUMPCLIENT_H
#define RUMP_RUMPCLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/*
 * Connects to the server in RUMP_SERVER and becomes a new process of that kernel.  In an image
 * started by rumpclient_exec() it takes over the connection instead.  The client's descriptors
 * never take the numbers 0, 1 and 2.  Errors: those of connect(2); ENOENT if RUMP_SERVER is not
 * set; EPROTONOSUPPORT if the server speaks another protocol or is another machine.
 */
int rumpclient_init(void);

/*
 * Makes system call `num` with `dlen` bytes of argument words at `data`.  The server may read and
 * write only memory that the call's row of the system call table declares.  `retval` receives two
 * words.  Returns 0 or a positive errno; errno is not touched.
 */
int rumpclient_syscall(int num, const void *data, size_t dlen, register_t *retval);

/* As fork(2) and vfork(2); the child is a child process in the rump kernel, too. */
pid_t rumpclient_fork(void);
pid_t rumpclient_vfork(void);

/*
 * The parts of rumpclient_fork(), for programs that fork by other means.  prefork makes the child's
 * process in the kernel (copying the descriptor table at that moment) and returns what the child
 * passes to fork_init, once.  Each prefork is followed by fork_init in the child and fork_vparent
 * in the parent, or by fork_cancel.  fork_init: ESRCH if the kernel does not know the cookie.
 */
struct rumpclient_fork;
struct rumpclient_fork *rumpclient_prefork(void);
int rumpclient_fork_init(struct rumpclient_fork *);
void rumpclient_fork_vparent(struct rumpclient_fork *);
void rumpclient_fork_cancel(struct rumpclient_fork *);

/*
 * As execve(2); the process in the rump kernel stays, its close-on-exec descriptors are closed.
 * The new image calls rumpclient_init().  If exec fails, all is as before.
 */
int rumpclient_exec(const char *path, char *const argv[], char *const envp[]);

/* As daemon(3). */
int rumpclient_daemon(int nochdir, int noclose);

/*
 * What a call does when the connection is lost: seconds to go on trying to reconnect, or
 *   INFTIME  for ever
 *   ONCE     try once, right away; then fail with ENOTCONN
 *   DIE      (the default is to fail at once: 0) exit the program with status 1
 * After a reconnect the program is a new process of the kernel, with no descriptors.
 */
#define RUMPCLIENT_RETRYCONN_INFTIME ((time_t)-1)
#define RUMPCLIENT_RETRYCONN_ONCE    ((time_t)-2)
#define RUMPCLIENT_RETRYCONN_DIE     ((time_t)-3)
void rumpclient_setconnretry(time_t seconds);

/*
 * For programs that close descriptors they do not know: tells the client that the program is about
 * to close *fd (CLOSE), to dup2() onto it (DUP2), or to close *fd and all above (FCLOSEM).
 * Returns 1 if *fd is the client's and must be left alone, 0 if the program may go on; FCLOSEM
 * moves *fd past the client's descriptors.
 */
enum rumpclient_closevariant {
	RUMPCLIENT_CLOSE_CLOSE,
	RUMPCLIENT_CLOSE_DUP2,
	RUMPCLIENT_CLOSE_FCLOSEM
};
int rumpclient__closenotify(int *fd, enum rumpclient_closevariant);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
