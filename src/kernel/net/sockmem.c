/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/sockmem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "socket/sockmem.h"

static int memory = -1;

static int
make(void)
{
	int error = 0;

	memory = memfd_create("rump-sockets", MFD_CLOEXEC);
	if (memory < 0 || ftruncate(memory, sizeof(struct sockmem)) != 0)
		error = errno;
	if (error != 0)
		sockmem_fini();
	return error;
}

int
sockmem_share(int *ret_fd)
{
	int error = memory < 0 ? make() : 0;

	if (error != 0)
		return error;
	*ret_fd = fcntl(memory, F_DUPFD_CLOEXEC, 3);
	return *ret_fd < 0 ? errno : 0;
}

void
sockmem_fini(void)
{
	if (memory >= 0)
		close(memory);
	memory = -1;
}
