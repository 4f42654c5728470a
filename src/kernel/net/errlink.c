/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of datagrams.
 *
 * poll(2) shows ERR on an AF_UNIX datagram socket only after the socket that it is connected to,
 * and that is connected back, has turned away with something unread.  So a program's socket that is
 * to have errors is connected to one here for good, the link, and the link turns to it and away
 * again whenever there is an error.  The rest of the time it is turned to another socket of the
 * kernel, so that the program cannot send by it by accident (EPERM: the hijacker then sends by
 * name).
 *
 * A connected AF_UNIX socket takes datagrams from its peer only.  So all that such a program gets
 * comes by the link, each with an envelope; programs of this kernel that send to it are refused by
 * the host (EPERM) and have the kernel hand it over (later.c).
 */
#include "net/errlink.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "net/bound.h"
#include "net/hostnames.h"
#include "socket/sockname.h"
#include "socket/sockudp.h"

#define QUEUE_MAX 128       /* errors that wait for one program */
#define SNDBUF    (1 << 20) /* bytes of datagrams that wait for it, as the host counts */

struct queued {
	STAILQ_ENTRY(queued) next;
	bool pending;
	struct deleg_error is;
};

struct errlink {
	int fd;
	struct sockhost name;
	int pending; /* what the next call fails with */
	unsigned count;
	STAILQ_HEAD(, queued) queue;
};

/* What links are turned to; never read from. */
static struct sockhost elsewhere;
static int elsewhere_fd = -1;

static int
open_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Any abstract name. */
static int
open_elsewhere(void)
{
	const struct sockhost any = {.un.sun_family = AF_UNIX, .len = sizeof(sa_family_t)};
	int error;

	if (elsewhere_fd >= 0)
		return 0;
	elsewhere_fd = open_socket();
	if (elsewhere_fd < 0)
		return errno;
	error = sockhost_bind(elsewhere_fd, &any);
	if (error == 0)
		error = sockhost_name(elsewhere_fd, false, &elsewhere);
	if (error != 0) {
		close(elsewhere_fd);
		elsewhere_fd = -1;
	}
	return error;
}

static int
turn_to(const struct errlink *k, const struct sockhost *to)
{
	return sockhost_connect(k->fd, &to->un, to->len);
}

static int
open_link(struct errlink *k, int program)
{
	struct inaddr nobody = inaddr_any(false);
	int size = SNDBUF, error = open_elsewhere();

	if (error != 0)
		return error;
	k->fd = open_socket();
	if (k->fd < 0)
		return errno;
	setsockopt(k->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	sockname_remote(&k->name, hostnames_dir(), hostnames_seq(), &nobody);
	error = sockhost_bind(k->fd, &k->name);
	if (error == 0)
		error = sockhost_connect(program, &k->name.un, k->name.len);
	if (error == 0)
		error = turn_to(k, &elsewhere);
	if (error != 0) {
		unlink(k->name.un.sun_path);
		close(k->fd);
	}
	return error;
}

int
errlink_make(struct bound *b, int fd)
{
	struct errlink *k;
	int error;

	if (b->link != NULL)
		return 0;
	k = calloc(1, sizeof *k);
	if (k == NULL)
		return ENOMEM;
	STAILQ_INIT(&k->queue);
	error = open_link(k, fd);
	if (error != 0) {
		free(k);
		return error;
	}
	b->link = k;
	return 0;
}

static void
drop_first(struct errlink *k)
{
	struct queued *q = STAILQ_FIRST(&k->queue);

	STAILQ_REMOVE_HEAD(&k->queue, next);
	k->count--;
	free(q);
}

void
errlink_forget(const struct bound *b)
{
	while (b->link != NULL && !STAILQ_EMPTY(&b->link->queue))
		drop_first(b->link);
}

void
errlink_free(struct bound *b)
{
	if (b->link == NULL)
		return;
	errlink_forget(b);
	close(b->link->fd);
	unlink(b->link->name.un.sun_path);
	free(b->link);
	b->link = NULL;
}

/* Makes the host show an error on the program's socket. */
static void
show(const struct bound *b)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	const struct errlink *k = b->link;
	struct sockhost program;

	sockhost_from(&program, b->host, strlen(b->host));
	sockhost_connect(k->fd, &nobody, sizeof nobody);
	(void)sendto(elsewhere_fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&k->name.un, k->name.len);
	(void)turn_to(k, &program);
	(void)turn_to(k, &elsewhere);
}

bool
errlink_report(const struct bound *b, const struct dgram_error *e)
{
	struct errlink *k = b->link;
	struct queued *q = NULL;

	if (k == NULL || !(b->flags & DELEG_ERRORS))
		return false;
	if (k->count < QUEUE_MAX)
		q = malloc(sizeof *q);
	if (q != NULL) {
		q->pending = e->pending;
		q->is = e->is;
		q->is.code_errno = (uint32_t)e->error;
		STAILQ_INSERT_TAIL(&k->queue, q, next);
		k->count++;
	}
	if (e->pending)
		k->pending = e->error;
	show(b);
	return true;
}

/* Linux forgets what was pending with the last error that came from elsewhere. */
static int
take_queued(const struct bound *b, struct deleg_error *report)
{
	struct errlink *k = b->link;
	struct queued *q = STAILQ_FIRST(&k->queue);

	if (q == NULL)
		return EAGAIN;
	*report = q->is;
	if (q->pending)
		k->pending = 0;
	drop_first(k);
	q = STAILQ_FIRST(&k->queue);
	if (q != NULL && q->pending)
		k->pending = (int)q->is.code_errno;
	return 0;
}

/* What an ICMP message "port unreachable" from the address itself would say. */
static void
report_refused(const struct bound *b, const struct deleg_error *sent)
{
	const struct inaddr *dest = &sent->dest;
	bool v4 = inaddr_is_v4(dest);
	struct dgram_error e = {.error = ECONNREFUSED,
	    .pending = true,
	    .is = {
		.origin = v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6,
		.type = v4 ? ICMP_DEST_UNREACH : ICMP6_DST_UNREACH,
		.code = v4 ? ICMP_PORT_UNREACH : ICMP6_DST_UNREACH_NOPORT,
		.ttl = ENVELOPE_TTL,
		.tos = v4 ? 0xc0 : 0, /* precedence: internetwork control */
		.index = ENVELOPE_INDEX,
		.offender = *dest,
		.own = *dest,
		.dest = *dest,
	    }};

	e.is.offender.port = 0;
	e.is.len = sent->len < sizeof e.is.bytes ? sent->len : (uint16_t)sizeof e.is.bytes;
	memcpy(e.is.bytes, sent->bytes, e.is.len);
	(void)errlink_report(b, &e);
}

int
errlink_ask(struct bound *b, unsigned op, struct deleg_error *report)
{
	struct errlink *k = b->link;
	int error = 0;

	if (k == NULL)
		return op == DELEG_ERROR_QUEUED ? EAGAIN : 0;
	if (op == DELEG_ERROR_REFUSED)
		report_refused(b, report);
	*report = (struct deleg_error){.pending = 0};
	switch (op) {
	case DELEG_ERROR_TAKE:
		report->pending = k->pending;
		k->pending = 0;
		if (report->pending == 0)
			return 0; /* it is shown again once the program's call is made */
		break;
	case DELEG_ERROR_QUEUED:
		error = take_queued(b, report);
		break;
	case DELEG_ERROR_REFUSED:
		return 0;
	case DELEG_ERROR_SHOW:
		break;
	default:
		return EINVAL;
	}
	if (k->pending != 0 || !STAILQ_EMPTY(&k->queue))
		show(b);
	return error;
}

void
errlink_deliver(const struct bound *b, const struct envelope *e, const struct iovec *iov, size_t n)
{
	union envelope_control control;
	struct sockhost name;
	struct msghdr m = {.msg_name = &name.un, .msg_iov = (struct iovec *)iov, .msg_iovlen = n};
	int sealed;

	if (envelope_seal(e, &sealed) != 0)
		return;
	sockhost_from(&name, b->host, strlen(b->host));
	m.msg_namelen = name.len;
	envelope_attach(&m, &control, sealed);
	(void)sendmsg(b->link->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(sealed);
}
