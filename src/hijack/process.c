/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's process in the rump kernel.
 *
 * It is recognised by its pid there: when that changes without fork or exec (the first connection,
 * or a new one after a loss), the new process gets the mask and the directory.  The mask is read
 * once at the start, by setting it: Linux has no call that only reads it.
 */
#include "process.h"

#include <limits.h>
#include <rump/rumpclient.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/raw.h"
#include "client/client.h"
#include "config.h"
#include "route.h"
#include "syscall/calls.h"

#define RETRY "RUMPHIJACK_RETRYCONNECT"

static _Atomic(pid_t) known; /* pid of the process that knows the mask and the directory */
static atomic_bool copied;   /* the next pid that shows up is a copy of the known one */
static _Atomic(mode_t) umask_now;
static char first_cwd[PATH_MAX]; /* rump directory that the image began in, "" if it has no name */

static void
set_retry(void)
{
	static const struct {
		const char *word;
		time_t retry;
	} words[] = {
	    {"inftime", RUMPCLIENT_RETRYCONN_INFTIME},
	    {"once", RUMPCLIENT_RETRYCONN_ONCE},
	    {"die", RUMPCLIENT_RETRYCONN_DIE},
	};
	const char *value = getenv(RETRY);
	long seconds;

	if (value == NULL)
		return;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(value, words[i].word) == 0) {
			(void)client_setconnretry(words[i].retry);
			return;
		}
	}
	seconds = config_number(value, INT_MAX);
	if (seconds < 0)
		config_die(RETRY, value, "must be inftime, once, die or a number of seconds");
	(void)client_setconnretry(seconds);
}

static void
read_umask(void)
{
	mode_t mask = (mode_t)raw_call1(SYS_umask, 077);

	raw_call1(SYS_umask, mask);
	atomic_store(&umask_now, mask);
}

static void
take_directory(void)
{
	const char *cwd = getenv(PROCESS_CWD);

	if (cwd == NULL || strlen(cwd) >= sizeof first_cwd)
		return;
	strcpy(first_cwd, cwd);
	route_set_cwd(true);
}

void
process_start(void)
{
	static atomic_flag started = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&started))
		return;
	client_set_flags(CLIENT_ABSLINKS | CLIENT_DELEGATE);
	set_retry();
	read_umask();
	take_directory();
	if (client_exec_adopt() == 0 && client_is_connected())
		atomic_store(&known, client_server()->pid);
}

/* To a process that is new in the rump kernel. */
static void
introduce(void)
{
	int64_t old;

	(void)call_umask(atomic_load(&umask_now), &old);
	if (route_cwd_is_rump() && *first_cwd != '\0')
		(void)call_chdir(first_cwd);
}

void
process_refresh(void)
{
	pid_t pid = client_server()->pid;

	if (pid != 0 && pid == atomic_load_explicit(&known, memory_order_relaxed))
		return;
	process_start();
	if (client_connect() != 0)
		return; /* the call that follows fails and says so */
	pid = client_server()->pid;
	if (atomic_exchange(&known, pid) == pid || atomic_exchange(&copied, false))
		return;
	introduce();
}

void
process_forked(void)
{
	/* The client learns the child's pid with its first call. */
	atomic_store(&copied, client_server()->pid == atomic_load(&known));
	*first_cwd = '\0';
}

void
process_set_umask(mode_t mask)
{
	int64_t old;

	atomic_store(&umask_now, mask);
	if (client_is_connected())
		(void)call_umask(mask, &old);
}
