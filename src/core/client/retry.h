/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a call does without a connection: rumpclient_setconnretry(3).
 */
#ifndef CORE_CLIENT_RETRY_H
#define CORE_CLIENT_RETRY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* One call's patience; starts as zeros. */
struct retry {
	bool started;
	int64_t deadline_ms;
	unsigned pause_ms;
	unsigned reconnects;
	unsigned repeats;
};

/* Connects, as long as the policy says.  0 or ENOTCONN. */
int retry_connect(struct retry *r);
/* A call met ENOTCONN; may it be made once more?  sent: the kernel may have done it already. */
bool retry_may_repeat(struct retry *r, bool sent);

#endif
