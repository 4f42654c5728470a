/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sendto, recvfrom, sendmsg, recvmsg on sockets of the classic kind.
 *
 * Data goes through one kernel buffer.  The socket's operations never wait: here the loops wait, on
 * the host socket, unless the file or the call is a non-blocking one.  Control data is not carried:
 * descriptors of the classic kind cannot leave their table.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "base/scope.h"
#include "kern/proc.h"
#include "net/sock_file.h"
#include "net/sockaddr.h"
#include "syscall/sys_proto.h"

/* So often the host may say that there is something to receive and then have nothing: it would say
 * so for ever of a socket in an odd state, and the giant lock is held meanwhile. */
#define FRUITLESS_MAX 1000

#define CHUNK (256 * 1024) /* of the kernel buffer; no datagram is larger */

/* The client's memory of a message. */
struct message {
	struct iovec *seg; /* bases are addresses in the client */
	size_t nseg;
	size_t total;
	struct sockaddr_storage ss;
	socklen_t namelen;
};

/* Moves len bytes at offset `at` of the message. */
static int
move(struct lwp *l, const struct message *m, size_t at, char *buf, size_t len, bool in)
{
	int error = 0;

	for (size_t i = 0; i < m->nseg && len > 0 && error == 0; i++) {
		size_t size = m->seg[i].iov_len, part;
		uaddr_t addr;

		if (at >= size) {
			at -= size;
			continue;
		}
		part = size - at < len ? size - at : len;
		addr = (uaddr_t)(uintptr_t)m->seg[i].iov_base + at;
		error = in ? uptr_get(l, addr, buf, part) : uptr_put(l, addr, buf, part);
		buf += part;
		len -= part;
		at = 0;
	}
	return error;
}

static int
wait_for(struct lwp *l, struct file *f, int flags, short events)
{
	if ((f->flags & O_NONBLOCK) != 0 || flags & MSG_DONTWAIT)
		return EAGAIN;
	return kern_wait(l, f->hostfd, events, NULL);
}

static int
send_chunk(struct lwp *l, struct file *f, const struct message *m, const char *buf, size_t len,
    int flags, size_t *done)
{
	size_t n, sent = 0;
	int error;

	do {
		n = 0;
		error = sock_file_send(l, f, buf + sent, len - sent, flags, &m->ss, m->namelen, &n);
		if (error == EAGAIN)
			error = wait_for(l, f, flags, POLLOUT);
		sent += n;
	} while (error == 0 && sent < len);
	*done += sent;
	return error;
}

static int
send_message(struct lwp *l, uint64_t s, struct message *m, int flags, int64_t *retval)
{
	CLEANUP_FREE char *buf = NULL;
	size_t done = 0, len;
	struct file *f;
	int error;

	len = m->total < CHUNK ? m->total : CHUNK;
	buf = malloc(len + 1);
	if (buf == NULL)
		return ENOMEM;
	error = sock_file_get(l, s, &f);
	if (error != 0)
		return error;
	file_ref(f);
	do {
		len = m->total - done < CHUNK ? m->total - done : CHUNK;
		error = move(l, m, done, buf, len, true);
		if (error == 0)
			error = send_chunk(l, f, m, buf, len, flags, &done);
	} while (error == 0 && done < m->total);
	file_unref(f);
	if (error != 0 && done == 0)
		return error;
	*retval = (int64_t)done;
	return 0;
}

static int
recv_message(struct lwp *l, uint64_t s, struct message *m, int *flags, int64_t *retval)
{
	CLEANUP_FREE char *buf = NULL;
	size_t room = m->total < CHUNK ? m->total : CHUNK, done = 0, n = 0;
	int given = *flags, wait = given & MSG_WAITALL, fruitless = 0;
	struct file *f;
	int error;

	buf = malloc(room + 1);
	if (buf == NULL)
		return ENOMEM;
	error = sock_file_get(l, s, &f);
	if (error != 0)
		return error;
	file_ref(f);
	do {
		*flags = given & ~MSG_WAITALL;
		error = sock_file_recv(l, f, buf, room, flags, &m->ss, &m->namelen, &n);
		if (error == EAGAIN) {
			error = wait_for(l, f, given, given & MSG_OOB ? POLLPRI : POLLIN);
			if (error == 0 && ++fruitless < FRUITLESS_MAX)
				continue;
			if (error == 0)
				error = EAGAIN;
		}
		if (error != 0)
			break;
		error = move(l, m, done, buf, n < room ? n : room, false);
		done += n;
		if (!wait || n == 0 || given & MSG_PEEK)
			break;
		room = m->total - done < CHUNK ? m->total - done : CHUNK;
	} while (error == 0 && done < m->total);
	file_unref(f);
	if (error != 0 && done == 0)
		return error;
	*retval = (int64_t)done;
	return 0;
}

int
sys_sendto(struct lwp *l, uint64_t s, struct uin buf, size_t len, int flags, struct uin to,
    unsigned tolen, int64_t *retval)
{
	struct iovec seg = {.iov_base = (void *)(uintptr_t)buf.addr, .iov_len = buf.len};
	struct message m = {.seg = &seg, .nseg = 1, .total = buf.len};
	size_t namelen;
	int error;

	(void)len;
	(void)tolen;
	error = sockaddr_get(l, to, &m.ss, &namelen);
	m.namelen = (socklen_t)namelen;
	return error != 0 ? error : send_message(l, s, &m, flags, retval);
}

int
sys_recvfrom(struct lwp *l, uint64_t s, struct uout buf, size_t len, int flags, struct uout from,
    struct uinout fromlen, int64_t *retval)
{
	struct iovec seg = {.iov_base = (void *)(uintptr_t)buf.addr, .iov_len = buf.len};
	struct message m = {.seg = &seg, .nseg = 1, .total = buf.len};
	int error;

	(void)len;
	error = recv_message(l, s, &m, &flags, retval);
	return error != 0 ? error : sockaddr_put(l, from, fromlen.addr, &m.ss, m.namelen);
}

/* The structure and its vector; the caller frees seg. */
static int
get_header(struct lwp *l, uaddr_t addr, struct msghdr *h, struct message *m)
{
	int error = uptr_get(l, addr, h, sizeof *h);

	if (error != 0)
		return error;
	if (h->msg_iovlen > IOV_MAX)
		return EMSGSIZE;
	m->seg = calloc(h->msg_iovlen + 1, sizeof *m->seg);
	if (m->seg == NULL)
		return ENOMEM;
	m->nseg = h->msg_iovlen;
	if (m->nseg > 0)
		error =
		    uptr_get(l, (uaddr_t)(uintptr_t)h->msg_iov, m->seg, m->nseg * sizeof *m->seg);
	for (size_t i = 0; i < m->nseg && error == 0; i++) {
		if (m->seg[i].iov_len > SSIZE_MAX - m->total)
			error = EINVAL;
		m->total += m->seg[i].iov_len;
	}
	return error;
}

int
sys_sendmsg(struct lwp *l, uint64_t s, struct uptr msg, int flags, int64_t *retval)
{
	struct message m = {.nseg = 0};
	struct msghdr h;
	int error = get_header(l, msg.addr, &h, &m);

	if (error == 0 && h.msg_name != NULL && h.msg_namelen > 0) {
		m.namelen = h.msg_namelen;
		error = m.namelen > sizeof m.ss
			    ? EINVAL
			    : uptr_get(l, (uaddr_t)(uintptr_t)h.msg_name, &m.ss, m.namelen);
	}
	if (error == 0)
		error = send_message(l, s, &m, flags, retval);
	free(m.seg);
	return error;
}

int
sys_recvmsg(struct lwp *l, uint64_t s, struct uptr msg, int flags, int64_t *retval)
{
	struct message m = {.nseg = 0};
	struct msghdr h;
	socklen_t room;
	int error = get_header(l, msg.addr, &h, &m);

	if (error == 0)
		error = recv_message(l, s, &m, &flags, retval);
	free(m.seg);
	if (error != 0)
		return error;
	if (h.msg_name != NULL) {
		room = h.msg_namelen < m.namelen ? h.msg_namelen : m.namelen;
		if (room > 0)
			error = uptr_put(l, (uaddr_t)(uintptr_t)h.msg_name, &m.ss, room);
		h.msg_namelen = m.namelen;
	}
	h.msg_controllen = 0;
	h.msg_flags = flags;
	return error != 0 ? error : uptr_put(l, msg.addr, &h, sizeof h);
}
