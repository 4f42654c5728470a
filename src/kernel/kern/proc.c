/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of processes.  Pids only grow (until they wrap, after millions), so a pid that a client
 * remembers does not soon mean somebody else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "kern/file.h"
#include "kern/proc.h"
#include "kern/vnode_file.h"
#include "vfs/vfs.h"

#define PID_WRAP      4194304 /* as Linux: pids stay below 2^22 */
#define PID_FIRST     2
#define PROC_MAX      65536
#define UMASK_DEFAULT 022

struct proc *proc_init_p;
_Thread_local struct lwp *curlwp;
struct proclist proc_all = LIST_HEAD_INITIALIZER(proc_all);

static unsigned nprocs;
static pid_t pid_next = PID_FIRST;
static bool pid_wrapped;

static pid_t
pid_new(void)
{
	pid_t pid;

	do {
		pid = pid_next++;
		if (pid_next == PID_WRAP) {
			pid_next = PID_FIRST;
			pid_wrapped = true;
		}
	} while (pid_wrapped && proc_find(pid) != NULL);
	return pid;
}

static void
proc_set_dir(struct vnode **slot, struct vnode *v)
{
	vnode_ref(v);
	*slot = v;
}

static void
proc_set_comm(struct proc *p, const char *comm)
{
	memset(p->comm, 0, sizeof p->comm);
	memcpy(p->comm, comm, strnlen(comm, sizeof p->comm - 1));
}

int
proc_init(void)
{
	struct proc *p = calloc(1, sizeof *p);

	if (p == NULL)
		return ENOMEM;
	p->fdt = filedesc_new();
	if (p->fdt == NULL) {
		free(p);
		return ENOMEM;
	}
	p->pid = 1;
	p->umask = UMASK_DEFAULT;
	proc_set_comm(p, "init");
	proc_set_dir(&p->cwd, vfs_root());
	proc_set_dir(&p->root, vfs_root());
	LIST_INSERT_HEAD(&proc_all, p, all);
	nprocs = 1;
	proc_init_p = p;
	return 0;
}

int
proc_new(struct proc *parent, bool copy_files, struct proc **ret)
{
	struct proc *p;

	if (nprocs >= PROC_MAX)
		return EAGAIN;
	p = calloc(1, sizeof *p);
	if (p == NULL)
		return ENOMEM;
	p->fdt = copy_files ? filedesc_copy(parent->fdt) : filedesc_new();
	if (p->fdt == NULL) {
		free(p);
		return ENOMEM;
	}
	p->pid = pid_new();
	p->parent = parent;
	p->cred = parent->cred;
	p->umask = parent->umask;
	p->abslinks = parent->abslinks;
	p->host_root = parent->host_root;
	proc_set_comm(p, parent->comm);
	proc_set_dir(&p->cwd, parent->cwd);
	proc_set_dir(&p->root, parent->root);
	LIST_INSERT_HEAD(&parent->children, p, siblings);
	LIST_INSERT_HEAD(&proc_all, p, all);
	nprocs++;
	*ret = p;
	return 0;
}

void
proc_exec(struct proc *p, const char *comm)
{
	filedesc_close_on_exec(p->fdt);
	proc_set_comm(p, comm);
}

void
proc_exit(struct proc *p)
{
	struct proc *child;

	record_locks_drop(p, NULL);
	filedesc_free(p->fdt);
	vnode_unref(p->cwd);
	vnode_unref(p->root);
	while ((child = LIST_FIRST(&p->children)) != NULL) {
		CHECK(p != proc_init_p);
		LIST_REMOVE(child, siblings);
		child->parent = proc_init_p;
		LIST_INSERT_HEAD(&proc_init_p->children, child, siblings);
	}
	if (p == proc_init_p)
		proc_init_p = NULL;
	else
		LIST_REMOVE(p, siblings);
	LIST_REMOVE(p, all);
	nprocs--;
	free(p);
}

struct proc *
proc_find(pid_t pid)
{
	struct proc *p;

	LIST_FOREACH (p, &proc_all, all) {
		if (p->pid == pid)
			return p;
	}
	return NULL;
}
