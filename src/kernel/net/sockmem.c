/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/sockmem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/shared.h"
#include "socket/sockmem.h"

static int memory = -1;

static int
make(void)
{
	const size_t size = sizeof(struct sockmem);
	void *unused;
	int error = shared_make("rump-sockets", size, false, &memory, &unused);

	if (error == 0)
		munmap(unused, size); /* it is mapped where it is used (socket/sockmem.c) */
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
