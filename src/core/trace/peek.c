/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host kernel reads for us: process_vm_readv(2) on ourselves says EFAULT where a load would be
 * the end of the program.
 */
#include "trace/peek.h"

#include <string.h>
#include <sys/uio.h>

#include "base/raw.h"

#define PAGE 4096

bool
peek(uint64_t addr, void *buf, size_t len)
{
	struct iovec to = {buf, len}, from = {(void *)(uintptr_t)addr, len};
	long pid = raw_call0(SYS_getpid);

	return raw_call6(SYS_process_vm_readv, pid, &to, 1, &from, 1, 0) == (long)len;
}

/* Page by page: the string may end just before memory that is not there. */
bool
peek_string(uint64_t addr, char *buf, size_t size, bool *ret_more)
{
	size_t n = 0;

	*ret_more = true;
	while (n < size - 1 && *ret_more) {
		size_t part = PAGE - (addr + n) % PAGE;

		if (part > size - 1 - n)
			part = size - 1 - n;
		if (!peek(addr + n, buf + n, part))
			return false;
		*ret_more = memchr(buf + n, '\0', part) == NULL;
		n += part;
	}
	buf[n] = '\0';
	return true;
}
