/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking names up without asking the rump kernel, in the table that it shares (dcache/dcache.h).
 * A program has the table after some calls about names; whatever is not there is asked.
 */
#ifndef HIJACK_LOOKUP_H
#define HIJACK_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "dcache/dcache.h"

#define LOOKUP_ASK DCACHE_UNKNOWN

/* What the path leads to, as a route has it: 0, an errno, or LOOKUP_ASK. */
int lookup(uint64_t dir, const char *path, bool follow, struct dcache_facts *ret);
/* Attributes, those of the host object too.  0 or LOOKUP_ASK. */
int lookup_stat(const struct dcache_facts *f, struct stat *st);
/* The same of an open file, from its object's number and what the host says of it.  0 or
 * LOOKUP_ASK. */
int lookup_open(uint64_t number, const struct stat *object, struct stat *st);
/*
 * May the owner and the times of the open file be set on its object itself?  If so,
 * lookup_still_holds() afterwards: if not, the rump kernel must be told, too.
 */
bool lookup_owns_object(uint64_t word, struct dcache_facts *ret);
/* 0, EACCES or LOOKUP_ASK; by the ids that count for opening. */
int lookup_access(const struct dcache_facts *f, int accmode);
/* Are those what access(2) goes by, too? */
bool lookup_has_one_id(void);
/* The host object was opened: was it the file's until then?  If not, it may be nobody's now. */
bool lookup_still_holds(const struct dcache_facts *f);

/* What was found out about the process is so no more. */
void lookup_creds_changed(void);
void lookup_cwd_changed(void);

#endif
