/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the environment asks of the hijacker: RUMPHIJACK, as rumphijack(3) describes it.
 * Read when first needed, which may be before any constructor ran: no allocation, no lock.
 */
#ifndef HIJACK_CONFIG_H
#define HIJACK_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_BLANKETS 16

struct config {
	const char *prefix; /* absolute, no slash at the end; "" for the whole tree */
	const char *blanket[CONFIG_BLANKETS]; /* the same form; the first `blankets` are set */
	size_t blankets;
	uint64_t families; /* bit AF_x: sockets of it go to the rump kernel */
	bool rump_names;   /* hosts are looked up in the rump kernel's world */
	bool keep_env;     /* exec puts back what an emptied environment lacks */
	int fdoff;         /* rump descriptors begin here, the host's end here; 0: no border */
};

/* A malformed value ends the program: one line on stderr, exit status 1. */
const struct config *config_get(void);

/* Reads the configuration that text says, which it cuts up and points into: NULL, or why it is no
 * good. */
const char *config_parse(struct config *c, char *text);

/* Ends the program because environment variable `name` is no good. */
_Noreturn void config_die(const char *name, const char *value, const char *why);
/* A decimal number of at most `max` and nothing else, or -1. */
long config_number(const char *text, long max);

#endif
