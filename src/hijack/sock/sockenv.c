/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What socket/sockctl.h asks of its surroundings, in the hijacker: names are asked of the rump
 * kernel by remote calls.
 */
#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "client/client.h"
#include "process/process.h"
#include "socket/sockctl.h"
#include "syscall/calls.h"

/* Without a kernel there is no network. */
static int
reachable(int error)
{
	return error != 0 && !client_is_connected() ? ENETDOWN : error;
}

int
sockenv_bind(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags)
{
	(void)ctx;
	process_start();
	return reachable(call_deleg_bind(sa, len, flags, fd));
}

int
sockenv_listen(void *ctx, const struct sockhost *own, unsigned flags)
{
	(void)ctx;
	process_start();
	return reachable(
	    call_deleg_listen(own->un.sun_path, (unsigned)sockhost_path_len(own), flags));
}

int
sockenv_connect(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply)
{
	int64_t n;

	(void)ctx;
	process_start();
	return reachable(call_deleg_connect(sa, len, own == NULL ? NULL : own->un.sun_path,
	    own == NULL ? 0 : (unsigned)sockhost_path_len(own), flags, reply, &n));
}

int
sockenv_reach(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply, int *ret_fd)
{
	(void)ctx;
	process_start();
	return reachable(call_deleg_reach(sa, len, own == NULL ? NULL : own->un.sun_path,
	    own == NULL ? 0 : (unsigned)sockhost_path_len(own), flags, reply, ret_fd));
}

int
sockenv_name(void *ctx, const struct sockhost *host, unsigned which, struct inaddr *ret)
{
	struct sockaddr_storage ss = {.ss_family = AF_UNSPEC};
	int64_t n;
	int error;

	(void)ctx;
	process_start();
	error =
	    call_deleg_name(host->un.sun_path, (unsigned)sockhost_path_len(host), which, &ss, &n);
	if (error == 0)
		*ret = inaddr_from(&ss);
	return reachable(error);
}

int
sockenv_relay(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags)
{
	(void)ctx;
	process_start();
	return reachable(call_deleg_relay(sa, len, flags, fd));
}

int
sockenv_retry(void *ctx, int fd, const struct sockhost *to)
{
	(void)ctx;
	process_start();
	return reachable(call_deleg_retry(to->un.sun_path, (unsigned)sockhost_path_len(to), fd));
}

int
sockenv_group(int fd, const struct deleg_group *ask, int *ret_index)
{
	int64_t index = 0;
	int error = call_deleg_group(ask, fd, &index);

	*ret_index = (int)index;
	return reachable(error);
}

int
sockenv_many(const struct deleg_many *ask, struct deleg_receivers *reply)
{
	return reachable(call_deleg_many(ask, reply));
}

int
sockenv_later(
    const struct deleg_later *about, const struct sockhost *to, const void *bytes, size_t len)
{
	return reachable(
	    call_deleg_later(about, to->un.sun_path, (unsigned)sockhost_path_len(to), bytes, len));
}

int
sockenv_option(int fd, int level, int name, const void *val, socklen_t len, int *ret_index)
{
	int64_t index = 0;
	int error = call_deleg_option(level, name, val, len, fd, &index);

	*ret_index = (int)index;
	return reachable(error);
}

int
sockenv_device(int index, char *ret)
{
	struct ifreq r = {.ifr_ifindex = index};
	int error = call_deleg_ioctl(AF_INET, SIOCGIFNAME, &r);

	memcpy(ret, r.ifr_name, sizeof r.ifr_name);
	ret[sizeof r.ifr_name - 1] = '\0';
	return reachable(error);
}

int
sockenv_error(int fd, unsigned op, struct deleg_error *report)
{
	return reachable(call_deleg_error(op, report, fd));
}

int
sockenv_kept(const struct sockhost *own)
{
	return reachable(call_deleg_kept(own->un.sun_path, (unsigned)sockhost_path_len(own)));
}

int
sockenv_tcp_info(const struct sockhost *connector, void *info, size_t *len)
{
	int64_t n;
	int error = call_deleg_tcp_info(
	    connector->un.sun_path, (unsigned)sockhost_path_len(connector), info, *len, &n);

	if (error == 0)
		*len = (size_t)n;
	return error;
}

int
sockenv_tcp_set(const struct sockhost *connector, int level, int name, int value)
{
	return reachable(call_deleg_tcp_set(
	    connector->un.sun_path, (unsigned)sockhost_path_len(connector), level, name, value));
}

int
sockenv_memory(int *ret_fd)
{
	process_start();
	return reachable(call_deleg_sockmem(ret_fd));
}

int
sockenv_kernel(void)
{
	return client_server()->host_pid;
}
