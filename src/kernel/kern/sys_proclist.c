/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of processes, as text, one line each:
 *
 *	PID PARENT UID HOSTPID DESCRIPTORS CALLS RECEIVED SENT NAME
 *
 * HOSTPID is 0 while it is not known: a forked child tells it with its first call.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kern/file.h"
#include "kern/proc.h"
#include "kern/usercopy.h"
#include "syscall/sys_proto.h"

static void
print_proc(FILE *out, const struct proc *p)
{
	uint64_t received, sent;

	kern_traffic(p, &received, &sent);
	fprintf(out, "%d %d %u %d %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", (int)p->pid,
	    p->parent != NULL ? (int)p->parent->pid : 0, p->cred.ruid, (int)p->host_pid,
	    filedesc_count(p->fdt), p->ncalls, received, sent, p->comm);
}

/* Also of use with a buffer that is too small: the result is the length of it all. */
int
sys_proc_list(struct lwp *l, struct uout buf, size_t size, int64_t *retval)
{
	const struct proc *p;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int error;

	if (out == NULL)
		return ENOMEM;
	LIST_FOREACH (p, &proc_all, all)
		print_proc(out, p);
	error = fclose(out) != 0 ? ENOMEM : 0;
	if (error == 0 && size > 0)
		error = uout_put(l, buf, 0, text, len < size ? len : size);
	free(text);
	*retval = (int64_t)len;
	return error;
}
