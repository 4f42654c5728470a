/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening host objects of the server by ourselves, through its directory in /proc: a good deal
 * cheaper than having a descriptor passed.  The host allows it to programs of the server's user, or
 * root's, that see its process under the number it has for itself.
 */
#ifndef HIJACK_REOPEN_H
#define HIJACK_REOPEN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "socket/deleg.h"

/* Shall an open be tried this way?  Not the first ones of a program, and not before it has been
 * seen to work. */
bool reopen_is_usable(void);

/*
 * Opens the object, with O_CLOEXEC if that is among the program's flags.  EMFILE, ENFILE: no number
 * left.  ESTALE: it has gone, or is not to be had this way: a passed descriptor will do.
 */
int reopen(const struct deleg_object *object, int flags, int *ret_fd);

/* What the host says of the object behind a descriptor of the server: 0 or ESTALE. */
int reopen_stat(int fd, uint64_t number, struct stat *st);

/* The program's credentials changed: what was found out may be so no more. */
void reopen_forget(void);

#endif
