/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls by which libc reads from a file unseen.  What it is about to read of a large one has to be
 * there (parts.h).
 */
#include <aio.h>
#include <errno.h>
#include <stdio.h>

#include "hijack.h"
#include "ident/parts.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

FILE *
hijack_fdopen(int fd, const char *mode)
{
	int error = parts_need_all(fd);

	if (error != 0) {
		errno = error;
		return NULL;
	}
	return host.fdopen(fd, mode);
}
HIJACK_EXPORTS(fdopen)

/* libc reads later, on a thread of its own. */
int
hijack_aio_read(struct aiocb *cb)
{
	int error = parts_need(cb->aio_fildes, cb->aio_offset, cb->aio_nbytes);

	return error != 0 ? hijack_fail(error) : host.aio_read(cb);
}
HIJACK_EXPORTS(aio_read)

int
hijack_lio_listio(int mode, struct aiocb *const *list, int n, struct sigevent *event)
{
	int error = 0;

	for (int i = 0; i < n && error == 0; i++)
		if (list[i] != NULL && list[i]->aio_lio_opcode == LIO_READ)
			error = parts_need(
			    list[i]->aio_fildes, list[i]->aio_offset, list[i]->aio_nbytes);
	return error != 0 ? hijack_fail(error) : host.lio_listio(mode, list, n, event);
}
HIJACK_EXPORTS(lio_listio)
