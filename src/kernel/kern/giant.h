/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The giant lock, for threads of the kernel that run no system call.  Implemented by server/.
 */
#ifndef KERNEL_KERN_GIANT_H
#define KERNEL_KERN_GIANT_H

void giant_lock(void);
void giant_unlock(void);

#endif
