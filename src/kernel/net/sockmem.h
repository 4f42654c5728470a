/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's side of the memory that it shares with its programs (socket/sockmem.h).  It believes
 * nothing that is in there: what a program writes can at most mislead programs.
 */
#ifndef KERNEL_NET_SOCKMEM_H
#define KERNEL_NET_SOCKMEM_H

/* A descriptor of it, the caller's: 0 or an errno. */
int sockmem_share(int *ret_fd);
void sockmem_fini(void);

#endif
