/* SPDX-License-Identifier: BSD-2-Clause */
/* The checksum, beside the sum as RFC 1071 describes it: at every place, of every short length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/checksum.h"

#define LONGEST 65535
#define PLACES  16

static uint8_t bytes[LONGEST + PLACES];

static uint16_t
plain_sum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)sum;
}

static void
check(size_t place, size_t len)
{
	assert_int_equal(checksum_of(bytes + place, len), plain_sum(bytes + place, len));
}

static void
fill(void (*with)(uint8_t *))
{
	for (size_t i = 0; i < sizeof bytes; i++)
		with(&bytes[i]);
}

static void
anything(uint8_t *b)
{
	*b = (uint8_t)rand();
}

static void
all_ones(uint8_t *b)
{
	*b = 0xff;
}

static void
short_ones(void **state)
{
	(void)state;
	fill(anything);
	for (size_t place = 0; place < PLACES; place++)
		for (size_t len = 0; len < 200; len++)
			check(place, len);
}

/* No carry is lost, however many there are. */
static void
long_ones(void **state)
{
	(void)state;
	for (size_t len = LONGEST - 40; len <= LONGEST; len++) {
		fill(anything);
		check(1, len);
		fill(all_ones);
		check(1, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_ones),
	    cmocka_unit_test(long_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
