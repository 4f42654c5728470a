/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules: which table of routes is asked for which packet, as `ip rule` shows and changes them. Each
 * family begins with those of Linux: the tables local, main and (IPv4) default.
 */
#ifndef KERNEL_NET_RULES_H
#define KERNEL_NET_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/ifnet.h"
#include "socket/inaddr.h"

struct rtable_query;

struct rule {
	TAILQ_ENTRY(rule) link;
	bool v4;
	uint32_t priority;
	uint8_t action; /* FR_ACT_* */
	uint32_t table;
	uint32_t target; /* FR_ACT_GOTO: the priority of the rule to go on with */
	/* For whom it is; zeroes: for all. */
	struct inaddr from, to;
	unsigned from_bits, to_bits;
	char iif[IFNET_NAME_MAX], oif[IFNET_NAME_MAX];
	uint32_t mark, mask;
	uint8_t tos;
	bool invert;      /* for all others */
	int32_t suppress; /* routes with no longer prefix do not count; -1: all do */
	uint8_t protocol; /* RTPROT_*: who made it */
};
TAILQ_HEAD(rule_list, rule);

extern struct rule_list rules_all; /* by priority, both families */

int rules_init(void);
void rules_fini(void);
bool rules_match(const struct rule *, const struct rtable_query *);
/* The next of its family, or the first (NULL). */
const struct rule *rules_next(bool v4, const struct rule *);
/* The first of this priority or behind it. */
const struct rule *rules_from(bool v4, uint32_t priority);
/* The priority that a new one gets that asks for none. */
uint32_t rules_free_priority(bool v4);
/* Adds a copy.  EEXIST: only if `only_new`. */
int rules_add(const struct rule *, bool only_new);
/* Deletes the first for which the function says so: ENOENT. */
int rules_delete(bool (*fn)(const struct rule *, const void *arg), const void *arg);

#endif
