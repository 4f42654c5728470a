/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes of the rump kernel, and the call in flight (struct lwp).
 *
 * Locking: one giant lock.  Every system call function runs with it held; it is released only
 * inside kern_wait() and inside copyin (a client may have to be asked for its memory).  After
 * either, what was looked up before may have changed.  So a system call function first copies in
 * all it needs, then looks things up and acts, then copies out (copyout never sleeps).
 */
#ifndef KERNEL_KERN_PROC_H
#define KERNEL_KERN_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <time.h>

#include "syscall/sysnum.h" /* EREDIRECT */

struct filedesc;
struct vnode;
struct guest;
struct usercopy;

#define PROC_COMM_MAX 16
#define PROC_NGROUPS  64

struct cred {
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	uid_t fsuid; /* who asks for files: the effective id, unless setfsuid(2) said otherwise */
	gid_t fsgid;
	unsigned ngroups;
	gid_t groups[PROC_NGROUPS];
};

struct proc {
	pid_t pid;
	struct proc *parent; /* NULL only for init (pid 1) */
	LIST_HEAD(, proc) children;
	LIST_ENTRY(proc) siblings;
	LIST_ENTRY(proc) all;
	char comm[PROC_COMM_MAX];
	struct cred cred;
	mode_t umask;
	struct vnode *cwd; /* counted references */
	struct vnode *root;
	struct filedesc *fdt;
	bool abslinks;       /* absolute symbolic links lead back to the client */
	struct guest *guest; /* its connection; NULL for init and a prefork not yet claimed */
	pid_t host_pid;      /* of the client, as it says */
	bool host_root;      /* the client was the host's root when it connected */
	uint64_t ncalls;
	uint64_t received, sent; /* bytes over connections that are gone */
};

/* A system call in flight; on its thread's stack. */
struct lwp {
	struct proc *proc;
	const struct usercopy *copy; /* how to reach the client's memory (usercopy.h) */
	void *copy_arg;
	int interrupt_fd;    /* eventfd: readable once the call is to return EINTR */
	int in_fd;           /* descriptor that came with the call, or -1: take_fd() to keep */
	int out_fd;          /* set to pass a descriptor with the reply; the reply closes it */
	char redirect[4098]; /* set with an EREDIRECT result: '0' or '1', the path */
};

/* The call that this thread runs; NULL outside of calls. */
extern _Thread_local struct lwp *curlwp;

/* The proc table (proc.c). */
int proc_init(void); /* makes init */
extern struct proc *proc_init_p;
LIST_HEAD(proclist, proc);
extern struct proclist proc_all;
int proc_new(struct proc *parent, bool copy_files, struct proc **ret); /* ENOMEM, EAGAIN */
void proc_exec(struct proc *p, const char *comm);                      /* close-on-exec, new name */
void proc_exit(struct proc *p); /* frees; children go to init */
struct proc *proc_find(pid_t pid);

/* Is the caller privileged (effective id)? */
bool cred_is_root(const struct cred *c);
/* The same where files are concerned. */
bool cred_is_file_root(const struct cred *c);
/* May the caller manage the kernel itself (halt it, name it): root, or whoever started it. */
bool cred_is_admin(const struct cred *c);
/* Is it one of the real, effective and saved ids. */
bool cred_has_uid(const struct cred *c, uid_t uid);
bool cred_has_gid(const struct cred *c, gid_t gid);
/* Is it in the group, where files are concerned? */
bool cred_in_group(const struct cred *c, gid_t gid);

/*
 * Waits until the host descriptor has one of `events` (poll(2)), the deadline (CLOCK_MONOTONIC,
 * NULL: none) passes, or the call is interrupted.  fd -1 waits for time only.  Releases the giant
 * lock and lets another thread serve.  Returns 0, ETIMEDOUT, EINTR, or EAGAIN if there can be no
 * more threads.  Implemented by server/.
 */
int kern_wait(struct lwp *l, int fd, short events, const struct timespec *deadline);
struct pollfd;
/* The same for several; *ret_n as poll(2) returns it, 0 on time-out. */
int kern_poll(
    struct lwp *l, struct pollfd *fds, unsigned nfds, const struct timespec *deadline, int *ret_n);
/*
 * For what must be waited for to its end, because it goes on anyway (a request that a program was
 * sent): one of at most 4 descriptors.  0; EINTR for the first interruption only, which
 * *interrupted remembers; ECANCELED if the process is gone; ETIMEDOUT, EAGAIN.  l may be NULL: in a
 * kernel thread.
 */
int kern_poll_firmly(struct lwp *l, struct pollfd *fds, unsigned nfds,
    const struct timespec *deadline, bool *interrupted);
/* Lets go of the giant lock for work that takes long and touches nothing of the kernel. */
void kern_release(void);
void kern_reacquire(void);
/* A thread of the kernel, which runs main(arg) with the giant lock and waits by kern_poll_firmly().
 * An errno. */
int kthread_start(void (*main)(void *), void *arg);
/* Bytes that came from and went to the process's program, in all.  Implemented by server/. */
void kern_traffic(const struct proc *p, uint64_t *ret_received, uint64_t *ret_sent);
/* Calls ready(), with the giant lock held, whenever the host descriptor can be read.  Implemented
 * by server/. */
int kern_watch(int fd, void (*ready)(void));
/* Ends the program's main loop: the kernel is to halt (reboot(2)).  Implemented by server/. */
void kern_halt(void);

#endif
