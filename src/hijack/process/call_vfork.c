/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfork.  The child has the parent's memory and stack; the thread that called waits until the child
 * has called exec or is gone.  What the child does to its process there must not be the parent's:
 * it has a copy of what we know of a process (own.h), and a connection of its own.
 *
 * Two processes return from this function, one after the other, and the first overwrites the stack
 * on which the second's return address lies.  So that stays in a register during the system call,
 * and the function is no C.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/raw.h"
#include "base/siglock.h"
#include "client/client.h"
#include "hijack.h"
#include "ident/lookup.h"
#include "process/call_fork.h"
#include "process/call_vfork.h"
#include "syscall/hijack_exports.h"

/* In the copy's room, for the stack is the child's. */
struct vforking {
	struct client_fork f;
	uint64_t sigmask;
};
_Static_assert(sizeof(struct vforking) <= OWN_ROOM, "it has room");

/* The runtime of a program that was built with AddressSanitizer: what a child did to the stack is
 * void. */
extern void __asan_handle_vfork(void *sp) __attribute__((weak));

struct own_copy *
vfork_begin(void)
{
	struct vforking v = {.sigmask = sigs_block()};
	struct own_copy *copy;

	(void)client_prefork(&v.f);
	copy = client_vfork_copy(&v.f);
	if (copy != NULL) {
		memcpy(copy->room, &v, sizeof v);
		return copy;
	}
	client_fork_cancel(&v.f);
	sigs_restore(v.sigmask);
	return NULL;
}

void
vfork_child(const struct own_copy *copy)
{
	struct vforking v;

	memcpy(&v, copy->room, sizeof v);
	(void)client_vfork_child(&v.f);
	lookup_creds_changed();
	sigs_restore(v.sigmask);
}

pid_t
vfork_end(struct own_copy *copy, long pid)
{
	struct vforking v;

	memcpy(&v, copy->room, sizeof v);
	if (__asan_handle_vfork != NULL)
		__asan_handle_vfork(__builtin_frame_address(0));
	own_end(copy);
	if (pid > 0)
		client_fork_parent(&v.f);
	else
		client_fork_cancel(&v.f);
	sigs_restore(v.sigmask);
	return pid < 0 ? hijack_fail((int)-pid) : (pid_t)pid;
}

/* Comes twice: pid is 0 in the child, then the child's, or a negative errno. */
__attribute__((used)) static pid_t
vfork_return(struct own_copy *copy, long pid)
{
	if (pid != 0)
		return vfork_end(copy, pid);
	vfork_child(copy);
	return 0;
}

static pid_t
raw_vfork(void)
{
	long pid = raw_call5(SYS_clone, CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, 0);

	return pid < 0 ? hijack_fail((int)-pid) : (pid_t)pid;
}

pid_t
vfork_copied(void)
{
	return fork_both(raw_vfork);
}

__attribute__((naked)) pid_t
hijack_vfork(void)
{
	__asm__("	sub	$8, %rsp\n"
		"	.cfi_adjust_cfa_offset 8\n"
		"	call	vfork_begin\n"
		"	add	$8, %rsp\n"
		"	.cfi_adjust_cfa_offset -8\n"
		"	test	%rax, %rax\n"
		"	jz	vfork_copied\n"
		"	pop	%rdi\n" /* the return address; the kernel keeps rdi and rsi */
		"	.cfi_adjust_cfa_offset -8\n"
		"	.cfi_register %rip, %rdi\n"
		"	mov	%rax, %rsi\n"
		"	mov	$58, %eax\n" /* SYS_vfork */
		"	syscall\n"
		"	push	%rdi\n"
		"	.cfi_adjust_cfa_offset 8\n"
		"	.cfi_offset %rip, -8\n"
		"	mov	%rsi, %rdi\n"
		"	mov	%rax, %rsi\n"
		"	jmp	vfork_return\n");
}
HIJACK_EXPORTS(vfork)
