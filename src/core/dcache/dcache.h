/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared names: what the rump kernel knows of names and attributes, for programs to look up without
 * asking it.
 *
 * A table in memory that the kernel writes and programs map for reading.  It is a cache: a slot
 * holds whatever was last put there, and what is not found is asked of the kernel, which puts it
 * there on the way.  Two arrays:
 *
 *	entries   (directory, name) -> inode number; 0: there is no such name
 *	records   inode number -> attributes; and where the host object of a regular file is, whose
 *	          size and times are read from the object itself
 *
 * The kernel takes a slot out before it answers the call that makes it wrong, so a program sees at
 * least what it was told.  One writer at a time; readers take no lock: a slot has a counter that is
 * odd while it is written, and a reader that sees it change has found nothing.
 *
 * The epoch stands in every slot: a new one empties the table at once (mounts); 0 closes it.
 */
#ifndef CORE_DCACHE_DCACHE_H
#define CORE_DCACHE_DCACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define DCACHE_ENTRIES  (1u << 16)
#define DCACHE_RECORDS  (1u << 15)
#define DCACHE_NAME_MAX 40 /* of longer names, and of this length, nothing is shared */

/* What there is to know of a file. */
struct dcache_facts {
	struct stat st; /* without what the host object knows better */
	struct timespec btime;
	uint64_t mount;
	uint32_t flags;
	int32_t object_fd; /* the kernel's descriptor of the host object; -1: none */
	uint64_t object_number;
	struct timespec object_ctime; /* of the kernel's own last change to the object */
};
#define DCACHE_ACL        0x1u /* the mode is not all there is to say about access */
#define DCACHE_MOUNT_ROOT 0x2u
#define DCACHE_SAME_OWNER 0x4u /* the host object has the file's: its times may be set there */
#define DCACHE_WATCHED    0x8u /* somebody is to be told: the kernel does it */

struct dcache_entry {
	_Atomic uint32_t seq;
	uint32_t epoch;
	uint64_t dir, ino;
	uint8_t len;
	char name[DCACHE_NAME_MAX - 1]; /* not terminated */
};
_Static_assert(sizeof(struct dcache_entry) == 64, "a cache line");

struct dcache_record {
	_Atomic uint32_t seq;
	uint32_t epoch;
	uint64_t key;
	struct dcache_facts facts;
};

struct dcache_table {
	_Atomic uint32_t epoch;
	uint64_t root; /* inode number of the root directory */
	struct dcache_entry entry[DCACHE_ENTRIES];
	struct dcache_record record[DCACHE_RECORDS];
};

/* --- the kernel --- */

void dcache_open(struct dcache_table *t, uint64_t root);
void dcache_close(struct dcache_table *t);
void dcache_new_epoch(struct dcache_table *t);
/* ino 0: there is no such name.  Longer names than can be are left out. */
void dcache_put_entry(
    struct dcache_table *t, uint64_t dir, const char *name, size_t len, uint64_t ino);
void dcache_drop_entry(struct dcache_table *t, uint64_t dir, const char *name, size_t len);
bool dcache_has_record(const struct dcache_table *t, uint64_t key);
void dcache_put_record(struct dcache_table *t, uint64_t key, const struct dcache_facts *f);
void dcache_drop_record(struct dcache_table *t, uint64_t key);

/* --- programs --- */

bool dcache_get_entry(
    const struct dcache_table *t, uint64_t dir, const char *name, size_t len, uint64_t *ret_ino);
bool dcache_get_record(const struct dcache_table *t, uint64_t key, struct dcache_facts *ret);

/* Who looks up. */
struct dcache_cred {
	uid_t uid; /* of the file system */
	gid_t gid;
	unsigned ngroups;
	const gid_t *groups;
};

#define DCACHE_UNKNOWN (-1)

/*
 * Walks a path from the directory with that inode number (or from the root) as the kernel would.
 * 0 with the facts of what is there; an errno; DCACHE_UNKNOWN: ask the kernel.
 */
int dcache_walk(const struct dcache_table *t, uint64_t dir, const char *path, bool follow,
    const struct dcache_cred *c, struct dcache_facts *ret);
/* accmode: R_OK, W_OK, X_OK.  0, EACCES or DCACHE_UNKNOWN. */
int dcache_access(const struct dcache_facts *f, const struct dcache_cred *c, int accmode);

/* --- both --- */

/* Of a number and a name. */
uint64_t dcache_hash(uint64_t number, const char *name, size_t len);

/* What the host says of the object, into the attributes of the file. */
void dcache_merge(struct stat *st, const struct stat *object, struct timespec own_ctime);
/* The same attributes as statx(2) has them; what of them is filled in is as in the model. */
void dcache_statx(const struct stat *st, struct timespec btime, uint64_t mount, bool mount_root,
    const struct statx *model, struct statx *ret);

#endif
