/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that are the rump kernel's own, not the host's (device.c): whoever makes one says here
 * what its number is and how it is opened.
 */
#ifndef KERNEL_VFS_DEVICE_H
#define KERNEL_VFS_DEVICE_H

#include <sys/queue.h>
#include <sys/types.h>

struct device_driver {
	SLIST_ENTRY(device_driver) link;
	unsigned major, minor;
	/* Gives the host descriptor that the program is to have; flags: O_NONBLOCK counts. */
	int (*open)(int flags, int *ret_fd);
};

/* It is there from now on; the structure is kept. */
void device_add(struct device_driver *);

#endif
