/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of Internet sockets, as the host has them: what may be set, and what it reads back as,
 * says a socket that is made for the question, the model.  A routed socket only remembers the
 * value.
 */
#ifndef CORE_SOCKET_OPTMODEL_H
#define CORE_SOCKET_OPTMODEL_H

#include "socket/sockhost.h"
#include "socket/socktag.h"

/* May the host be asked?  Some options would change more than the socket. */
bool optmodel_knows(int level, int name);

/*
 * setsockopt(2).  *ret_keep: the option is a number, which now is *ret_value.
 */
int optmodel_set(const struct socktag *t, int level, int name, const void *val, socklen_t len,
    int *ret_value, bool *ret_keep);
/* getsockopt(2) of a socket on which the value was set (NULL: none was). */
int optmodel_get(
    const struct socktag *t, int level, int name, const int *value, void *val, socklen_t *len);

#endif
