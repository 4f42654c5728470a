/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a rump kernel: makes it one that lies in the memory that it shares with programs.
 * As long as the kernel lives, words there become others: counters that stay odd, lengths, numbers
 * of descriptors, keys.  What is not in use is left alone, so that readers find much of it.
 *
 * SCRIBBLE_SEED chooses what.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BURST   64
#define LOOKING 4096 /* places looked at for one that is in use */

static uint64_t state;

static uint64_t
draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t
bad_word(uint64_t old)
{
	static const uint64_t edges[] = {0, 1, UINT64_MAX, INT64_MAX, UINT32_MAX, INT32_MAX,
	    UINT64_C(1) << 32, UINT64_C(0xff) << 40, UINT64_C(0xffffffff00000000)};

	switch (draw() % 4) {
	case 0:
		return edges[draw() % (sizeof edges / sizeof edges[0])];
	case 1:
		return draw();
	case 2:
		return old + (draw() % 5 - 2); /* an odd counter, another inode */
	default:
		return old ^ UINT64_C(1) << draw() % 64;
	}
}

static void
scribble(volatile uint64_t *words, size_t n)
{
	for (int i = 0, looks = 0; i < BURST && looks < LOOKING; looks++) {
		size_t at = draw() % n;

		if (words[at] == 0)
			continue;
		words[at] = bad_word(words[at]);
		i++;
	}
}

/* All that is mapped now of the memory in question. */
static void
scribble_all(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[512];

	if (maps == NULL)
		return;
	while (fgets(line, sizeof line, maps) != NULL) {
		if ((strstr(line, "memfd:rump-dcache") != NULL ||
			strstr(line, "memfd:rump-sockets") != NULL) &&
		    sscanf(line, "%lx-%lx", &start, &end) == 2)
			scribble((volatile uint64_t *)start, (end - start) / sizeof(uint64_t));
	}
	fclose(maps);
}

static void *
go_on(void *arg)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (;;) {
		scribble_all();
		nanosleep(&pause, NULL);
	}
	return arg;
}

static void
begin(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, go_on, NULL) != 0)
		abort();
}

/* The kernel itself is the child that goes on when it is ready. */
__attribute__((constructor)) static void
start(void)
{
	const char *seed = getenv("SCRIBBLE_SEED");

	if (seed == NULL)
		return;
	state = strtoull(seed, NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	pthread_atfork(NULL, NULL, begin);
}
