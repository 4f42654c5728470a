/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet sockets of the rump kernel. */
#include "sock/call_packet.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/fault.h"
#include "base/scope.h"
#include "client/client.h"
#include "hijack.h"
#include "process/process.h"
#include "sock/call_socket.h"
#include "sock/given.h"
#include "socket/optval.h"
#include "socket/sockhost.h"
#include "socket/sockudp.h"
#include "syscall/calls.h"
#include "syscall/host.h"

static atomic_bool any;

bool
packet_tag(int fd, struct pkttag *ret)
{
	return atomic_load_explicit(&any, memory_order_relaxed) && pkttag_get(fd, ret);
}

bool
packet_is(int fd)
{
	struct pkttag t;

	return packet_tag(fd, &t);
}

uint64_t
packet_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	sockhost_getopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

int
packet_socket(int type, int protocol)
{
	int fd = -1, error;

	process_start();
	error = call_deleg_packet(
	    PKT_OPEN, (unsigned long)(type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)), protocol, &fd);
	fd = socket_given(error, fd, type);
	if (fd >= 0)
		atomic_store_explicit(&any, true, memory_order_relaxed);
	return fd;
}

/* One question to the kernel; *room: of the answer, then its length. */
static int
ask(int fd, unsigned op, const void *in, size_t len, void *out, size_t *room)
{
	int64_t used = 0;
	int error = call_deleg_packet_do(packet_cookie(fd), op, in, len, out, *room, &used);

	*room = (size_t)used;
	return error;
}

int
packet_bind(int fd, const void *name, socklen_t len)
{
	struct sockaddr_ll ll;
	size_t none = 0;
	int error;

	if (name == NULL || len < sizeof ll)
		return hijack_fail(EINVAL);
	memcpy(&ll, name, sizeof ll);
	error = ask(fd, PKT_BIND, &ll, sizeof ll, NULL, &none);
	return (int)hijack_ret(error, 0);
}

int
packet_name(int fd, struct sockaddr_storage *ss, socklen_t *len)
{
	size_t room = sizeof(struct sockaddr_ll);
	int error = ask(fd, PKT_NAME, NULL, 0, ss, &room);

	*len = (socklen_t)room;
	return error;
}

/* --- sending --- */

ssize_t
packet_send(int fd, const struct msghdr *msg)
{
	struct sockaddr_ll to = {.sll_family = AF_UNSPEC};
	CLEANUP_FREE uint8_t *bytes = NULL;
	size_t n = 0, none = 0;
	int error;

	if (msg->msg_name != NULL && msg->msg_namelen > 0) {
		if (msg->msg_namelen < sizeof to)
			return hijack_fail(EINVAL);
		memcpy(&to, msg->msg_name, sizeof to);
	}
	bytes = malloc(PKT_SEND_MAX);
	if (bytes == NULL)
		return hijack_fail(ENOBUFS);
	memcpy(bytes, &to, sizeof to);
	error = given_bytes(
	    msg->msg_iov, msg->msg_iovlen, bytes + sizeof to, PKT_SEND_MAX - sizeof to, &n);
	if (error == 0)
		error = ask(fd, PKT_SEND, bytes, sizeof to + n, NULL, &none);
	return hijack_ret(error, (int64_t)n);
}

/* --- receiving --- */

/* The host's recvmsg with the head of the frame put apart. */
static ssize_t
recv_host(int fd, struct pkthead *head, struct msghdr *m, int flags)
{
	struct iovec iov[IOV_MAX + 1] = {{.iov_base = head, .iov_len = sizeof *head}};
	struct msghdr own = *m;
	ssize_t n;

	if (m->msg_iovlen > IOV_MAX)
		return hijack_fail(EMSGSIZE);
	if (m->msg_iovlen > 0)
		memcpy(iov + 1, m->msg_iov, m->msg_iovlen * sizeof iov[0]);
	own.msg_name = NULL;
	own.msg_namelen = 0;
	own.msg_iov = iov;
	own.msg_iovlen = m->msg_iovlen + 1;
	/* What is shorter is no frame: it says that there is one in the ring. */
	do
		n = host.recvmsg(fd, &own, flags);
	while (n > 0 && n < (ssize_t)sizeof *head);
	m->msg_controllen = own.msg_controllen;
	m->msg_flags = own.msg_flags;
	return n <= 0 ? n : n - (ssize_t)sizeof *head;
}

ssize_t
packet_recv(int fd, const struct pkttag *t, struct msghdr *msg, int flags)
{
	struct pkthead head = {.from = {.sll_family = AF_PACKET}};
	size_t room = msg->msg_controllen, used;
	ssize_t n = recv_host(fd, &head, msg, flags);
	int error = 0;

	if (n < 0)
		return n;
	packet_time_seen(fd, &head.when, msg);
	used = msg->msg_controllen;
	msg->msg_controllen = room;
	if (t->auxdata)
		control_put(msg, &used, SOL_PACKET, PACKET_AUXDATA, &head.aux, sizeof head.aux);
	msg->msg_controllen = used;
	if (msg->msg_name != NULL)
		error =
		    sockaddr_give(&head.from, sizeof head.from, msg->msg_name, &msg->msg_namelen);
	return hijack_ret(error, n);
}

/* --- options --- */

static int
get_packet(int fd, const struct pkttag *t, int name, void *value, socklen_t *len)
{
	struct pktoption o = {.level = SOL_PACKET, .name = name};
	size_t room = *len < PKT_OPTION_MAX ? *len : PKT_OPTION_MAX;
	int error;

	if (name == PACKET_AUXDATA)
		return optval_give(t->auxdata, value, len);
	if (name == PACKET_HDRLEN && room < sizeof o.arg)
		return EINVAL;
	error = name == PACKET_HDRLEN ? fault_read(&o.arg, (uintptr_t)value, sizeof o.arg) : 0;
	if (error == 0)
		error = ask(fd, PKT_GET, &o, sizeof o, value, &room);
	if (error == 0)
		*len = (socklen_t)room;
	return error;
}

bool
packet_has_option(int fd, int level, int name)
{
	return packet_is(fd) &&
	       (level != SOL_SOCKET || name == SO_DOMAIN || name == SO_TYPE || name == SO_PROTOCOL);
}

int
packet_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct pkttag t;

	if (!packet_tag(fd, &t))
		return EBADF;
	if (level == SOL_PACKET)
		return get_packet(fd, &t, name, value, len);
	if (level != SOL_SOCKET)
		return ENOPROTOOPT;
	if (name == SO_TYPE)
		return optval_give(t.cooked ? SOCK_DGRAM : SOCK_RAW, value, len);
	return optval_give(name == SO_DOMAIN ? AF_PACKET : 0, value, len);
}

static int
set_option(int fd, int level, int name, const void *value, socklen_t len)
{
	struct {
		struct pktoption o;
		char value[PKT_OPTION_MAX];
	} in = {.o = {.level = level, .name = name}};
	size_t none = 0;

	if (len > sizeof in.value)
		len = sizeof in.value;
	if (fault_read(in.value, (uintptr_t)value, len) != 0)
		return EFAULT;
	return ask(fd, PKT_SET, &in, sizeof in.o + len, NULL, &none);
}

static int
set_packet(int fd, struct pkttag *t, int name, const void *value, socklen_t len)
{
	struct tpacket_req req;
	int on, error;

	if (name == PACKET_AUXDATA) {
		error = optval_take(value, len, &on);
		if (error == 0) {
			t->auxdata = on != 0;
			pkttag_set(fd, t);
		}
		return error;
	}
	error = set_option(fd, SOL_PACKET, name, value, len);
	if (error != 0 || name != PACKET_RX_RING)
		return error;
	memcpy(&req, value, sizeof req);
	t->ring = req.tp_block_nr != 0;
	pkttag_set(fd, t);
	if (t->ring)
		packet_ring_made();
	return 0;
}

static int
attach(int fd, const void *value, socklen_t len)
{
	struct sock_fprog program;
	size_t none = 0;

	if (len != sizeof program)
		return EINVAL;
	if (fault_read(&program, (uintptr_t)value, sizeof program) != 0)
		return EFAULT;
	if (program.len == 0 || program.len > BPF_MAXINSNS || program.filter == NULL)
		return EINVAL;
	return ask(
	    fd, PKT_FILTER, program.filter, program.len * sizeof program.filter[0], NULL, &none);
}

bool
packet_setsockopt(int fd, int level, int name, const void *value, socklen_t len, int *ret_error)
{
	struct pkttag t;
	size_t none = 0;

	if (!packet_tag(fd, &t))
		return false;
	if (level == SOL_SOCKET && name == SO_DETACH_FILTER)
		*ret_error =
		    len < sizeof(int) ? EINVAL : ask(fd, PKT_NO_FILTER, NULL, 0, NULL, &none);
	else if (value == NULL)
		*ret_error = EFAULT;
	else if (level == SOL_PACKET)
		*ret_error = set_packet(fd, &t, name, value, len);
	else if (level == SOL_SOCKET && name == SO_ATTACH_FILTER)
		*ret_error = attach(fd, value, len);
	else if (level == SOL_SOCKET && name == SO_BINDTODEVICE)
		*ret_error = set_option(fd, level, name, value, len);
	else if (level == SOL_SOCKET)
		return false;
	else
		*ret_error = ENOPROTOOPT;
	return true;
}
