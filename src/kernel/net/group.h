/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast groups: which socket is in which, on which interface; and who gets what is sent to a
 * group or to all of a network.
 */
#ifndef KERNEL_NET_GROUP_H
#define KERNEL_NET_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "socket/deleg.h"

struct bound;

/* For the host socket: 0 or the errno of setsockopt(2). */
int group_change(int fd, const struct deleg_group *ask, int *ret_index);
/* Does the socket take a datagram for a group or a broadcast address? */
bool group_takes(
    const struct bound *b, const struct inaddr *dest, const struct inaddr *src, uint32_t index);
/* Who gets what the sender sends. */
int group_many(const struct deleg_many *ask, struct deleg_receivers *reply);
/* The socket with this cookie is gone. */
void group_forget(uint64_t cookie);
void group_fini(void);

/* Groups, and how many want each: those that sockets have joined on the interface; all that the
 * interface is in (group_list.c). */
struct ifnet;
typedef void group_fn(void *arg, const struct inaddr *group, unsigned users);
void group_each_joined(uint32_t index, bool v4, group_fn *fn, void *arg);
void group_each(const struct ifnet *ifp, bool v4, group_fn *fn, void *arg);

#endif
