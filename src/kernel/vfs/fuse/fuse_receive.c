/* SPDX-License-Identifier: BSD-2-Clause */
/* Receiving: replies to those who wait for them, replies that nobody waits for, notifications. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fuse_preload/mounted.h"
#include "vfs/fuse/fuse.h"

static void
give_back_handle(struct fuse_mount *fm, uint32_t opcode, uint64_t fh)
{
	struct fuse_release_in in = {.fh = fh};
	struct fuse_request r =
	    fuse_request(opcode == FUSE_OPENDIR ? FUSE_RELEASEDIR : FUSE_RELEASE, 0);

	fuse_in(&r, &in, sizeof in);
	fuse_post(fm, &r, true);
}

/* The reply to a request whose caller is gone: what it gives is not wanted. */
static void
give_back(struct fuse_mount *fm, uint32_t opcode, const char *body, size_t len)
{
	struct fuse_entry_out entry = {.nodeid = 0};
	struct fuse_open_out open;

	switch (opcode) {
	case FUSE_LOOKUP:
	case FUSE_MKNOD:
	case FUSE_MKDIR:
	case FUSE_SYMLINK:
	case FUSE_LINK:
	case FUSE_CREATE:
		memcpy(&entry, body, len < sizeof entry ? len : sizeof entry);
		if (entry.nodeid > FUSE_ROOT_ID)
			fuse_node_forget(fm, entry.nodeid, 1);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		if (len == sizeof open) {
			memcpy(&open, body, sizeof open);
			give_back_handle(fm, opcode, open.fh);
		}
		break;
	}
}

static bool
take_abandoned(struct fuse_mount *fm, const struct fuse_out_header *h, const char *body, size_t len)
{
	struct fuse_abandoned *a;
	uint32_t opcode;

	LIST_FOREACH (a, &fm->abandoned, link)
		if (a->unique == h->unique)
			break;
	if (a == NULL)
		return false;
	opcode = a->opcode;
	LIST_REMOVE(a, link);
	free(a);
	if (h->error == 0)
		give_back(fm, opcode, body, len);
	return true;
}

/* --- notifications --- */

static struct fuse_node *
find_node(struct fuse_mount *fm, uint64_t nodeid)
{
	struct fuse_node *n;

	HASH_FIND(hh, fm->nodes, &nodeid, sizeof nodeid, n);
	return n;
}

/* Attributes, and from some offset on the bytes, are others now. */
static void
inode_changed(struct fuse_mount *fm, uint64_t nodeid, bool bytes)
{
	struct fuse_node *n = find_node(fm, nodeid);

	if (n == NULL)
		return;
	fuse_node_stale(n);
	if (bytes)
		fuse_cache_doubt(n);
}

static void
name_changed(struct fuse_mount *fm, uint64_t parent, const char *name, size_t room, uint32_t len)
{
	struct fuse_node *dir = find_node(fm, parent);

	if (dir != NULL && len < room && len <= NAME_MAX)
		fuse_name_expire(dir, name, len);
}

/* The program asks for what we have in our cache: nothing that it has not. */
static void
retrieve(struct fuse_mount *fm, const struct fuse_notify_retrieve_out *what)
{
	struct fuse_request r = fuse_request(FUSE_NOTIFY_REPLY, what->nodeid);
	struct fuse_notify_retrieve_in in = {.offset = what->offset};

	r.unique = what->notify_unique;
	fuse_in(&r, &in, sizeof in);
	fuse_post(fm, &r, false);
}

static void
notified(struct fuse_mount *fm, int kind, const char *body, size_t len)
{
	union {
		struct fuse_notify_inval_inode_out inode;
		struct fuse_notify_inval_entry_out entry;
		struct fuse_notify_delete_out removed;
		struct fuse_notify_store_out store;
		struct fuse_notify_retrieve_out retrieve;
	} n = {0};

	memcpy(&n, body, len < sizeof n ? len : sizeof n);
	if (kind == FUSE_NOTIFY_MOUNTED && !fm->agreed)
		fuse_options_told(fm, body, len);
	else if (kind == FUSE_NOTIFY_INVAL_INODE)
		inode_changed(fm, n.inode.ino, n.inode.off >= 0);
	else if (kind == FUSE_NOTIFY_STORE)
		inode_changed(fm, n.store.nodeid, true);
	else if (kind == FUSE_NOTIFY_INVAL_ENTRY && len > sizeof n.entry)
		name_changed(fm, n.entry.parent, body + sizeof n.entry, len - sizeof n.entry,
		    n.entry.namelen);
	else if (kind == FUSE_NOTIFY_DELETE && len > sizeof n.removed)
		name_changed(fm, n.removed.parent, body + sizeof n.removed, len - sizeof n.removed,
		    n.removed.namelen);
	else if (kind == FUSE_NOTIFY_RETRIEVE && len == sizeof n.retrieve)
		retrieve(fm, &n.retrieve);
}

/* One message; false: it cannot be. */
static bool
take(struct fuse_mount *fm, const char *msg, size_t len)
{
	const char *body = msg + sizeof(struct fuse_out_header);
	size_t body_len = len - sizeof(struct fuse_out_header);
	struct fuse_out_header h;
	struct fuse_request *r;

	if (!fuse_reply_header(msg, len, &h))
		return false;
	if (h.unique == 0) {
		notified(fm, h.error, body, body_len);
		return true;
	}
	if ((h.unique & 1) != 0)
		return true;
	TAILQ_FOREACH (r, &fm->requests, link)
		if (r->unique == h.unique)
			break;
	if (r == NULL)
		return take_abandoned(fm, &h, body, body_len);
	if (h.error == 0) {
		if (body_len < r->out_min || body_len > r->out_size)
			return false;
		if (body_len != 0)
			memcpy(r->out, body, body_len);
		r->out_len = body_len;
	}
	fuse_finished(fm, r, -h.error);
	return true;
}

void
fuse_receive(struct fuse_mount *fm)
{
	ssize_t n;

	if (fm->ended != 0)
		return;
	/* Not once more in vain, if nothing can be expected. */
	do {
		n = recv(fm->fd, fm->buf, fm->buf_size, MSG_DONTWAIT | MSG_TRUNC);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0 || (size_t)n > fm->buf_size || !take(fm, fm->buf, (size_t)n))
			fuse_end(fm);
	} while (fm->ended == 0 && !(TAILQ_EMPTY(&fm->requests) && LIST_EMPTY(&fm->abandoned)));
}
