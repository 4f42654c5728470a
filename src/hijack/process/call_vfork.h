/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a child that shares our memory while this thread waits.
 *
 *	vfork_begin    from here on this thread has what is the child's, and signals are blocked;
 *	               NULL: not possible
 *	vfork_child    in the child, first of all
 *	vfork_end      in the parent, after the child has called exec or is gone; without a child,
 *	               pid is a negative errno.  The result: pid, or -1 and errno.
 */
#ifndef HIJACK_CALL_VFORK_H
#define HIJACK_CALL_VFORK_H

#include <sys/types.h>

struct own_copy;

struct own_copy *vfork_begin(void);
void vfork_child(const struct own_copy *copy);
pid_t vfork_end(struct own_copy *copy, long pid);

/* vfork with a copy of the memory instead: the parent waits all the same. */
pid_t vfork_copied(void);

#endif
