/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of a bus, <base>/rump-bus-<uid>/<name>: private to the user, with a socket for each
 * interface and a lock for who joins or leaves.
 */
#ifndef KERNEL_NET_NETIF_BUSDIR_H
#define KERNEL_NET_NETIF_BUSDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#define BUSDIR_PATH_MAX sizeof((struct sockaddr_un *)NULL)->sun_path

bool busdir_is_name(const char *bus);
/* Makes it if it is not there.  EPERM: it is not private. */
int busdir_open(const char *bus, char *path, size_t size);
/* Until the descriptor is closed.  ENOENT: it was removed meanwhile, try again. */
int busdir_lock(const char *path, int *ret_fd);
/* Is an entry of it the socket of an interface? */
bool busdir_is_socket(const char *entry);
/* Removes the socket, and the directory if it was the last. */
void busdir_leave(const char *socket);

#endif
