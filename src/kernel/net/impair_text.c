/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules for faults, as text: see impair.h. */
#include <errno.h>
#include <inttypes.h>
#include <math.h> /* isfinite */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/impair.h"

struct unit {
	const char *name;
	double factor;
};

static const struct unit times[] = {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {NULL, 0}};
static const struct unit rates[] = {
    {"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {NULL, 0}};

#define TIME_MAX 3600e6 /* an hour */
#define RATE_MAX 1e12

/* A number with a unit, up to max of the first unit. */
static bool
parse_amount(const char *text, const struct unit *units, double max, uint64_t *ret)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || !isfinite(value) || value < 0)
		return false;
	for (; units->name != NULL; units++) {
		if (strcmp(end, units->name) != 0)
			continue;
		if (value * units->factor > max)
			return false;
		*ret = (uint64_t)(value * units->factor + 0.5);
		return true;
	}
	return false;
}

static bool
parse_chance(const char *text, uint32_t *ret)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || strcmp(end, "%") != 0 || !(value >= 0 && value <= 100))
		return false;
	*ret = (uint32_t)(value / 100 * IMPAIR_ALWAYS);
	return true;
}

static bool
parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *ret <= max;
}

static bool
parse_value(const char *key, const char *value, struct impair_rule *r)
{
	uint64_t n;

	if (strcmp(key, "loss") == 0)
		return parse_chance(value, &r->loss);
	if (strcmp(key, "dup") == 0)
		return parse_chance(value, &r->dup);
	if (strcmp(key, "corrupt") == 0)
		return parse_chance(value, &r->corrupt);
	if (strcmp(key, "reorder") == 0)
		return parse_chance(value, &r->reorder);
	if (strcmp(key, "delay") == 0)
		return parse_amount(value, times, TIME_MAX, &r->delay_us);
	if (strcmp(key, "jitter") == 0)
		return parse_amount(value, times, TIME_MAX, &r->jitter_us);
	if (strcmp(key, "rate") == 0)
		return parse_amount(value, rates, RATE_MAX, &r->rate) && r->rate != 0;
	if (strcmp(key, "seed") == 0)
		return parse_number(value, UINT64_MAX, &r->random);
	if (!parse_number(value, UINT16_MAX, &n) || n == 0)
		return false;
	r->port = (unsigned)n;
	return true;
}

static bool
is_key(const char *word)
{
	static const char *const keys[] = {
	    "loss", "dup", "corrupt", "reorder", "delay", "jitter", "rate", "seed", "port"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(word, keys[i]) == 0)
			return true;
	}
	return false;
}

/* Takes the words of one setting from *text. */
static int
parse_one(char *word, char **text, struct impair_rule *r, char *message, size_t size)
{
	const char *value;

	if (strcmp(word, "in") == 0 || strcmp(word, "out") == 0) {
		r->in = word[0] == 'i';
		return 0;
	}
	if (!is_key(word)) {
		snprintf(message, size, "%s: not a fault", word);
		return EINVAL;
	}
	value = strsep(text, " ");
	if (value == NULL || !parse_value(word, value, r)) {
		snprintf(
		    message, size, "%s %s: not a value for it", word, value == NULL ? "" : value);
		return EINVAL;
	}
	return 0;
}

int
impair_parse(const char *text, struct impair_rule *ret, char *message, size_t size)
{
	char copy[512], *rest = copy, *word;
	int error = 0;

	if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy) {
		snprintf(message, size, "too long");
		return EINVAL;
	}
	while (error == 0 && (word = strsep(&rest, " ")) != NULL) {
		if (*word != '\0')
			error = parse_one(word, &rest, ret, message, size);
	}
	if (error == 0 && (ret->loss | ret->dup | ret->corrupt | ret->reorder | ret->delay_us |
			      ret->jitter_us | ret->rate) == 0) {
		snprintf(message, size, "no fault is named");
		error = EINVAL;
	}
	if (error == 0 && (ret->reorder | ret->jitter_us) != 0 && ret->delay_us == 0) {
		snprintf(
		    message, size, "%s needs a delay", ret->reorder != 0 ? "reorder" : "jitter");
		error = EINVAL;
	}
	return error;
}

/* --- showing --- */

struct text {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void
add(struct text *t, const char *fmt, ...)
{
	size_t room = t->len < t->size ? t->size - t->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room > 0 ? t->buf + t->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n;
}

static void
add_chance(struct text *t, const char *name, uint32_t chance)
{
	if (chance != 0)
		add(t, " %s %.6g%%", name, chance * 100.0 / IMPAIR_ALWAYS);
}

static void
add_time(struct text *t, const char *name, uint64_t us)
{
	if (us != 0)
		add(t, " %s %.6gms", name, (double)us / 1e3);
}

size_t
impair_show(const struct impair_rule *r, char *buf, size_t size)
{
	struct text t = {buf, size, 0};
	const struct impair_counts *c = &r->counts;

	add(&t, "%s %s", r->ifp->name, r->in ? "in" : "out");
	if (r->port != 0)
		add(&t, " port %u", r->port);
	add_chance(&t, "loss", r->loss);
	add_time(&t, "delay", r->delay_us);
	add_time(&t, "jitter", r->jitter_us);
	if (r->rate != 0)
		add(&t, " rate %.6gmbit", (double)r->rate / 1e6);
	add_chance(&t, "reorder", r->reorder);
	add_chance(&t, "dup", r->dup);
	add_chance(&t, "corrupt", r->corrupt);
	add(&t,
	    "\n  frames %" PRIu64 " lost %" PRIu64 " delayed %" PRIu64 " overtook %" PRIu64
	    " doubled %" PRIu64 " damaged %" PRIu64 " overflowed %" PRIu64 "\n",
	    c->seen, c->lost, c->delayed, c->overtook, c->doubled, c->damaged, c->overflowed);
	return t.len;
}
