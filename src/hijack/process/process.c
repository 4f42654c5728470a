/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's process in the rump kernel.
 *
 * A process that connecting has made (the first, or a new one after a loss) is told the file mode
 * mask; one that came by fork or exec has it, and its directory.  The mask is read once at the
 * start, by setting it: Linux has no call that only reads it.
 */
#include "process/process.h"

#include <limits.h>
#include <rump/rumpclient.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/own.h"
#include "base/raw.h"
#include "client/client.h"
#include "config.h"
#include "ident/lookup.h"
#include "route/route.h"
#include "sock/call_sigpipe.h"
#include "syscall/calls.h"

#define RETRY   "RUMPHIJACK_RETRYCONNECT"
#define GUARDED ",guard"

PER_PROCESS static _Atomic(mode_t) umask_now;
static char own_exe[PATH_MAX];

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
	atomic_store(&OWN(umask_now), mask);
}

/* To a process that is new in the rump kernel; it begins in the root. */
static void
introduce(void)
{
	int64_t old;

	lookup_cwd_changed();
	(void)call_umask(atomic_load(&OWN(umask_now)), &old);
}

const char *
process_variable(char buf[PROCESS_VARIABLE_MAX], bool rump_cwd, const char *name, const char *exe)
{
	bool guarded = sigpipe_is_guarded();

	if (!rump_cwd && !guarded && name == NULL && exe == NULL)
		return NULL;
	snprintf(buf, PROCESS_VARIABLE_MAX, PROCESS_VARIABLE "=%s%s:%s%s",
	    rump_cwd ? "rump" : "host", guarded ? GUARDED : "", name == NULL ? "" : name,
	    exe == NULL ? "" : exe);
	return buf;
}

const char *
process_exe(void)
{
	return *own_exe == '\0' ? NULL : own_exe;
}

/*
 * What the image that called exec left for this one; `ours`: as it did the connection.  Else it was
 * left for a program that is not hijacked and hands its environment on: our directory is that
 * program's, on the host; but our standard output may be a connection all the same.
 */
static void
take_variable(bool ours)
{
	char own_name[NAME_MAX + 1];
	const char *value = env_value(environ, PROCESS_VARIABLE);
	const char *name = value == NULL ? NULL : strchr(value, ':');

	env_remove(environ, PROCESS_VARIABLE);
	if (name == NULL)
		return;
	if (value[strcspn(value, ",:")] == ',')
		sigpipe_guard();
	if (!ours)
		return;
	if (strncmp(value, "rump", 4) == 0)
		route_set_cwd(true);
	name++;
	snprintf(own_exe, sizeof own_exe, "%s", name + strcspn(name, "/"));
	snprintf(own_name, sizeof own_name, "%.*s", (int)strcspn(name, "/"), name);
	if (*own_name != '\0')
		raw_call2(SYS_prctl, PR_SET_NAME, own_name);
}

void
process_start(void)
{
	static atomic_bool started;

	if (atomic_load_explicit(&started, memory_order_relaxed) || atomic_exchange(&started, true))
		return;
	client_set_flags(CLIENT_ABSLINKS | CLIENT_DELEGATE);
	client_on_birth(introduce);
	set_retry();
	read_umask();
	take_variable(client_exec_adopt() == 0);
}

void
process_set_umask(mode_t mask)
{
	int64_t old;

	atomic_store(&OWN(umask_now), mask);
	if (client_is_connected())
		(void)call_umask(mask, &old);
}
