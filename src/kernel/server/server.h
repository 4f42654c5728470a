/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's common ground: the giant lock, the log, limits, start and end.
 *
 * Parts:  bind.c     URL -> listening socket          listener.c   accepts
 *         lane.c     lanes                            worker.c     leaders and followers
 *         channel.c  a connection                     guest.c      a process and its channels
 *         input.c    bytes -> frames                  output.c     sending, queues
 *         dispatch.c frame -> handler, by state       handshake.c  GUEST FORK EXEC ATTACH HELLO
 *         fork.c     PREFORK, FORKCONN                prefork.c    children before they connect
 *         pipes.c    channels of pipes                call.c       SYSCALL and CALL
 *         copy.c     the client's memory              wait.c       kern_wait, kern_poll
 *         kthread.c  threads of no lane               peer.c       who is at the other end
 *         hostdir.c  private directory                log.c        lines for the operator
 *         mounts.c   file systems at the start
 *         server.c   start, halt
 *
 * Locks, in the order in which they may be taken:
 *   giant          kernel state; guests, preforks, lists of channels and of waiting calls
 *   channel.lock   what is on its way out, copies that wait for an answer, which lane it is on
 *   lane.lock      idle threads, channels with input to look at
 * Everything about a channel's input belongs to the leader of its lane and needs no lock.
 */
#ifndef KERNEL_SERVER_SERVER_H
#define KERNEL_SERVER_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kern/giant.h"

#define SERVER_CHANNELS_MAX 20000 /* connections; fewer if RLIMIT_NOFILE / 2 is less */
#define SERVER_THREADS_MAX  4096

/* Set by kern_halt(); server_halt_if_asked() carries it out once the reply is sent. */
extern atomic_bool server_halt_asked;
void server_halt_if_asked(void);
/* Forgets what kern_watch() was told. */
void notices_fini(void);
unsigned server_channels_max(void);

/* log.c: `warn` always, `note` if verbose. */
void server_log_init(bool verbose);
void server_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void server_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Why the last rump_server_*() failed, for rump_server_message(); returns error. */
int server_fail(int error, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* hostdir.c */
int hostdir_init(void);
void hostdir_fini(void);

#endif
