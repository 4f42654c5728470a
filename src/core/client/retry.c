/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The retry policy: when to connect anew, and what to say of it: one line when a call fails or has
 * to wait because there is no connection, and one when there is one again.  A connection that is
 * made again at once is nothing to speak of.
 *
 * A call that was in flight when the connection broke may have been done or not.  Under a policy
 * that retries it is made again, in the new process: the program asked for that.
 */
#include "client/retry.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/raw.h"
#include "client/session.h"
#include "rump/rumpclient.h"

#define PAUSE_FIRST_MS 5
#define PAUSE_MAX_MS   1000
#define REPEATS_MAX    100 /* of a call that was never sent, on a session that seems to stand */

static _Atomic int64_t policy;  /* seconds or RUMPCLIENT_RETRYCONN_* */
static _Atomic bool complained; /* of the present lack of a connection */

int
client_setconnretry(time_t seconds)
{
	if (seconds < RUMPCLIENT_RETRYCONN_DIE)
		return EINVAL;
	atomic_store(&policy, seconds);
	return 0;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void
complain(bool lost, int error)
{
	if (atomic_exchange(&complained, true))
		return;
	if (lost)
		log_line("rumpclient: connection to %s lost: %s", OWN(session).url,
		    atomic_load(&OWN(session).lost_why));
	else if (error == ENOENT && OWN(session).url[0] == '\0')
		log_line("rumpclient: RUMP_SERVER is not set");
	else if (OWN(session).url[0] != '\0') /* else session_find_server() has said it */
		log_line("rumpclient: connect %s: %s", OWN(session).url, strerrordesc_np(error));
}

/* Sleeps before the next attempt; false if the policy allows none. */
static bool
pause_for_next(struct retry *r, int64_t seconds)
{
	struct timespec t;

	if (seconds == 0 || seconds == RUMPCLIENT_RETRYCONN_ONCE ||
	    seconds == RUMPCLIENT_RETRYCONN_DIE)
		return false;
	if (!r->started) {
		r->started = true;
		r->pause_ms = PAUSE_FIRST_MS;
		r->deadline_ms = now_ms() + seconds * 1000;
	}
	if (seconds > 0 && now_ms() >= r->deadline_ms)
		return false;
	t.tv_sec = r->pause_ms / 1000;
	t.tv_nsec = (long)(r->pause_ms % 1000) * 1000000;
	raw_call2(SYS_nanosleep, &t, NULL);
	if (r->pause_ms < PAUSE_MAX_MS)
		r->pause_ms *= 2;
	return true;
}

int
retry_connect(struct retry *r)
{
	int64_t seconds = atomic_load(&policy);
	bool lost = atomic_load(&OWN(session).state) == SESSION_LOST;
	int error;

	if (lost && (seconds == 0 || seconds == RUMPCLIENT_RETRYCONN_DIE ||
			(seconds == RUMPCLIENT_RETRYCONN_ONCE && r->reconnects > 0))) {
		complain(lost, ENOTCONN);
		if (seconds == RUMPCLIENT_RETRYCONN_DIE)
			exit(1);
		return ENOTCONN;
	}
	do {
		r->reconnects += lost;
		error = session_connect();
		if (error == 0) {
			if (atomic_exchange(&complained, false) && lost)
				log_line("rumpclient: connected to %s again", OWN(session).url);
			return 0;
		}
		complain(lost, error);
	} while (pause_for_next(r, seconds));
	return ENOTCONN;
}

bool
retry_may_repeat(struct retry *r, bool sent)
{
	if (sent)
		return atomic_load(&policy) != 0;
	return !session_is_ready() || ++r->repeats < REPEATS_MAX;
}
