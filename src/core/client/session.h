/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session: this program's being a process of the rump kernel.
 *
 *	SESSION_NONE    never connected; a call connects
 *	SESSION_READY   the main channel stands; calls are made
 *	SESSION_LOST    the connection broke; what a call does now is the retry policy's (retry.h)
 *
 * The life of the main channel is the process's life.  Version 0.5: further channels are attached
 * to it, and the main one is a channel like the others.  Version 0.4: it is all there is, shared.
 *
 * State changes are made under the lock; it is never held while a call waits for its answer.  A
 * child of a fork that the client was not told of finds the marker page wiped (MADV_WIPEONFORK) and
 * starts over, without a connection: two processes never speak on one.
 */
#ifndef CORE_CLIENT_SESSION_H
#define CORE_CLIENT_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/own.h"
#include "base/siglock.h"
#include "base/url.h"
#include "client/channel.h"
#include "client/client.h"

enum session_state { SESSION_NONE, SESSION_READY, SESSION_LOST };

/* What must happen before the first call of a process that took a connection over. */
enum session_due {
	DUE_NOTHING,
	DUE_HELLO,   /* forked child: cookie and pid are still the parent's */
	DUE_ANSWERS, /* new image: EXEC and HELLO were sent */
};

#define SESSION_URL_MAX 256

struct session {
	struct siglock lock;
	_Atomic uint32_t state;
	_Atomic uint32_t gen; /* counts sessions; a channel of another gen is void */
	struct channel *main;
	uint64_t main_ident; /* main->ident: the slot may be another channel's by now */
	struct client_server server;
	bool netbsd;          /* a genuine rump kernel: the table's numbers are not its own */
	_Atomic uint32_t due; /* enum session_due */
	void (*born)(void);   /* client_on_birth() */
	_Atomic(const char *) lost_why; /* of a session that was lost */
	_Atomic bool attach_refused;    /* the server has no more channels for us */
	_Atomic bool pipes_refused;     /* nor any of pipes */
	_Atomic uint32_t nlanes;
	uint32_t cookie[4];
	unsigned want;                 /* CLIENT_* flags asked for */
	char env_url[SESSION_URL_MAX]; /* as RUMP_SERVER has it */
	char url[SESSION_URL_MAX];     /* the same, a relative path made absolute */
	struct url addr;
};

extern PER_PROCESS struct session session;

/* Is there a connection, and is it this process's own? */
bool session_is_ready(void);
/* One attempt, if not READY.  The errno of what failed. */
int session_connect(void);
/* 0.5: before the first call of a forked child or a new image, what is due.  0 or ENOTCONN. */
int session_settle(void);

/* Something happened to a channel of session `gen`: finds out whether the session is lost. */
void session_check(uint32_t gen);
/* Session `gen` is over; `why` is told to the user if a call fails by it. */
void session_lose(uint32_t gen, const char *why);

/* For fork and exec.  The process is a new one: forgets everything, and closes what it inherited.
 */
void session_forget(void);
/* fork.c: this process turned out to be a child: takes its connection over, if it was given one. */
void fork_noticed(void);
/* Makes fd, a connected socket, the main channel's; the lock is held.  session_ready() follows. */
int session_adopt(int fd, struct channel **ret_main);
/* The main channel's handshake is done; the lock is held. */
void session_ready(struct channel *main);
/* Takes the server's URL from the environment: ENOENT, EINVAL, ENAMETOOLONG. */
int session_find_server(void);

#endif
