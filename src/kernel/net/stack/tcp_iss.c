/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first sequence number of a connection (RFC 6528): a clock that makes a new connection between
 * the same ports begin above the one before, plus a keyed hash of its addresses that nobody can
 * guess.  The hash is SipHash-2-4.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "net/stack/lwip_own.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

#define CLOCK_SHIFT 6 /* a step each 64 ns, as Linux */
#define BEYOND      65536

struct tuple {
	uint64_t own[2], peer[2], ports;
};

static uint64_t key[2];

int
tcp_iss_init(void)
{
	return getrandom(key, sizeof key, 0) == sizeof key ? 0 : EIO;
}

static uint64_t
turn(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turn(v[1], 13) ^ v[0];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] = turn(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = turn(v[1], 17) ^ v[2];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] = turn(v[2], 32);
}

static void
add(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v);
	mix(v);
	v[0] ^= word;
}

static uint32_t
hash(const struct tuple *t)
{
	uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575),
	    key[1] ^ UINT64_C(0x646f72616e646f6d), key[0] ^ UINT64_C(0x6c7967656e657261),
	    key[1] ^ UINT64_C(0x7465646279746573)};
	uint64_t words[sizeof *t / sizeof(uint64_t)];

	memcpy(words, t, sizeof words);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		add(v, words[i]);
	add(v, (uint64_t)sizeof words << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}

/* In place of lwIP's, which counts ticks. */
FOR_LWIP u32_t
tcp_next_iss(struct tcp_pcb *pcb)
{
	struct inaddr own = ip_to_inaddr(&pcb->local_ip, 0),
		      peer = ip_to_inaddr(&pcb->remote_ip, 0);
	const struct conn *old =
	    conn_find(&pcb->local_ip, pcb->local_port, &pcb->remote_ip, pcb->remote_port);
	struct tuple t = {.ports = (uint64_t)pcb->local_port << 16 | pcb->remote_port};
	struct timespec now;
	uint32_t iss;

	memcpy(t.own, own.ip, sizeof t.own);
	memcpy(t.peer, peer.ip, sizeof t.peer);
	clock_gettime(CLOCK_MONOTONIC, &now);
	iss = hash(&t) + (uint32_t)(((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec) >>
				    CLOCK_SHIFT);
	/* The one before may have sent more than the clock has counted. */
	if (old != NULL && old->pcb.state == TIME_WAIT &&
	    TCP_SEQ_LEQ(iss, old->pcb.snd_nxt + BEYOND))
		iss = old->pcb.snd_nxt + BEYOND;
	return iss;
}
