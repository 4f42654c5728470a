/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults on purpose: frames of an interface are lost, delayed, doubled, damaged, overtaken or let
 * through at a rate, by rules that can be changed at any time.
 *
 * A rule is text, words with a value each:
 *
 *	loss P  dup P  corrupt P  reorder P   of the frames, P like 5% or 0.1%
 *	delay T [jitter T]                    T like 20ms, 500us, 1s; jitter: that much more or less
 *	rate R                                bits a second: 10mbit, 500kbit, 1gbit
 *	port N                                only TCP and UDP from or to that port
 *	in | out                              frames that come or that go (the default)
 *	seed N                                the same chances again
 *
 * Of an interface's rules the first that a frame fits decides; those with a port come before those
 * without.  A new rule for the same direction and port replaces the old one.  Giant lock.
 */
#ifndef KERNEL_NET_IMPAIR_H
#define KERNEL_NET_IMPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define IMPAIR_ALWAYS UINT32_MAX /* a chance of 1 */

struct ifnet;

struct impair_counts {
	uint64_t seen, lost, delayed, doubled, damaged, overtook, overflowed;
};

struct impair_rule {
	TAILQ_ENTRY(impair_rule) link;
	struct ifnet *ifp;
	bool in;
	unsigned port;                        /* 0: all frames */
	uint32_t loss, dup, corrupt, reorder; /* chances, of IMPAIR_ALWAYS */
	uint64_t delay_us, jitter_us, rate;   /* rate: bits a second; 0: none */
	uint64_t random;                      /* state */
	int64_t free_us;                      /* rate: when the line is free again */
	size_t queued;                        /* frames under way */
	struct impair_counts counts;
};

/* impair_text.c.  EINVAL, and in message what is wrong with which word. */
int impair_parse(const char *text, struct impair_rule *ret, char *message, size_t size);
/* The rule as such a text, and its counts; as snprintf. */
size_t impair_show(const struct impair_rule *, char *buf, size_t size);

/*
 * The command of rump.fault: "" lists all rules; "IFACE off" removes an interface's, "off" all;
 * "IFACE RULE" makes one.  *ret_len: the length of the list, or of the message if it fails: ENODEV,
 * EOPNOTSUPP (lo), EINVAL, ENOMEM.
 */
int impair_command(const char *command, char *buf, size_t size, size_t *ret_len);

/* Is there a rule for some of these frames? */
bool impair_any(const struct ifnet *, bool in);
/* For ifnet_io.c: takes the frame if a rule says so; it goes on its way later, or never. */
bool impair_takes(struct ifnet *, const void *frame, size_t len, bool in);
/* The interface goes. */
void impair_forget(struct ifnet *);

#endif
