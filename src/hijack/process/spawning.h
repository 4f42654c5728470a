/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_spawn: what its parts share.
 *
 * posix_spawn_file_actions_t belongs to libc, but what its pointer leads to is known to nobody
 * else, and all functions that touch it are ours (call_spawn_actions.c).  Attributes are libc's
 * own.
 */
#ifndef HIJACK_SPAWNING_H
#define HIJACK_SPAWNING_H

#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/client.h"
#include "process/process.h"

enum spawn_kind {
	SPAWN_OPEN,
	SPAWN_CLOSE,
	SPAWN_DUP2,
	SPAWN_CHDIR,
	SPAWN_FCHDIR,
	SPAWN_CLOSEFROM,
	SPAWN_TCSETPGRP,
};

struct spawn_action {
	enum spawn_kind kind;
	int fd;
	int to;     /* of dup2 */
	char *path; /* of open and chdir; ours */
	int flags;
	mode_t mode;
};

/* The list behind actions, which may be NULL; *ret_n: its length. */
const struct spawn_action *spawn_actions(const posix_spawn_file_actions_t *actions, int *ret_n);

/* Why the child did not become the program, where the parent sees it. */
struct spawn_failure {
	int error;
	bool interpreter; /* a script's, and in the rump kernel: needs memory of its own */
};

/* What the child is to do. */
struct spawn {
	const char *file;
	bool search; /* in PATH */
	bool shared; /* the child has the parent's memory */
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attr; /* or NULL */
	char *const *argv;
	char *const *envp;
	struct client_exec exec; /* with `shared`: its environment, ready */
	uint64_t sigmask;        /* of the caller */
	struct spawn_failure *failure;
};

/* In the child: does all of it.  Returns only if something failed. */
void spawn_child(struct spawn *s);

#endif
