/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Models: sockets of the host's own TCP/IP, which live for one question and send nothing.
 *
 * A value that was found to be good, and to be kept as it is, is remembered for a while: servers
 * set the same few on each connection.
 */
#include "socket/optmodel.h"

#include <netinet/in.h>
#include <stdatomic.h>

#include "base/fault.h"

/* Names from here on are those of packet filters: they are for the machine. */
#define IP_NAMES   64
#define IPV6_NAMES 80

bool
optmodel_knows(int level, int name)
{
	if (name < 0)
		return false;
	switch (level) {
	case IPPROTO_IP:
		return name < IP_NAMES;
	case IPPROTO_IPV6:
		return name < IP_NAMES || name == IPV6_RECVTCLASS || name == IPV6_TCLASS ||
		       (name >= IPV6_AUTOFLOWLABEL && name < IPV6_NAMES);
	default:
		return true;
	}
}

/* Where the host has no such socket, or not for this user, UDP is close. */
static int
model_open(const struct socktag *t, int *ret)
{
	int family = t->inet6 ? AF_INET6 : AF_INET, protocol = t->protocol;
	int type = !t->dgram ? SOCK_STREAM : t->flags & SOCKTAG_RAW ? SOCK_RAW : SOCK_DGRAM;
	long fd;

	if (t->flags & SOCKTAG_UDPLITE)
		protocol = IPPROTO_UDPLITE;
	fd = raw_call3(SYS_socket, family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0 && protocol != 0)
		fd = raw_call3(SYS_socket, family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	*ret = (int)fd;
	return sockhost_error(fd);
}

/* --- values that are known to be good: one word each --- */

static _Atomic(uint64_t) known[64];

static uint64_t
known_word(const struct socktag *t, int level, int name, int value)
{
	uint64_t what = (uint64_t)(t->inet6 | t->dgram << 1 | (level & 0x1ff) << 2) << 8 |
			(uint64_t)(name & 0xff);

	return UINT64_C(1) << 63 | what << 32 | (uint32_t)value;
}

static _Atomic(uint64_t) *
known_slot(uint64_t word)
{
	return &known[(word ^ word >> 32) % (sizeof known / sizeof known[0])];
}

int
optmodel_set(const struct socktag *t, int level, int name, const void *val, socklen_t len,
    int *ret_value, bool *ret_keep)
{
	char back[64]; /* more than a number */
	socklen_t have = sizeof back;
	uint64_t word = 0;
	int fd, given, error;

	if (len == sizeof given && t->protocol == 0 && !(t->flags & SOCKTAG_UDPLITE) &&
	    fault_read(&given, (uintptr_t)val, sizeof given) == 0) {
		word = known_word(t, level, name, given);
		*ret_value = given;
		*ret_keep = true;
		if (atomic_load_explicit(known_slot(word), memory_order_relaxed) == word)
			return 0;
	}
	error = model_open(t, &fd);
	if (error != 0) /* a host without TCP/IP: anything goes */
		return word != 0 ? 0 : ENOPROTOOPT;
	error = sockhost_setopt(fd, level, name, val, len);
	*ret_keep = error == 0 && sockhost_getopt(fd, level, name, back, &have) == 0 &&
		    have == sizeof *ret_value;
	raw_close(fd);
	if (*ret_keep)
		memcpy(ret_value, back, sizeof *ret_value);
	if (*ret_keep && word != 0 && *ret_value == given)
		atomic_store_explicit(known_slot(word), word, memory_order_relaxed);
	return error;
}

int
optmodel_get(
    const struct socktag *t, int level, int name, const int *value, void *val, socklen_t *len)
{
	int fd, error = model_open(t, &fd);

	if (error != 0)
		return ENOPROTOOPT;
	if (value != NULL)
		sockhost_setopt(fd, level, name, value, sizeof *value);
	error = sockhost_getopt(fd, level, name, val, len);
	raw_close(fd);
	return error;
}
