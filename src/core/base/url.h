/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a rump kernel is: unix://relative, unix:///absolute, tcp://address:port/ and
 * tcp://[v6-address]:port/.  A server may say `0` or `*` for any address.
 */
#ifndef CORE_BASE_URL_H
#define CORE_BASE_URL_H

#include <sys/socket.h>

enum url_kind { URL_UNIX, URL_TCP };

struct url {
	enum url_kind kind;
	struct sockaddr_storage addr;
	socklen_t len;
};

/* 0, or EINVAL or ENAMETOOLONG with what is wrong in *ret_why (static text). */
int url_parse(const char *url, struct url *ret, const char **ret_why);

#endif
