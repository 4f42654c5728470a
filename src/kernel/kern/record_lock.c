/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Record locks (fcntl F_SETLK and its family).
 *
 * The locks are the host's, on the memfd, so that they hold against programs that have the file as
 * a host descriptor and lock it there.  To the host all processes of this kernel are one; so each
 * (process, file) that locks gets an open file description of its own and takes open file
 * description locks on it: the host then knows the owners apart.  It does not know their pids:
 * those are found by asking every other owner's description whether it sees the lock too.
 *
 * Waiting: nobody tells us when a program on the host unlocks, so a lock is tried again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/raw.h"
#include "kern/clock.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "vfs/vnode.h"

#define RETRY_MS 5

struct lock_owner {
	struct proc *proc;
	struct vnode *vn; /* counted */
	int hostfd;
	LIST_ENTRY(lock_owner) all;
};

static LIST_HEAD(, lock_owner) owners = LIST_HEAD_INITIALIZER(owners);

int
lock_retry_pause(struct lwp *l)
{
	struct timespec deadline;
	int error;

	deadline_after_ms(RETRY_MS, &deadline);
	error = kern_wait(l, -1, 0, &deadline);
	return error == ETIMEDOUT ? 0 : error;
}

static int
get_owner(struct proc *p, struct vnode *vn, struct lock_owner **ret)
{
	struct lock_owner *o;
	int error;

	LIST_FOREACH (o, &owners, all)
		if (o->proc == p && o->vn == vn) {
			*ret = o;
			return 0;
		}
	o = malloc(sizeof *o);
	if (o == NULL)
		return ENOLCK;
	error = vn->ops->open(vn, O_RDWR, &o->hostfd);
	if (error != 0) {
		free(o);
		return ENOLCK;
	}
	o->proc = p;
	o->vn = vnode_get(vn);
	LIST_INSERT_HEAD(&owners, o, all);
	*ret = o;
	return 0;
}

void
record_locks_drop(struct proc *p, struct vnode *vn)
{
	struct lock_owner *o = LIST_FIRST(&owners), *next;

	for (; o != NULL; o = next) {
		next = LIST_NEXT(o, all);
		if (o->proc != p || (vn != NULL && o->vn != vn))
			continue;
		LIST_REMOVE(o, all);
		raw_close(o->hostfd);
		vnode_unref(o->vn);
		free(o);
	}
}

/* The pid of who holds the lock that `seen` describes, as far as it is one of ours. */
static pid_t
pid_of_holder(const struct lock_owner *asker, const struct flock *seen)
{
	struct lock_owner *o;
	struct proc *p;
	struct flock fl;

	if (seen->l_pid != -1) { /* a program's own, with its host pid */
		LIST_FOREACH (p, &proc_all, all)
			if (p->host_pid == seen->l_pid)
				return p->pid;
		return seen->l_pid;
	}
	LIST_FOREACH (o, &owners, all) {
		if (o == asker || o->vn != asker->vn)
			continue;
		fl = *seen;
		fl.l_type = F_WRLCK;
		fl.l_pid = 0;
		/* Its own lock is no obstacle to the holder. */
		if (fcntl(o->hostfd, F_OFD_GETLK, &fl) == 0 &&
		    (fl.l_type == F_UNLCK || fl.l_start != seen->l_start ||
			fl.l_len != seen->l_len))
			return o->proc->pid;
	}
	return -1;
}

/* The lock with a position from the file's beginning or end, which any description understands. */
static int
normalise(struct file *f, struct flock *fl)
{
	off_t pos;

	if (fl->l_whence != SEEK_CUR)
		return 0;
	pos = lseek(f->hostfd, 0, SEEK_CUR);
	if (pos == -1)
		return errno;
	fl->l_whence = SEEK_SET;
	fl->l_start += pos;
	return 0;
}

static int
set_lock(struct lwp *l, struct file *f, int fd, struct flock *fl, bool wait)
{
	bool reads = (f->flags & O_ACCMODE) != O_WRONLY,
	     writes = (f->flags & O_ACCMODE) != O_RDONLY;
	int error;

	if ((fl->l_type == F_RDLCK && !reads) || (fl->l_type == F_WRLCK && !writes))
		return EBADF;
	while (fcntl(fd, F_OFD_SETLK, fl) == -1) {
		error = errno;
		if ((error != EAGAIN && error != EACCES) || !wait)
			return error;
		error = lock_retry_pause(l);
		if (error != 0)
			return error;
	}
	return 0;
}

int
record_lock_fcntl(struct lwp *l, struct file *f, int cmd, struct uptr arg)
{
	bool ofd = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
	struct lock_owner *o = NULL;
	struct flock fl;
	int error, fd;

	error = uptr_get(l, arg.addr, &fl, sizeof fl);
	if (error != 0)
		return error;
	if (f->type != FILE_VNODE || !S_ISREG(f->vnode->mode))
		return EINVAL;
	if (ofd && fl.l_pid != 0)
		return EINVAL;
	error = normalise(f, &fl);
	if (error == 0 && !ofd)
		error = get_owner(l->proc, f->vnode, &o);
	if (error != 0)
		return error;
	fd = ofd ? f->hostfd : o->hostfd;
	fl.l_pid = 0;
	if (cmd == F_GETLK || cmd == F_OFD_GETLK) {
		if (fcntl(fd, F_OFD_GETLK, &fl) == -1)
			return errno;
		if (o != NULL && fl.l_type != F_UNLCK)
			fl.l_pid = pid_of_holder(o, &fl);
		return uptr_put(l, arg.addr, &fl, sizeof fl);
	}
	return set_lock(l, f, fd, &fl, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
}
