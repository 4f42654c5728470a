/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preforks: processes made for a child that has not connected yet, found by a cookie that is good
 * once.  They outlive the parent; then a time-out collects those that nobody will claim.  Giant
 * lock.
 */
#ifndef KERNEL_SERVER_PREFORK_H
#define KERNEL_SERVER_PREFORK_H

#include <stdint.h>

struct guest;
struct proc;

/* EAGAIN: too many unclaimed; ENOMEM. */
int prefork_new(struct guest *parent, uint32_t ret_cookie[4]);
/* The process behind the cookie, now the caller's.  ESRCH. */
int prefork_claim(const uint32_t cookie[4], struct proc **ret);
void prefork_orphan(struct guest *parent);
/* Without the lock: ends what has waited too long; how long epoll may sleep until the next look
 * (-1: for ever). */
int prefork_expire(void);
void prefork_drop_all(void);

#endif
