/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a descriptor is.  A routed descriptor is a real host descriptor that describes itself, so
 * that it is recognised after dup, fork, exec and SCM_RIGHTS by anyone:
 *
 *	file, directory    an object of the server: a memfd, or a file of a host store, whose number
 *	                   (dcache/object.h) fstat(2) tells; the server confirms it once, the answer
 *	                   is cached by that number
 *	socket             a host AF_UNIX socket with a tag: the 64 bits of SO_MAX_PACING_RATE,
 *	                   which mean nothing to AF_UNIX (socket/socktag.h)
 *
 * Nothing here trusts a number: each question looks at the descriptor anew.
 */
#ifndef HIJACK_IDENT_H
#define HIJACK_IDENT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Is fd a file or directory of the rump kernel?  *ret_word is what calls take for it. */
bool ident_file(int fd, uint64_t *ret_word);
/* The same, of what the host's fstat(2) told about a descriptor. */
bool ident_stat(const struct stat *st, uint64_t *ret_word);
/* The same, but not if it was opened with O_PATH: then the host says EBADF, as it should. */
bool ident_open_file(int fd, uint64_t *ret_word);
/* As ident_file for the file that a path of the host leads to, as those in /proc/self/fd do. */
bool ident_path(int dirfd, const char *path, uint64_t *ret_word);
/* As ident_file, for directories only; cheap enough to ask after a read of 0 bytes. */
bool ident_dir(int fd, uint64_t *ret_word);
/* The path of an open file, as the rump kernel names it: 0 or an errno. */
int ident_name(uint64_t word, char path[PATH_MAX]);
/* Tells that the rump kernel just opened fd with these flags (saves the question to the server).
 * Returns the type and mode of the host's object. */
mode_t ident_opened(int fd, int flags);
/* The same, with the object known. */
void ident_known(uint64_t object, bool is_dir);
/* A descriptor that the program did not open itself: is it one for closing.h or parts.h? */
void ident_inherited(int fd);

#endif
