/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests on their way to the program.  One that is waited for waits for room in the socket as
 * well; what nobody waits for is put into a queue there, and goes before whatever comes later.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

struct fuse_request
fuse_request(uint32_t opcode, uint64_t nodeid)
{
	struct fuse_request r = {.opcode = opcode, .nodeid = nodeid, .nparts = 1, .wake = -1};

	if (curlwp != NULL) {
		r.uid = curlwp->proc->cred.fsuid;
		r.gid = curlwp->proc->cred.fsgid;
		r.pid = curlwp->proc->pid;
	} else {
		r.uid = geteuid();
		r.gid = getegid();
	}
	return r;
}

void
fuse_in(struct fuse_request *r, const void *data, size_t len)
{
	r->in[r->nparts++] = (struct iovec){(void *)(uintptr_t)data, len};
}

void
fuse_in_name(struct fuse_request *r, const char name[])
{
	fuse_in(r, name, strlen(name) + 1);
}

static void
make_header(struct fuse_mount *fm, struct fuse_request *r, struct fuse_in_header *h)
{
	size_t len = sizeof *h;

	if (r->unique == 0)
		r->unique = fm->last_unique += 2; /* odd ones: INTERRUPT */
	for (unsigned i = 1; i < r->nparts; i++)
		len += r->in[i].iov_len;
	*h = (struct fuse_in_header){
	    .len = (uint32_t)len,
	    .opcode = r->opcode,
	    .unique = r->unique,
	    .nodeid = r->nodeid,
	    .uid = r->uid,
	    .gid = r->gid,
	    .pid = (uint32_t)r->pid,
	};
	r->in[0] = (struct iovec){h, sizeof *h};
}

/* EAGAIN: no room. */
static int
send_parts(struct fuse_mount *fm, struct iovec *parts, unsigned n)
{
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = n};

	if (sendmsg(fm->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
		return EAGAIN;
	if (errno != EMSGSIZE)
		fuse_end(fm);
	return errno == EMSGSIZE ? EIO : ENOTCONN;
}

int
fuse_send_posts(struct fuse_mount *fm)
{
	struct fuse_post *p;
	struct iovec part;
	int error;

	while ((p = STAILQ_FIRST(&fm->posts)) != NULL) {
		part = (struct iovec){p->bytes, p->len};
		error = send_parts(fm, &part, 1);
		if (error == EAGAIN)
			return error;
		STAILQ_REMOVE_HEAD(&fm->posts, link);
		free(p);
	}
	return 0;
}

/* Waits until the socket takes more.  Replies are received meanwhile, for a program that cannot
 * get rid of them does not read requests. */
static int
wait_for_room(struct fuse_mount *fm, bool *interrupted)
{
	struct pollfd p = {.fd = fm->fd, .events = POLLIN | POLLOUT};
	int error = kern_poll_firmly(curlwp, &p, 1, NULL, interrupted);

	if (error == 0 && (p.revents & ~POLLOUT) != 0)
		fuse_receive(fm);
	return error == EINTR ? 0 : error;
}

int
fuse_send(struct fuse_mount *fm, struct fuse_request *r, bool *interrupted)
{
	struct fuse_in_header h;
	int error;

	make_header(fm, r, &h);
	for (;;) {
		if (fm->ended != 0)
			return fm->ended;
		error = fuse_send_posts(fm);
		if (error == 0)
			error = send_parts(fm, r->in, r->nparts);
		if (error != EAGAIN)
			return error;
		error = wait_for_room(fm, interrupted);
		if (error != 0)
			return error;
	}
}

void
fuse_abandon(struct fuse_mount *fm, uint64_t unique, uint32_t opcode)
{
	struct fuse_abandoned *a = malloc(sizeof *a);

	if (a == NULL) {
		fuse_end(fm); /* its reply would be taken for nonsense */
		return;
	}
	*a = (struct fuse_abandoned){.unique = unique, .opcode = opcode};
	LIST_INSERT_HEAD(&fm->abandoned, a, link);
}

static void
queue_post(struct fuse_mount *fm, const struct fuse_request *r)
{
	size_t len = 0, at = 0;
	struct fuse_post *p;

	for (unsigned i = 0; i < r->nparts; i++)
		len += r->in[i].iov_len;
	p = malloc(sizeof *p + len);
	if (p == NULL) {
		fuse_end(fm);
		return;
	}
	p->len = len;
	for (unsigned i = 0; i < r->nparts; at += r->in[i++].iov_len)
		memcpy(p->bytes + at, r->in[i].iov_base, r->in[i].iov_len);
	STAILQ_INSERT_TAIL(&fm->posts, p, link);
	fuse_thread_kick(fm);
}

void
fuse_post(struct fuse_mount *fm, struct fuse_request *r, bool has_reply)
{
	struct fuse_in_header h;

	if (fm->ended != 0)
		return;
	make_header(fm, r, &h);
	if (has_reply)
		fuse_abandon(fm, r->unique, r->opcode);
	if (!STAILQ_EMPTY(&fm->posts) || send_parts(fm, r->in, r->nparts) == EAGAIN)
		queue_post(fm, r);
}
