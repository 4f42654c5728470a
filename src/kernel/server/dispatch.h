/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames to handlers.  A handler returns an enum served; answers to what it refuses it sends
 * itself.
 */
#ifndef KERNEL_SERVER_DISPATCH_H
#define KERNEL_SERVER_DISPATCH_H

#include "channel.h"

int dispatch(struct worker *, struct channel *, const struct wire_frame *);
/* Answers with an ERROR frame. */
void dispatch_refuse(struct channel *, const struct wire_header *, enum wire_error);

/* handshake.c */
int serve_handshake(struct worker *, struct channel *, const struct wire_frame *);
int serve_hello(struct worker *, struct channel *, const struct wire_frame *);
/* fork.c */
int serve_prefork(struct worker *, struct channel *, const struct wire_frame *);
int serve_forkconn(struct worker *, struct channel *, const struct wire_frame *);
/* pipes.c */
int serve_pipes(struct worker *, struct channel *, const struct wire_frame *);

#endif
