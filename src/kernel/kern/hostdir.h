/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's private directory on the host: mode 0700, a short path (a name in it fits sun_path),
 * there from before vfs_init() and net_init() until the kernel halts, when it goes with all that is
 * in it.  Host names of sockets and FIFOs live here.  Entries named "lock*" are the server's.
 */
#ifndef KERNEL_KERN_HOSTDIR_H
#define KERNEL_KERN_HOSTDIR_H

#define HOSTDIR_PATH_MAX 64 /* with the NUL */

const char *server_names_dir(void);

#endif
