/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of socket options on their way to and from the program, whose pointers may be bad.
 */
#ifndef CORE_SOCKET_OPTVAL_H
#define CORE_SOCKET_OPTVAL_H

#include <stddef.h>
#include <sys/socket.h>

/* Hands a value out as getsockopt does: what fits. */
int optval_give_bytes(const void *src, size_t size, void *val, socklen_t *len);
int optval_give(int value, void *val, socklen_t *len);
/* An int option as the program gave it: EINVAL if it is shorter. */
int optval_take(const void *val, socklen_t len, int *ret_value);

#endif
