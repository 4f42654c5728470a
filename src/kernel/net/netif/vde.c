/* SPDX-License-Identifier: BSD-2-Clause */
/* A port of a virtual switch of the host, by libvdeplug. */
#include "net/netif/vde.h"

#include <errno.h>
#include <fcntl.h>
#include <libvdeplug.h>
#include <string.h>
#include <sys/socket.h>

#include "net/netif/hostlink.h"

static ssize_t
receive_frame(const struct hostlink_wire *w, void *frame, size_t room)
{
	return vde_recv(w->own, frame, room, MSG_DONTWAIT);
}

static ssize_t
send_frame(const struct hostlink_wire *w, const void *frame, size_t len)
{
	return vde_send(w->own, frame, len, MSG_DONTWAIT);
}

static void
close_wire(const struct hostlink_wire *w)
{
	vde_close(w->own);
}

int
vde_new(const char *url, const uint8_t *mac, unsigned mtu, struct ifnet **ret)
{
	struct vde_open_args args = {.mode = 0600};
	char where[4096], description[] = "rump_server";
	struct hostlink_wire wire = {
	    .kind = "vde", .receive = receive_frame, .send = send_frame, .close = close_wire};
	VDECONN *conn;

	if (strlen(url) >= sizeof where)
		return ENAMETOOLONG;
	strcpy(where, url);
	errno = 0;
	conn = vde_open(where, description, &args);
	if (conn == NULL)
		return errno != 0 ? errno : EIO;
	wire.own = conn;
	wire.fd = vde_datafd(conn);
	wire.end_fd = vde_ctlfd(conn);
	fcntl(wire.fd, F_SETFL, fcntl(wire.fd, F_GETFL) | O_NONBLOCK);
	return hostlink_new(&wire, mac, mtu, ret);
}
