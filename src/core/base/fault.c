/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probing memory, a page at a time, by system calls that touch it and do nothing else:
 *
 *	reading    rt_sigprocmask(2) with an operation that does not exist: it copies the set in
 *	           (EFAULT), then refuses (EINVAL).  About the cost of getpid(2), a fifth of
 *	           process_vm_readv(2).
 *	writing    futex(2) FUTEX_WAKE_OP, which ORs 0 into the word: a write that changes nothing.
 *
 * valgrind(1) knows neither and complains; for it a byte is read, and written back.
 *
 * A page that another thread unmaps between probe and use ends the program, as it would in any
 * library function.
 */
#include "base/fault.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#if HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include "base/raw.h"

#define PAGE              UINT64_C(4096)
#define NO_SUCH_OPERATION 99

static uint64_t
page_of(uint64_t addr)
{
	return addr & ~(PAGE - 1);
}

/* SYS_process_vm_readv or its like, of one byte of ours. */
static bool
move_byte(long nr, uint64_t addr, char *byte)
{
	struct iovec local = {byte, 1}, remote = {(void *)(uintptr_t)addr, 1};

	return raw_call6(nr, raw_call0(SYS_getpid), &local, 1, &remote, 1, 0) == 1;
}

/* NULL would be no set at all; nothing is ever mapped in the first page. */
static bool
page_readable(uint64_t addr)
{
	char byte = 0;

	if (RUNNING_ON_VALGRIND)
		return move_byte(SYS_process_vm_readv, addr, &byte);
	return addr >= PAGE && raw_call4(SYS_rt_sigprocmask, NO_SUCH_OPERATION, addr & ~UINT64_C(7),
				   NULL, 8) != -EFAULT;
}

static bool
page_writable(uint64_t addr)
{
	uint32_t nobody = 0;
	char byte = 0;

	if (RUNNING_ON_VALGRIND)
		return move_byte(SYS_process_vm_readv, addr, &byte) &&
		       move_byte(SYS_process_vm_writev, addr, &byte);
	return raw_call6(SYS_futex, &nobody, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, 0,
		   addr & ~UINT64_C(3), FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0)) != -EFAULT;
}

static int
probe(uint64_t addr, size_t len, bool (*page_ok)(uint64_t addr))
{
	uint64_t end;

	if (len == 0)
		return 0;
	if (__builtin_add_overflow(addr, len, &end))
		return EFAULT;
	for (uint64_t at = addr; at < end; at = page_of(at) + PAGE) {
		if (!page_ok(at))
			return EFAULT;
	}
	return 0;
}

int
fault_readable(uint64_t addr, size_t len)
{
	return probe(addr, len, page_readable);
}

int
fault_read(void *dst, uint64_t addr, size_t len)
{
	int error = probe(addr, len, page_readable);

	if (error == 0 && len != 0)
		memcpy(dst, (const void *)(uintptr_t)addr, len);
	return error;
}

int
fault_writable(uint64_t addr, size_t len)
{
	return probe(addr, len, page_writable);
}

int
fault_write(uint64_t addr, const void *src, size_t len)
{
	int error = probe(addr, len, page_writable);

	if (error == 0 && len != 0)
		memcpy((void *)(uintptr_t)addr, src, len);
	return error;
}

int
fault_strlen(uint64_t addr, size_t max, size_t *ret_len)
{
	size_t len = 0;

	while (len < max) {
		const char *at = (const char *)(uintptr_t)(addr + len);
		size_t n = PAGE - ((addr + len) & (PAGE - 1));
		const char *nul;

		if (n > max - len)
			n = max - len;
		if (!page_readable(addr + len))
			return EFAULT;
		nul = memchr(at, '\0', n);
		if (nul != NULL) {
			*ret_len = len + (size_t)(nul - at) + 1;
			return 0;
		}
		len += n;
	}
	*ret_len = max;
	return 0;
}

int
fault_vector(char *const *vector, bool strings)
{
	uint64_t addr = (uintptr_t)vector, page = 0, string_page = 0;
	char *const *at = vector;

	if (vector == NULL)
		return 0;
	for (;; at++, addr += sizeof *at) {
		if (page_of(addr) != page && fault_readable(addr, sizeof *at) != 0)
			return EFAULT;
		page = page_of(addr);
		if (*at == NULL)
			return 0;
		/* Most of them lie side by side. */
		if (strings && page_of((uintptr_t)*at) != string_page &&
		    !page_readable((uintptr_t)*at))
			return EFAULT;
		string_page = page_of((uintptr_t)*at);
	}
}
