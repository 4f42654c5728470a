/* SPDX-License-Identifier: BSD-2-Clause */
/* A tap interface of the host. */
#include "net/netif/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/netif/hostlink.h"

static ssize_t
receive_frame(const struct hostlink_wire *w, void *frame, size_t room)
{
	return read(w->fd, frame, room);
}

static ssize_t
send_frame(const struct hostlink_wire *w, const void *frame, size_t len)
{
	return write(w->fd, frame, len);
}

static void
close_wire(const struct hostlink_wire *w)
{
	close(w->fd);
}

int
tap_new(const char *name, const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	struct hostlink_wire wire = {.kind = "tap",
	    .receive = receive_frame,
	    .send = send_frame,
	    .close = close_wire,
	    .end_fd = -1};
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	CLEANUP_FD int fd = -1;

	if (strlen(name) >= sizeof r.ifr_name)
		return EINVAL;
	strcpy(r.ifr_name, name);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) != 0)
		return errno;
	wire.fd = take_fd(&fd);
	return hostlink_new(&wire, mac, mtu, ret);
}
