/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules by netlink. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "net/netlink/nl_priv.h"
#include "net/rules.h"

/* --- showing them --- */

static void
put_match(struct nl_out *o, const struct rule *u)
{
	if (u->to_bits != 0)
		nl_put_ip(o, FRA_DST, &u->to);
	if (u->from_bits != 0)
		nl_put_ip(o, FRA_SRC, &u->from);
	if (u->iif[0] != '\0')
		mnl_attr_put_strz(o->message, FRA_IIFNAME, u->iif);
	if (u->oif[0] != '\0')
		mnl_attr_put_strz(o->message, FRA_OIFNAME, u->oif);
	if (u->mask != 0) {
		mnl_attr_put_u32(o->message, FRA_FWMARK, u->mark);
		mnl_attr_put_u32(o->message, FRA_FWMASK, u->mask);
	}
}

void
nl_put_rule(struct nl_out *o, uint16_t type, const struct rule *u)
{
	struct fib_rule_hdr *m = nl_begin(o, type, sizeof *m);

	m->family = u->v4 ? AF_INET : AF_INET6;
	m->dst_len = (uint8_t)u->to_bits;
	m->src_len = (uint8_t)u->from_bits;
	m->tos = u->tos;
	m->table = u->table > UINT8_MAX ? RT_TABLE_COMPAT : (uint8_t)u->table;
	m->action = u->action;
	m->flags = u->invert ? FIB_RULE_INVERT : 0;
	mnl_attr_put_u32(o->message, FRA_TABLE, u->table);
	mnl_attr_put_u32(o->message, FRA_SUPPRESS_PREFIXLEN, (uint32_t)u->suppress);
	mnl_attr_put_u8(o->message, FRA_PROTOCOL, u->protocol);
	if (u->priority != 0)
		mnl_attr_put_u32(o->message, FRA_PRIORITY, u->priority);
	if (u->action == FR_ACT_GOTO)
		mnl_attr_put_u32(o->message, FRA_GOTO, u->target);
	put_match(o, u);
	nl_end(o);
}

int
nl_dump_rules(struct nl_request *r)
{
	const struct rtgenmsg *g = nl_payload(r->h, sizeof *g);
	int family = g == NULL ? AF_UNSPEC : g->rtgen_family;
	const struct rule *u;

	for (int v4 = 1; v4 >= 0; v4--) {
		if (family != AF_UNSPEC && family != (v4 ? AF_INET : AF_INET6))
			continue;
		for (u = rules_next(v4, NULL); u != NULL; u = rules_next(v4, u))
			nl_put_rule(r->out, RTM_NEWRULE, u);
	}
	return 0;
}

/* --- changing them --- */

/* What a request says, and which of the things that need not be said it does. */
struct asked {
	struct rule rule;
	bool priority, table, mark;
};

static bool
has_unknown(const struct nl_attrs *a)
{
	static const uint16_t unknown[] = {FRA_FLOW, FRA_TUN_ID, FRA_SUPPRESS_IFGROUP, FRA_L3MDEV,
	    FRA_UID_RANGE, FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE};

	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		if (a->at[unknown[i]] != NULL)
			return true;
	return false;
}

static int
take_numbers(const struct nl_attrs *a, const struct fib_rule_hdr *m, struct asked *k)
{
	struct rule *u = &k->rule;
	uint32_t suppress;
	int error = nl_get_u32(a->at[FRA_TABLE], m->table, &u->table);

	if (error == 0)
		error = nl_get_u32(a->at[FRA_PRIORITY], 0, &u->priority);
	if (error == 0)
		error = nl_get_u32(a->at[FRA_GOTO], 0, &u->target);
	if (error == 0)
		error = nl_get_u32(a->at[FRA_FWMARK], 0, &u->mark);
	if (error == 0)
		error = nl_get_u32(a->at[FRA_FWMASK], u->mark != 0 ? UINT32_MAX : 0, &u->mask);
	if (error == 0)
		error = nl_get_u32(a->at[FRA_SUPPRESS_PREFIXLEN], UINT32_MAX, &suppress);
	if (error != 0)
		return error;
	u->suppress = (int32_t)suppress;
	k->priority = a->at[FRA_PRIORITY] != NULL;
	k->table = u->table != RT_TABLE_UNSPEC;
	k->mark = a->at[FRA_FWMARK] != NULL || a->at[FRA_FWMASK] != NULL;
	return 0;
}

static int
take_match(const struct nl_attrs *a, const struct fib_rule_hdr *m, struct rule *u)
{
	/* `ip` says "all" by an address without bytes. */
	int error = nl_get_ip(m->src_len != 0 ? a->at[FRA_SRC] : NULL, m->family, &u->from);

	if (error == 0)
		error = nl_get_ip(m->dst_len != 0 ? a->at[FRA_DST] : NULL, m->family, &u->to);
	if (error == 0 && a->at[FRA_IIFNAME] != NULL)
		error = nl_get_name(a->at[FRA_IIFNAME], u->iif);
	if (error == 0 && a->at[FRA_OIFNAME] != NULL)
		error = nl_get_name(a->at[FRA_OIFNAME], u->oif);
	u->from_bits = m->src_len;
	u->to_bits = m->dst_len;
	return error == 0 &&
		       (u->from_bits > inaddr_bits(&u->from) || u->to_bits > inaddr_bits(&u->to))
		   ? EINVAL
		   : error;
}

static int
parse(struct nl_request *r, struct asked *k)
{
	struct nl_attrs a;
	const struct fib_rule_hdr *m = nl_parse(r->h, sizeof *m, &a);
	int error;

	if (m == NULL)
		return EINVAL;
	if (m->family != AF_INET && m->family != AF_INET6)
		return EAFNOSUPPORT;
	if (has_unknown(&a)) {
		r->message = "Rules for users, protocols, ports or tunnels are not supported";
		return EOPNOTSUPP;
	}
	*k = (struct asked){.rule = {.v4 = m->family == AF_INET,
				.action = m->action,
				.tos = m->tos,
				.invert = (m->flags & FIB_RULE_INVERT) != 0}};
	if (a.at[FRA_PROTOCOL] != NULL)
		k->rule.protocol = mnl_attr_get_u8(a.at[FRA_PROTOCOL]);
	error = take_numbers(&a, m, k);
	return error != 0 ? error : take_match(&a, m, &k->rule);
}

int
nl_new_rule(struct nl_request *r)
{
	struct asked k;
	int error = parse(r, &k);

	if (error != 0)
		return error;
	if (!k.priority)
		k.rule.priority = rules_free_priority(k.rule.v4);
	if (k.rule.action == FR_ACT_GOTO && k.rule.target <= k.rule.priority) {
		r->message = "Backward goto not supported";
		return EINVAL;
	}
	if (k.rule.action == FR_ACT_UNSPEC || k.rule.action >= __FR_ACT_MAX ||
	    (k.rule.action == FR_ACT_TO_TBL && !k.table))
		return EINVAL;
	return rules_add(&k.rule, (r->h->nlmsg_flags & NLM_F_EXCL) != 0);
}

/* What was not said may be anything. */
static bool
is_asked(const struct rule *u, const void *arg)
{
	const struct asked *k = arg;
	const struct rule *w = &k->rule;

	return u->v4 == w->v4 && (!k->priority || u->priority == w->priority) &&
	       (w->action == FR_ACT_UNSPEC || u->action == w->action) &&
	       (!k->table || u->table == w->table) &&
	       (!k->mark || (u->mark == w->mark && u->mask == w->mask)) &&
	       (w->target == 0 || u->target == w->target) && (w->tos == 0 || u->tos == w->tos) &&
	       (!w->invert || u->invert) &&
	       (w->from_bits == 0 ||
		   (u->from_bits == w->from_bits && inaddr_same_ip(&u->from, &w->from))) &&
	       (w->to_bits == 0 || (u->to_bits == w->to_bits && inaddr_same_ip(&u->to, &w->to))) &&
	       (w->iif[0] == '\0' || strcmp(u->iif, w->iif) == 0) &&
	       (w->oif[0] == '\0' || strcmp(u->oif, w->oif) == 0) &&
	       (w->suppress == -1 || u->suppress == w->suppress);
}

int
nl_delete_rule(struct nl_request *r)
{
	struct asked k;
	int error = parse(r, &k);

	return error != 0 ? error : rules_delete(is_asked, &k);
}
