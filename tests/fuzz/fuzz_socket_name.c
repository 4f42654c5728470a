/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as the host name of a socket, as other programs of the host may give theirs: what is
 * taken for a name of a rump kernel means the same when it is written anew.
 */
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "socket/sockname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same_address(const struct inaddr *a, const struct inaddr *b)
{
	return a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockhost h;
	struct sockname n, again;

	sockhost_from(&h, data, size);
	n = sockname_parse(&h);
	switch (n.kind) {
	case SOCKNAME_BOUND:
		sockname_bound(&h, "/d", n.seq, &n.own);
		break;
	case SOCKNAME_REMOTE:
		sockname_remote(&h, "/d", n.seq, &n.own);
		break;
	case SOCKNAME_LOCAL:
		sockname_local(&h, "/d", n.seq);
		break;
	case SOCKNAME_CONNECTOR:
		sockname_connector(&h, "s", n.seq, &n.own, &n.dest);
		break;
	case SOCKNAME_ENVELOPE:
		sockname_envelope(&h, (uint32_t)n.seq, &n.own, &n.dest, n.ttl, n.tos, n.index);
		break;
	default:
		return 0;
	}
	again = sockname_parse(&h);
	CHECK(again.kind == n.kind && again.seq == n.seq);
	CHECK(same_address(&again.own, &n.own) && same_address(&again.dest, &n.dest));
	CHECK(again.ttl == n.ttl && again.tos == n.tos && again.index == n.index);
	return 0;
}
