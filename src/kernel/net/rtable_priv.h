/* SPDX-License-Identifier: BSD-2-Clause */
/* What rtable.c and rtable_check.c share. */
#ifndef KERNEL_NET_RTABLE_PRIV_H
#define KERNEL_NET_RTABLE_PRIV_H

struct rentry;

/* May it be put into its table?  Fills in what follows from the rest: the network, the interfaces
 * of gateways.  Errors as of rtable_put(). */
int rtable_check(struct rentry *r, const char **why);

#endif
