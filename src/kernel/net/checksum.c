/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum.
 *
 * A sum of 16 bit words with end-around carry is the same as one of wider words that is folded
 * afterwards, whatever the byte order.  So words of 32 bits are added, several sums side by side,
 * and 64 bits hold the carries of as many as there are here.
 */
#include "net/checksum.h"

#include <string.h>

/* The host adds that many words at once. */
typedef uint64_t sums __attribute__((vector_size(16)));

static uint64_t
sum_whole_blocks(const uint8_t *p, size_t blocks)
{
	const sums low = {UINT32_MAX, UINT32_MAX};
	sums s[4] = {{0}}, words;

	for (; blocks > 0; blocks--) {
		for (int i = 0; i < 2; i++, p += sizeof words) {
			memcpy(&words, p, sizeof words);
			s[2 * i] += words & low;
			s[2 * i + 1] += words >> 32;
		}
	}
	s[0] += s[1] + s[2] + s[3];
	return s[0][0] + s[0][1];
}

uint16_t
checksum_of(const void *data, size_t len)
{
	const size_t block = 2 * sizeof(sums), blocks = len / block;
	const uint8_t *p = (const uint8_t *)data + blocks * block;
	size_t rest = len % block;
	uint64_t sum = sum_whole_blocks(data, blocks);
	uint32_t word;

	for (; rest >= sizeof word; p += sizeof word, rest -= sizeof word) {
		memcpy(&word, p, sizeof word);
		sum += word;
	}
	word = 0;
	memcpy(&word, p, rest);
	sum += word;
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)sum;
}
