/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of the host that lead to the kernel (slirp.h). */
#include "net/netif/slirp_forward.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libslirp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "net/netif/slirp.h"

/* [ADDRESS:]PORT from the end of the text, which is cut off. */
static bool
cut_address(char *text, struct in_addr *ret_ip, int *ret_port)
{
	char *colon = strrchr(text, ':'), *end;
	long port;

	if (colon == NULL)
		return false;
	port = strtol(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port < 1 || port > UINT16_MAX)
		return false;
	*ret_port = (int)port;
	*colon = '\0';
	colon = strrchr(text, ':');
	if (colon != NULL && strchr(colon, '.') != NULL) {
		*colon = '\0';
		return inet_pton(AF_INET, colon + 1, ret_ip) == 1;
	}
	return true;
}

int
slirp_forward(struct Slirp *slirp, const char *text)
{
	CLEANUP_FREE char *copy = malloc(strlen(text) + 2);
	struct in_addr host = {.s_addr = htonl(INADDR_LOOPBACK)}, guest;
	int host_port, guest_port;
	bool udp;

	if (copy == NULL)
		return ENOMEM;
	inet_pton(AF_INET, SLIRP_ADDRESS, &guest);
	sprintf(copy, ":%s", text); /* so that what is left over in the end begins with ':' */
	if (!cut_address(copy, &guest, &guest_port) || !cut_address(copy, &host, &host_port))
		return EINVAL;
	udp = strcmp(copy, ":udp") == 0;
	if (!udp && strcmp(copy, ":tcp") != 0)
		return EINVAL;
	errno = 0;
	if (slirp_add_hostfwd(slirp, udp, host, host_port, guest, guest_port) == 0)
		return 0;
	return errno != 0 ? errno : EADDRINUSE;
}
