/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/net/tun of the rump kernel.
 *
 * Reading, waiting and closing are the host's.  What a process does not know to be such a file (it
 * came by exec or in a message, and was not asked anything) it writes to as the host would: then
 * nobody hears of errors.
 */
#include "sock/call_tun.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/fault.h"
#include "base/scope.h"
#include "hijack.h"
#include "process/process.h"
#include "sock/call_packet.h"
#include "sock/given.h"
#include "socket/tuntag.h"
#include "syscall/calls.h"

#define NUMBER_FIRST 200 /* of the ioctls of type 'T', which terminals share */

static atomic_bool any;

/* Remembers that there is such a file. */
static bool
look(int fd, struct tuntag *t)
{
	if (!tuntag_get(fd, t))
		return false;
	atomic_store_explicit(&any, true, memory_order_relaxed);
	return true;
}

static bool
get(int fd, struct tuntag *t)
{
	return atomic_load_explicit(&any, memory_order_relaxed) && tuntag_get(fd, t);
}

void
tun_opened(int fd)
{
	struct tuntag t;

	(void)look(fd, &t);
}

bool
tun_is(int fd)
{
	struct tuntag t;

	return get(fd, &t);
}

/* --- packets --- */

int
tun_read_error(int fd)
{
	struct tuntag t;

	return get(fd, &t) && !t.attached ? EBADFD : 0;
}

/* The kernel has ended it, since the interface is gone. */
int
tun_end_error(int fd)
{
	return tun_is(fd) ? EBADFD : 0;
}

ssize_t
tun_write(int fd, const struct iovec *iov, int iovcnt)
{
	CLEANUP_FREE uint8_t *bytes = NULL;
	size_t len = 0;
	int error;

	process_start();
	if (iovcnt == 1) {
		len = iov->iov_len;
		error = call_deleg_tun_write(packet_cookie(fd), iov->iov_base, len);
		return hijack_ret(error, (int64_t)len);
	}
	if (iovcnt < 0 || iovcnt > IOV_MAX)
		return hijack_fail(EINVAL);
	bytes = malloc(TUN_PACKET_MAX);
	error =
	    bytes == NULL ? ENOMEM : given_bytes(iov, (size_t)iovcnt, bytes, TUN_PACKET_MAX, &len);
	if (error == 0)
		error = call_deleg_tun_write(packet_cookie(fd), bytes, len);
	return hijack_ret(error, (int64_t)len);
}

/* --- ioctl --- */

/* What the argument of a request points to; others have a number for an argument. */
static const struct request {
	unsigned long request;
	size_t size;
	enum { TAKES = 1, GIVES = 2 } ways;
} requests[] = {
    {TUNSETIFF, sizeof(struct ifreq), TAKES | GIVES},
    {TUNGETIFF, sizeof(struct ifreq), GIVES},
    {SIOCGIFHWADDR, sizeof(struct ifreq), TAKES | GIVES},
    {SIOCSIFHWADDR, sizeof(struct ifreq), TAKES},
    {TUNGETFEATURES, sizeof(int), GIVES},
    {TUNGETSNDBUF, sizeof(int), GIVES},
    {TUNSETSNDBUF, sizeof(int), TAKES},
    {TUNGETVNETHDRSZ, sizeof(int), GIVES},
    {TUNSETVNETHDRSZ, sizeof(int), TAKES},
    {TUNGETVNETLE, sizeof(int), GIVES},
    {TUNSETIFINDEX, sizeof(int), TAKES},
    {TUNSETCARRIER, sizeof(int), TAKES},
};

static struct request
find(unsigned long request)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
		if (requests[i].request == request)
			return requests[i];
	return (struct request){.request = request};
}

static int
ask(int fd, struct tuntag *t, const struct request *r, void *arg)
{
	char value[TUN_ARG_MAX] = {0};
	int64_t done;
	int error = 0;

	if (r->ways & TAKES)
		error = fault_read(value, (uintptr_t)arg, r->size);
	if (error == 0)
		error = call_deleg_tun(packet_cookie(fd), (unsigned)r->request, (uintptr_t)arg,
		    r->size > 0 ? value : NULL, r->size, &done);
	if (error == 0 && r->request == TUNSETIFF) {
		t->attached = true;
		tuntag_set(fd, t);
	}
	return error != 0 || !(r->ways & GIVES) ? error
						: fault_write((uintptr_t)arg, value, r->size);
}

bool
tun_ioctl(int fd, unsigned long request, void *arg, int *ret_error)
{
	struct request r;
	struct tuntag t;

	if (!(_IOC_TYPE(request) == 'T' && _IOC_NR(request) >= NUMBER_FIRST) &&
	    request != SIOCGIFHWADDR && request != SIOCSIFHWADDR)
		return false;
	if (!look(fd, &t))
		return false;
	process_start();
	r = find(request);
	*ret_error = ask(fd, &t, &r, arg);
	return true;
}
