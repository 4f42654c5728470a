/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path MTUs that routers have reported.  As on Linux they are believed for ten minutes, and never
 * below what every link must carry.  A small table: an address takes another's place if need be.
 */
#include "net/pmtu.h"

#include <stdint.h>

#include "net/netloop.h"

#define PLACES      256
#define BELIEVED_MS (10 * 60 * 1000)
#define LEAST4      552
#define LEAST6      1280

static struct {
	struct inaddr dest;
	unsigned mtu;
	int64_t until;
} known[PLACES];

static unsigned
place_of(const struct inaddr *a)
{
	unsigned h = 0;

	for (unsigned i = 0; i < sizeof a->ip; i++)
		h = h * 31 + a->ip[i];
	return h % PLACES;
}

void
pmtu_learn(const struct inaddr *dest, unsigned mtu)
{
	unsigned at = place_of(dest), least = inaddr_is_v4(dest) ? LEAST4 : LEAST6;

	known[at].dest = *dest;
	known[at].mtu = mtu < least ? least : mtu;
	known[at].until = netloop_now_ms() + BELIEVED_MS;
}

unsigned
pmtu_of(const struct inaddr *dest, unsigned mtu)
{
	unsigned at = place_of(dest);

	return known[at].mtu < mtu && known[at].until > netloop_now_ms() &&
		       inaddr_same_ip(&known[at].dest, dest)
		   ? known[at].mtu
		   : mtu;
}
