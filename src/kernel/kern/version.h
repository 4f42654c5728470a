/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says it is: uname(2) and the banner of its connections.
 */
#ifndef KERNEL_KERN_VERSION_H
#define KERNEL_KERN_VERSION_H

#include <stddef.h>

#define KERN_OSTYPE  "Linux"      /* the system whose calls it answers */
#define KERN_RELEASE "6.1.0-rump" /* programs compare it with the Linux they want */
#define KERN_VERSION "#1 rumphijack 0.5.0"
#define KERN_MACHINE "x86_64"

/* sethostname(2)'s (sys_name.c). */
const char *kern_hostname(void);
int kern_set_hostname(const char *name, size_t len); /* EINVAL */

#endif
