/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of host objects (dcache/object.h), as they are seen from a program. */
#ifndef HIJACK_OBJECT_H
#define HIJACK_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * The number of the object that the host's fstat(2) tells of; 0: it cannot be one of the rump
 * kernel's.  Without a connection a look must be enough, and only for what is almost certainly one
 * a connection is made (a descriptor may have come by spawn or SCM_RIGHTS).
 */
uint64_t object_of(const struct stat *st);

/* Is what was opened as the object with that number the object? */
bool object_is(const struct stat *st, uint64_t number);

/* The rump kernel gave us a file on this device: what was thought of it may be wrong. */
void object_seen(const struct stat *st);

#endif
