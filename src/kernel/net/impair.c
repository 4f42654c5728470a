/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults on purpose: see impair.h.
 *
 * A frame that is delayed waits in a list by the time at which it is due; the network's thread
 * takes it from there.  What a rule holds back is limited, as the queue of a real line is.
 */
#include "net/impair.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/netloop.h"

#define QUEUED_MAX 10000 /* frames of a rule */
#define RULES_MAX  256

struct waiting {
	TAILQ_ENTRY(waiting) link;
	struct impair_rule *rule; /* NULL: gone */
	struct ifnet *ifp;
	bool in;
	int64_t due_us;
	size_t len;
	uint8_t bytes[];
};

static TAILQ_HEAD(, impair_rule) rules = TAILQ_HEAD_INITIALIZER(rules);
static unsigned nrules;
static TAILQ_HEAD(waiting_list, waiting) waiting = TAILQ_HEAD_INITIALIZER(waiting);

static int send_due(struct netturn *);
static struct netturn turn = {.fn = send_due};
static bool turning;

/* --- chance --- */

/* splitmix64 */
static uint64_t
next_random(struct impair_rule *r)
{
	uint64_t z = r->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool
happens(struct impair_rule *r, uint32_t chance)
{
	return chance != 0 && (uint32_t)next_random(r) <= chance;
}

/* --- which frames --- */

/* The ports of a TCP or UDP frame; false if it has none (a later fragment, ARP ...). */
static bool
ports_of(const uint8_t *f, size_t len, unsigned ret[2])
{
	size_t at = ETH_HLEN;
	unsigned type, protocol;

	if (len < ETH_HLEN + 40)
		return false;
	type = (unsigned)f[12] << 8 | f[13];
	if (type == ETH_P_IP) {
		protocol = f[at + 9];
		if ((f[at + 6] & 0x1f) != 0 || f[at + 7] != 0)
			return false;
		at += (size_t)(f[at] & 0xf) * 4;
	} else if (type == ETH_P_IPV6) {
		protocol = f[at + 6];
		at += 40;
	} else {
		return false;
	}
	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || at + 4 > len)
		return false;
	ret[0] = (unsigned)f[at] << 8 | f[at + 1];
	ret[1] = (unsigned)f[at + 2] << 8 | f[at + 3];
	return true;
}

static struct impair_rule *
rule_for(const struct ifnet *ifp, const void *frame, size_t len, bool in)
{
	struct impair_rule *r;
	unsigned ports[2] = {0, 0};
	bool looked = false;

	TAILQ_FOREACH (r, &rules, link) {
		if (r->ifp != ifp || r->in != in)
			continue;
		if (r->port == 0)
			return r;
		if (!looked && !ports_of(frame, len, ports))
			ports[0] = ports[1] = 0;
		looked = true;
		if (ports[0] == r->port || ports[1] == r->port)
			return r;
	}
	return NULL;
}

bool
impair_any(const struct ifnet *ifp, bool in)
{
	struct impair_rule *r;

	TAILQ_FOREACH (r, &rules, link)
		if (r->ifp == ifp && r->in == in)
			return true;
	return false;
}

/* --- what happens to them --- */

static void
go_on(struct ifnet *ifp, const void *frame, size_t len, bool in)
{
	if (in)
		ifnet_receive(ifp, frame, len);
	else
		(void)ifnet_transmit(ifp, frame, len);
}

static void
drop_waiting(struct waiting *w)
{
	TAILQ_REMOVE(&waiting, w, link);
	if (w->rule != NULL)
		w->rule->queued--;
	free(w);
}

static int
send_due(struct netturn *t)
{
	struct waiting *w;
	int64_t now = netloop_now_us();

	(void)t;
	while ((w = TAILQ_FIRST(&waiting)) != NULL && w->due_us <= now) {
		TAILQ_REMOVE(&waiting, w, link);
		if (w->rule != NULL)
			w->rule->queued--;
		go_on(w->ifp, w->bytes, w->len, w->in);
		free(w);
		netloop_again(); /* the stack's turn may be over */
	}
	return w == NULL ? -1 : (int)((w->due_us - now + 999) / 1000);
}

static void
insert(struct waiting *w)
{
	struct waiting *before;

	/* Most come last. */
	TAILQ_FOREACH_REVERSE(before, &waiting, waiting_list, link)
	{
		if (before->due_us <= w->due_us)
			break;
	}
	if (before != NULL)
		TAILQ_INSERT_AFTER(&waiting, before, w, link);
	else
		TAILQ_INSERT_HEAD(&waiting, w, link);
}

static bool
hold(struct impair_rule *r, const void *frame, size_t len, int64_t due_us)
{
	struct waiting *w;

	if (r->queued >= QUEUED_MAX || (w = malloc(sizeof *w + len)) == NULL) {
		r->counts.overflowed++;
		return false;
	}
	w->rule = r;
	w->ifp = r->ifp;
	w->in = r->in;
	w->due_us = due_us;
	w->len = len;
	memcpy(w->bytes, frame, len);
	r->queued++;
	insert(w);
	return true;
}

/* When a frame of this length is to go; 0: now. */
static int64_t
due(struct impair_rule *r, size_t len)
{
	int64_t now = netloop_now_us(), at = now;

	if (r->rate != 0) {
		if (r->free_us > at)
			at = r->free_us;
		at += (int64_t)((double)len * 8e6 / (double)r->rate);
		r->free_us = at;
	}
	if (r->delay_us != 0 && happens(r, r->reorder)) {
		r->counts.overtook++;
	} else if (r->delay_us != 0) {
		at += (int64_t)r->delay_us;
		if (r->jitter_us != 0)
			at += (int64_t)(next_random(r) % (2 * r->jitter_us + 1)) -
			      (int64_t)r->jitter_us;
		r->counts.delayed++;
	}
	return at > now ? at : 0;
}

/* One copy of the frame on its way. */
static void
pass(struct impair_rule *r, const void *frame, size_t len)
{
	static uint8_t damaged[65536 + ETH_HLEN];
	int64_t at = due(r, len);

	if (len > ETH_HLEN && len <= sizeof damaged && happens(r, r->corrupt)) {
		memcpy(damaged, frame, len);
		damaged[ETH_HLEN + next_random(r) % (len - ETH_HLEN)] ^=
		    (uint8_t)(1u << next_random(r) % 8);
		frame = damaged;
		r->counts.damaged++;
	}
	if (at == 0)
		go_on(r->ifp, frame, len, r->in);
	else
		hold(r, frame, len, at);
}

bool
impair_takes(struct ifnet *ifp, const void *frame, size_t len, bool in)
{
	struct impair_rule *r = nrules == 0 ? NULL : rule_for(ifp, frame, len, in);

	if (r == NULL)
		return false;
	r->counts.seen++;
	if (happens(r, r->loss)) {
		r->counts.lost++;
		return true;
	}
	if (happens(r, r->dup)) {
		r->counts.doubled++;
		pass(r, frame, len);
	}
	pass(r, frame, len);
	return true;
}

/* --- rules --- */

/* What it holds back still goes. */
static void
rule_free(struct impair_rule *r)
{
	struct waiting *w;

	TAILQ_FOREACH (w, &waiting, link) {
		if (w->rule == r)
			w->rule = NULL;
	}
	TAILQ_REMOVE(&rules, r, link);
	nrules--;
	free(r);
}

/* Those of this interface, or all. */
static void
remove_rules(const struct ifnet *ifp)
{
	struct impair_rule *r, *next;

	for (r = TAILQ_FIRST(&rules); r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		if (ifp == NULL || r->ifp == ifp)
			rule_free(r);
	}
}

void
impair_forget(struct ifnet *ifp)
{
	struct waiting *w, *next;

	remove_rules(ifp);
	for (w = TAILQ_FIRST(&waiting); w != NULL; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->ifp == ifp)
			drop_waiting(w);
	}
}

static struct impair_rule *
find_rule(const struct impair_rule *like)
{
	struct impair_rule *r;

	TAILQ_FOREACH (r, &rules, link) {
		if (r->ifp == like->ifp && r->in == like->in && r->port == like->port)
			return r;
	}
	return NULL;
}

static int
add_rule(struct ifnet *ifp, const char *text, char *message, size_t size)
{
	struct impair_rule *r = calloc(1, sizeof *r), *old;
	int error;

	if (r == NULL || nrules >= RULES_MAX) {
		free(r);
		snprintf(message, size, "too many rules");
		return ENOMEM;
	}
	r->ifp = ifp;
	if (getrandom(&r->random, sizeof r->random, 0) < 0)
		r->random = (uint64_t)netloop_now_us();
	error = impair_parse(text, r, message, size);
	if (error == 0)
		error = netloop_start();
	if (error != 0) {
		free(r);
		return error;
	}
	if (!turning)
		netloop_add_turn(&turn);
	turning = true;
	old = find_rule(r);
	if (old != NULL)
		rule_free(old);
	if (r->port != 0)
		TAILQ_INSERT_HEAD(&rules, r, link);
	else
		TAILQ_INSERT_TAIL(&rules, r, link);
	nrules++;
	return 0;
}

static size_t
list_rules(char *buf, size_t size)
{
	const struct impair_rule *r;
	size_t len = 0;

	TAILQ_FOREACH (r, &rules, link)
		len += impair_show(r, buf + (len < size ? len : size), len < size ? size - len : 0);
	return len;
}

static int
change(const char *command, char *message, size_t size)
{
	char name[IFNET_NAME_MAX] = "";
	size_t len = strcspn(command, " ");
	const char *rule = command + len + (command[len] == ' ');
	struct ifnet *ifp;

	if (strcmp(command, "off") == 0) {
		remove_rules(NULL);
		return 0;
	}
	if (len < sizeof name)
		memcpy(name, command, len);
	ifp = ifnet_by_name(name);
	if (ifp == NULL) {
		snprintf(message, size, "%.*s: no such interface", (int)len, command);
		return ENODEV;
	}
	if (!ifnet_has_frames(ifp)) {
		snprintf(message, size,
		    "%s: there are no packets, but in a kernel that was started with "
		    "--net lo=packets",
		    name);
		return EOPNOTSUPP;
	}
	if (strcmp(rule, "off") == 0) {
		remove_rules(ifp);
		return 0;
	}
	return add_rule(ifp, rule, message, size);
}

int
impair_command(const char *command, char *buf, size_t size, size_t *ret_len)
{
	char message[256] = "";
	int error;

	if (*command == '\0') {
		*ret_len = list_rules(buf, size);
		return 0;
	}
	error = change(command, message, sizeof message);
	*ret_len = strlen(message);
	if (size > 0)
		snprintf(buf, size, "%s", message);
	return error;
}
