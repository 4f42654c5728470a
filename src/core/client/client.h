/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client as the rest of the project sees it: what the generated stubs, rumpclient(3)'s public
 * functions and the hijacker stand on.  All functions may be called from any thread and, unless
 * said otherwise, from a signal handler.  Errors are positive errnos; errno is never touched.
 */
#ifndef CORE_CLIENT_CLIENT_H
#define CORE_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "syscall/sysnum.h" /* RUMP_HANDLE, EREDIRECT */

struct client_result {
	int64_t retval[2];
	int fd; /* descriptor that came with the reply, close-on-exec, or -1 */
};

/*
 * Makes call `nr`.  The memory that the call may read and write follows from the table
 * (usermem.h).  `fd`: a descriptor to pass along, which stays the caller's; CLIENT_FD_BACK: the
 * reply passes one; or -1.
 * Returns 0, the kernel's errno, EREDIRECT (see client_redirect), or what the loss of the
 * connection means under the retry policy.  EREDIRECT: the kernel met a symbolic link with an
 * absolute target, and the client asked to resolve those itself (client_set_flags).
 */
#define CLIENT_FD_BACK (-2)
int client_call(unsigned nr, const uint64_t args[6], int fd, struct client_result *res);

/* The path behind this thread's last EREDIRECT: absolute, as the program names it; *ret_which says
 * which path argument (0 or 1).  Valid until the thread's next call. */
const char *client_redirect(unsigned *ret_which);

/* To be set before the first connect: the hijacker wants redirects and delegation. */
#define CLIENT_ABSLINKS 0x1u
#define CLIENT_DELEGATE 0x2u
void client_set_flags(unsigned flags);

/* What calls do when the connection is lost: as rumpclient_setconnretry(3).  EINVAL. */
int client_setconnretry(time_t seconds);

/*
 * What to do when connecting has made a new process in the rump kernel, the first or another one
 * after a loss: calls that tell it what it must know.  Not after fork or exec.
 */
void client_on_birth(void (*born)(void));

/* Connects if there is no connection.  Not for signal handlers the first time. */
int client_connect(void);
bool client_is_connected(void);
/* Does the connection stand still?  A look at the socket, cheaper than a call. */
bool client_hears(void);

/* What the server said of itself; all zero until connected. */
struct client_server {
	uint64_t file_dev; /* st_dev of delegated files */
	char names[80];    /* directory of listeners' host names */
	unsigned minor;    /* negotiated protocol minor: 4 or 5 */
	unsigned flags;    /* CLIENT_* granted */
	pid_t pid;         /* of this process in the rump kernel */
	pid_t host_pid;    /* the server's, as it sees itself */
};
const struct client_server *client_server(void);

/*
 * The client's own descriptors among the program's.  client_owns_fd: is this number ours?
 * client_vacate_fd: the program is about to use number fd (dup2): moves ours elsewhere.
 */
bool client_owns_fd(int fd);
int client_vacate_fd(int fd);
/* The lowest number >= fd that is ours, or -1: for closefrom and close_range. */
int client_next_fd(int fd);

/*
 * fork, in three steps around the host's: prefork in the parent, then exactly one of the others.
 * Without a connection prefork does nothing and succeeds (the child will connect on its own).
 */
struct client_fork {
	int fd; /* the child's connection, or -1 */
	uint32_t cookie[4];
	bool connected;
	bool taken_over;   /* by the child */
	bool files_shared; /* what the child closes, the parent no longer has */
};
int client_prefork(struct client_fork *f);
/* The same by a cookie, with no descriptor to be kept open until the child takes over. */
int client_prefork_cookie(struct client_fork *f);
void client_fork_parent(struct client_fork *f); /* after fork succeeded */
void client_fork_cancel(struct client_fork *f); /* fork failed, or did not happen */
int client_fork_child(struct client_fork *f);   /* in the child; 0 or errno */

/* The same for a child that will have the table of descriptors with its parent. */
int client_prefork_sharing_files(struct client_fork *f);

/*
 * vfork: prefork, and then a copy of all that is the process's own (own.h), which the child has and
 * the parent ends; NULL: fork must do.  client_vfork_child is the child's client_fork_child, with
 * an f of its own.
 */
struct own_copy *client_vfork_copy(const struct client_fork *f);
int client_vfork_child(struct client_fork *f);

/*
 * exec.  client_exec_prepare makes `out`, the environment with what the new image needs to have the
 * connection; it is envp itself if there is nothing to add.  Of the one that is about to exec,
 * client_exec_keep then makes the connection survive it, under the number that it has there.  If
 * exec fails, client_exec_undo restores all.  Nothing of this allocates, so it may happen between
 * vfork and exec.
 *
 * Call client_exec_adopt early in the new image: it takes the connection over from the environment
 * (which it cleans) and says EXEC.
 */
#define CLIENT_EXEC_MORE 10
struct client_exec {
	char *const *envp;
	const char *more[CLIENT_EXEC_MORE]; /* more variables, or NULL */
	bool child;                         /* for a child that has not forgotten our connection */
	int fd;                             /* its own: what client_prefork gave it, or -1 */
	char *const *out;
};
int client_exec_prepare(struct client_exec *x);
void client_exec_keep(const struct client_exec *x);
void client_exec_undo(const struct client_exec *x);
int client_exec_adopt(void);

#endif
