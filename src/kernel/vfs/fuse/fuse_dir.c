/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: looking names up, and reading.
 *
 * A directory is read whole when a program begins to read it, and the records come from that
 * listing: positions in a directory mean something to a program for one opening only, while ours
 * must hold for descriptors that were duplicated and inherited.  A position is the listing's
 * number and that of the record.  READDIRPLUS gives names and attributes in one go.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "vfs/fuse/fuse.h"

#define LISTINGS_MAX  4 /* of one directory */
#define READ_SIZE     (64u << 10)
#define LISTING_BYTES (256u << 20) /* more names than that are a program gone mad */

struct record {
	ino_t ino;
	uint32_t name; /* where in `names` */
	uint8_t type;
	uint8_t len;
};

struct fuse_listing {
	struct fuse_listing *next;
	uint64_t id;
	struct record *records;
	size_t nrecords, records_size;
	char *names;
	size_t names_len, names_size;
};

int
fuse_entered(struct fuse_node *dir, const char *name, size_t len, const struct fuse_entry_out *e,
    struct vnode **ret)
{
	struct fuse_node *n;
	int error = fuse_node_get(fuse_of(dir), e, &n);

	if (error != 0)
		return error;
	error = fuse_name_add(dir, name, len, n, e);
	if (error != 0)
		vnode_unref(&n->v);
	else
		*ret = &n->v;
	return error;
}

static int
ask(struct fuse_node *dir, const char *name, size_t len, struct vnode **ret)
{
	struct fuse_request r = fuse_request(FUSE_LOOKUP, dir->nodeid);
	struct fuse_entry_out e = {.nodeid = 0};
	uint64_t changes = dir->changes;
	char text[NAME_MAX + 1];
	struct fuse_node *n;
	int error;

	memcpy(text, name, len);
	text[len] = '\0';
	fuse_in_name(&r, text);
	r.out = &e;
	r.out_min = FUSE_COMPAT_ENTRY_OUT_SIZE;
	r.out_size = sizeof e;
	error = fuse_call(fuse_of(dir), &r);
	if (error == ENOENT || (error == 0 && e.nodeid == 0)) {
		if (changes == dir->changes)
			fuse_name_add_missing(dir, name, len, &e);
		return ENOENT;
	}
	if (error != 0)
		return error;
	if (changes == dir->changes)
		return fuse_entered(dir, name, len, &e, ret);
	/* The name may be another's by now: good for this caller, not to be kept. */
	error = fuse_node_get(fuse_of(dir), &e, &n);
	if (error == 0)
		*ret = &n->v;
	return error;
}

int
fuse_lookup(struct vnode *dirvn, const char *name, size_t len, struct vnode **ret)
{
	struct fuse_node *dir = fuse_node_of(dirvn);
	struct fuse_name *nm = fuse_name_find(dir, name, len);

	if (nm != NULL && fuse_now() < nm->expires)
		return nm->node == NULL ? ENOENT : vnode_hold(&nm->node->v, ret);
	return ask(dir, name, len, ret);
}

/* --- reading --- */

static void
listing_free(struct fuse_listing *li)
{
	free(li->records);
	free(li->names);
	free(li);
}

/* Keeps the first `keep`. */
static void
listings_trim(struct fuse_node *n, unsigned keep)
{
	struct fuse_listing **link = &n->listings, *li;

	while (*link != NULL && keep-- != 0)
		link = &(*link)->next;
	while ((li = *link) != NULL) {
		*link = li->next;
		listing_free(li);
	}
}

void
fuse_listings_free(struct fuse_node *n)
{
	listings_trim(n, 0);
}

/* Room for one more. */
static bool
grow(void *mem, size_t *size, size_t need, size_t each)
{
	void **p = mem, *more;
	size_t want = *size == 0 ? 64 : *size;

	while (want < need)
		want *= 2;
	if (want == *size)
		return true;
	more = realloc(*p, want * each);
	if (more == NULL)
		return false;
	*p = more;
	*size = want;
	return true;
}

static int
listing_add(struct fuse_listing *li, ino_t ino, uint32_t type, const char *name, size_t len)
{
	if (li->names_len + len > LISTING_BYTES)
		return EIO;
	if (!grow(&li->records, &li->records_size, li->nrecords + 1, sizeof *li->records) ||
	    !grow(&li->names, &li->names_size, li->names_len + len, 1))
		return ENOMEM;
	li->records[li->nrecords++] = (struct record){.ino = ino,
	    .name = (uint32_t)li->names_len,
	    .type = (uint8_t)type,
	    .len = (uint8_t)len};
	memcpy(li->names + li->names_len, name, len);
	li->names_len += len;
	return 0;
}

static bool
is_dots(const struct fuse_record *rec)
{
	return rec->len <= 2 && memcmp(rec->name, "..", rec->len) == 0;
}

/* READDIRPLUS: the record is a lookup as well. */
static int
enter(struct fuse_node *dir, const struct fuse_record *rec, ino_t *ino)
{
	CLEANUP_VNODE struct vnode *vn = NULL;
	struct fuse_entry_out e;
	int error;

	if (rec->entry == NULL || is_dots(rec))
		return 0;
	memcpy(&e, rec->entry, sizeof e);
	if (e.nodeid == 0)
		return 0;
	error = fuse_entered(dir, rec->name, rec->len, &e, &vn);
	if (error == 0)
		*ino = vn->ino;
	return error;
}

/* The records of one reply; *offset is where the next begins. */
static int
take_records(struct fuse_node *dir, struct fuse_listing *li, const char *buf, size_t len, bool plus,
    uint64_t *offset)
{
	struct fuse_record rec;
	size_t pos = 0;
	ino_t ino;
	int got, error;

	while ((got = fuse_reply_record(buf, len, plus, &pos, &rec)) > 0) {
		ino = rec.ino;
		error = enter(dir, &rec, &ino);
		if (error == 0)
			error = listing_add(li, ino, rec.type, rec.name, rec.len);
		if (error != 0)
			return error;
		*offset = rec.off;
	}
	if (got == 0 && pos != 0)
		return 0;
	fuse_end(fuse_of(dir));
	return EIO;
}

static int
read_records(struct fuse_node *dir, struct fuse_listing *li, uint64_t fh)
{
	struct fuse_mount *fm = fuse_of(dir);
	CLEANUP_FREE char *buf = malloc(READ_SIZE);
	struct fuse_read_in in = {.fh = fh, .size = READ_SIZE};
	int error = buf == NULL ? ENOMEM : 0;

	while (error == 0) {
		bool plus = (fm->flags & FUSE_DO_READDIRPLUS) != 0;
		struct fuse_request r =
		    fuse_request(plus ? FUSE_READDIRPLUS : FUSE_READDIR, dir->nodeid);

		fuse_in(&r, &in, sizeof in);
		r.out = buf;
		r.out_size = READ_SIZE;
		error = fuse_call(fm, &r);
		if (error == ENOSYS && plus) {
			fm->flags &= ~(uint64_t)FUSE_DO_READDIRPLUS;
			error = 0;
			continue;
		}
		if (error != 0 || r.out_len == 0)
			break;
		error = take_records(dir, li, buf, r.out_len, plus, &in.offset);
	}
	return error;
}

static int
open_directory(struct fuse_node *dir, struct fuse_handle *h)
{
	struct fuse_open_in in = {.flags = O_RDONLY | O_DIRECTORY};
	struct fuse_request r = fuse_request(FUSE_OPENDIR, dir->nodeid);
	struct fuse_open_out out = {.fh = 0};
	int error;

	fuse_in(&r, &in, sizeof in);
	r.out = &out;
	r.out_min = r.out_size = sizeof out;
	error = fuse_call(fuse_of(dir), &r);
	h->silent = error == ENOSYS;
	h->fh = out.fh;
	return h->silent ? 0 : error;
}

static void
close_directory(struct fuse_node *dir, const struct fuse_handle *h)
{
	struct fuse_request r = fuse_request(FUSE_RELEASEDIR, dir->nodeid);
	struct fuse_release_in in = {.fh = h->fh};

	fuse_in(&r, &in, sizeof in);
	if (!h->silent)
		fuse_post(fuse_of(dir), &r, true);
}

static int
read_listing(struct fuse_node *dir, struct fuse_listing **ret)
{
	struct fuse_listing *li = calloc(1, sizeof *li);
	struct fuse_handle h;
	int error;

	if (li == NULL)
		return ENOMEM;
	error = open_directory(dir, &h);
	if (error == 0) {
		error = read_records(dir, li, h.fh);
		close_directory(dir, &h);
	}
	if (error != 0) {
		listing_free(li);
		return error;
	}
	li->id = ++dir->last_listing;
	li->next = dir->listings;
	dir->listings = li;
	listings_trim(dir, LISTINGS_MAX);
	*ret = li;
	return 0;
}

/* The one that the position is in; the latest, if that is not kept any more. */
static struct fuse_listing *
find_listing(struct fuse_node *dir, uint64_t id)
{
	struct fuse_listing *li;

	for (li = dir->listings; li != NULL; li = li->next)
		if (li->id == id)
			return li;
	return dir->listings;
}

int
fuse_fsync_directory(struct fuse_node *dir, bool datasync)
{
	struct fuse_request r = fuse_request(FUSE_FSYNCDIR, dir->nodeid);
	struct fuse_fsync_in in = {.fsync_flags = datasync ? 1 : 0};
	struct fuse_handle h;
	int error = open_directory(dir, &h);

	if (error != 0)
		return error;
	in.fh = h.fh;
	fuse_in(&r, &in, sizeof in);
	error = fuse_call(fuse_of(dir), &r);
	close_directory(dir, &h);
	return error == ENOSYS ? 0 : error;
}

int
fuse_readdir(struct vnode *vn, uint64_t *cookie, readdir_fn *emit, void *arg)
{
	struct fuse_node *dir = fuse_node_of(vn);
	struct fuse_listing *li = *cookie == 0 ? NULL : find_listing(dir, *cookie >> 32);
	uint64_t id;
	int error = 0;

	if (vn->nlink == 0)
		return ENOENT;
	if (li == NULL)
		error = read_listing(dir, &li);
	if (error != 0)
		return error;
	id = li->id << 32;
	for (size_t i = *cookie & UINT32_MAX; i < li->nrecords; i++) {
		const struct record *rec = &li->records[i];

		if (!emit(arg, rec->ino, rec->type, li->names + rec->name, rec->len, id | (i + 1)))
			break;
		*cookie = id | (i + 1);
	}
	return 0;
}
