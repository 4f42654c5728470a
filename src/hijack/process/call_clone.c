/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clone(2), as libc has it: the child begins with a function, on a stack of its own.
 *
 * With memory of its own it is a child of fork.  If it has the parent's table of descriptors, it
 * connects by itself: what it closed the parent would no longer have.  With the parent's memory it
 * is a child of vfork if the parent waits; else a thread, or like one.
 */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>

#include "client/client.h"
#include "hijack.h"
#include "process/call_vfork.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

struct cloning {
	int (*fn)(void *);
	void *arg;
	struct client_fork f;  /* with memory of its own */
	struct own_copy *copy; /* with the parent's */
};

static int
cloned_main(void *arg)
{
	struct cloning c = *(struct cloning *)arg;

	if (c.copy != NULL)
		vfork_child(c.copy);
	else
		(void)client_fork_child(&c.f);
	return c.fn(c.arg);
}

/* Is it vfork, but for the stack? */
static bool
waits_for_child(int flags)
{
	return (flags & (CLONE_VM | CLONE_VFORK)) == (CLONE_VM | CLONE_VFORK) &&
	       (flags & (CLONE_THREAD | CLONE_FILES | CLONE_FS | CLONE_SETTLS)) == 0;
}

int
hijack_clone(
    void *fn, void *stack, int flags, void *arg, void *parent_tid, void *tls, void *child_tid)
{
	struct cloning c = {.fn = (int (*)(void *))(uintptr_t)fn, .arg = arg};
	bool copied = (flags & CLONE_VM) == 0;
	int pid, error;

	if (fn != NULL && stack != NULL && waits_for_child(flags))
		c.copy = vfork_begin();
	if (fn == NULL || stack == NULL || (!copied && c.copy == NULL))
		return host.clone(fn, stack, flags, arg, parent_tid, tls, child_tid);
	if (copied && (flags & CLONE_FILES) == 0)
		(void)client_prefork(&c.f);
	else if (copied)
		(void)client_prefork_sharing_files(&c.f);
	pid = host.clone(
	    (void *)(uintptr_t)cloned_main, stack, flags, &c, parent_tid, tls, child_tid);
	error = errno;
	if (c.copy != NULL)
		return vfork_end(c.copy, pid < 0 ? -error : pid);
	if (pid > 0)
		client_fork_parent(&c.f);
	else
		client_fork_cancel(&c.f);
	errno = error;
	return pid;
}
HIJACK_EXPORTS(clone)
