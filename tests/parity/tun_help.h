/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parity programs about /dev/net/tun share.
 *
 * On the host each test is in a network namespace of its own, so it takes root; in the rump kernel
 * its interfaces are gone when it ends.
 */
#ifndef TESTS_PARITY_TUN_HELP_H
#define TESTS_PARITY_TUN_HELP_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "parity.h"

/* Nobody's memory, and no length. */
static void *volatile tun_nowhere = (void *)8;
static volatile int tun_less_than_none = -1;

#define TUN_NEAR "10.9.0.1" /* the address of an interface */
#define TUN_FAR  "10.9.0.2" /* and of the other end */

#define RUMP_TUN "/rump/dev/net/tun"

/* Only a rump kernel has this name, and what is done there harms nobody. */
static inline const char *
tun_path(void)
{
	return access(RUMP_TUN, F_OK) == 0 ? RUMP_TUN : "/dev/net/tun";
}

static inline int
tun_open(int flags)
{
	static bool isolated;

	if (!isolated && access(RUMP_TUN, F_OK) != 0)
		MUST(unshare(CLONE_NEWNET));
	isolated = true;
	return (int)MUST(open(tun_path(), O_RDWR | flags));
}

static inline struct ifreq
tun_request(const char *name, int flags)
{
	struct ifreq r = {.ifr_flags = (short)flags};

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	return r;
}

/* An ioctl about an interface on a socket. */
static inline int
tun_configure(unsigned long request, struct ifreq *r)
{
	int s = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0)), result = ioctl(s, request, r);
	int error = errno;

	close(s);
	errno = error;
	return result;
}

static inline void
tun_up(const char *name, bool up)
{
	struct ifreq r = tun_request(name, 0);

	MUST(tun_configure(SIOCGIFFLAGS, &r));
	r.ifr_flags = (short)(up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP);
	MUST(tun_configure(SIOCSIFFLAGS, &r));
}

static inline void
tun_set(const char *name, unsigned long request, const char *address)
{
	struct ifreq r = tun_request(name, 0);
	struct sockaddr_in in = {.sin_family = AF_INET};

	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&r.ifr_addr, &in, sizeof in);
	MUST(tun_configure(request, &r));
}

/* An interface of this kind; its name in `name`. */
static inline int
tun_make(const char *wanted, int flags, char name[IFNAMSIZ])
{
	int fd = tun_open(O_NONBLOCK);
	struct ifreq r = tun_request(wanted, flags);

	MUST(ioctl(fd, TUNSETIFF, &r));
	memcpy(name, r.ifr_name, IFNAMSIZ);
	return fd;
}

static inline bool
tun_is_there(const char *name)
{
	return if_nametoindex(name) != 0;
}

static inline void
tun_begin(const char *name)
{
	tun_set(name, SIOCSIFADDR, TUN_NEAR);
	tun_set(name, SIOCSIFNETMASK, "255.255.255.0");
	tun_up(name, true);
}

static inline void
tun_about(int fd)
{
	struct ifreq r = {.ifr_flags = 0};

	TRY(ioctl(fd, TUNGETIFF, &r));
	SAY("'%s' %x", r.ifr_name, (unsigned short)r.ifr_flags);
}

/* One packet, within some seconds. */
static inline ssize_t
tun_read(int fd, uint8_t *packet, size_t room)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 10000) == 1 ? read(fd, packet, room) : 0;
}

static inline uint32_t
tun_sum(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static inline uint16_t
tun_checksum(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

#endif
