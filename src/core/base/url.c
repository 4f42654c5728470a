/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URLs of rump kernels into socket addresses.
 */
#include "base/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

static int
parse_unix(const char *path, struct url *u, const char **ret_why)
{
	struct sockaddr_un *sun = (struct sockaddr_un *)&u->addr;
	size_t len = strlen(path);

	if (len == 0) {
		*ret_why = "no path after unix://";
		return EINVAL;
	}
	if (len >= sizeof sun->sun_path) {
		*ret_why = "the path is longer than a socket's can be";
		return ENAMETOOLONG;
	}
	u->kind = URL_UNIX;
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, len + 1);
	u->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	return 0;
}

/* "port" or "port/": 1 to 65535. */
static int
parse_port(const char *s, in_port_t *ret)
{
	unsigned long port = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9' && port <= 65535; p++)
		port = port * 10 + (unsigned long)(*p - '0');
	if (p == s || port == 0 || port > 65535 || (*p != '\0' && strcmp(p, "/") != 0))
		return EINVAL;
	*ret = htons((in_port_t)port);
	return 0;
}

static int
parse_host4(const char *host, struct sockaddr_in *sin)
{
	sin->sin_family = AF_INET;
	if (strcmp(host, "0") == 0 || strcmp(host, "*") == 0) {
		sin->sin_addr.s_addr = htonl(INADDR_ANY);
		return 0;
	}
	return inet_pton(AF_INET, host, &sin->sin_addr) == 1 ? 0 : EINVAL;
}

static int
parse_tcp(const char *rest, struct url *u, const char **ret_why)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&u->addr;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&u->addr;
	const char *end, *port;
	char host[INET6_ADDRSTRLEN];
	bool v6 = *rest == '[';

	end = v6 ? strchr(++rest, ']') : strchr(rest, ':');
	port = end == NULL ? NULL : v6 ? end + 2 : end + 1;
	if (end == NULL || (v6 && end[1] != ':')) {
		*ret_why = "no :port after the address";
		return EINVAL;
	}
	if ((size_t)(end - rest) >= sizeof host) {
		*ret_why = "bad address";
		return EINVAL;
	}
	memcpy(host, rest, (size_t)(end - rest));
	host[end - rest] = '\0';
	u->kind = URL_TCP;
	u->len = v6 ? sizeof *sin6 : sizeof *sin;
	if (parse_port(port, &sin->sin_port) != 0) {
		*ret_why = "bad port";
		return EINVAL;
	}
	if (v6)
		sin6->sin6_family = AF_INET6;
	if (v6 ? inet_pton(AF_INET6, host, &sin6->sin6_addr) != 1 : parse_host4(host, sin) != 0) {
		*ret_why = "bad address";
		return EINVAL;
	}
	return 0;
}

int
url_parse(const char *url, struct url *ret, const char **ret_why)
{
	struct url u;
	int error;

	_Static_assert(
	    offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port),
	    "one place for the port");
	memset(&u, 0, sizeof u);
	if (strncmp(url, "unix://", 7) == 0) {
		error = parse_unix(url + 7, &u, ret_why);
	} else if (strncmp(url, "tcp://", 6) == 0) {
		error = parse_tcp(url + 6, &u, ret_why);
	} else {
		*ret_why = "neither unix:// nor tcp://";
		error = EINVAL;
	}
	if (error == 0)
		*ret = u;
	return error;
}
