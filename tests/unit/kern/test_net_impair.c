/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults on purpose: what rules say, and what becomes of frames. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <net/if.h>

#include "net/ifnet.h"
#include "net/ifnet_io.h"
#include "net/impair.h"

static unsigned sent, damaged;
static uint8_t frame[100];

static int
output(struct ifnet *ifp, const void *bytes, size_t len)
{
	(void)ifp;
	sent++;
	damaged += len != sizeof frame || memcmp(bytes, frame, len) != 0;
	return 0;
}

static const struct ifnet_ops ops = {.kind = "test", .output = output};

static int
setup(void **state)
{
	const struct ifnet_params params = {
	    .name = "eth0", .type = 1, .mtu = 1500, .mtu_min = 68, .mtu_max = 9000, .ops = &ops};
	struct ifnet *ifp;

	assert_int_equal(ifnet_init(), 0);
	assert_int_equal(ifnet_new(&params, &ifp), 0);
	assert_int_equal(ifnet_set_flags(ifp, IFF_UP, IFF_UP), 0);
	/* TCP from port 80 to 1000. */
	frame[12] = 8;
	frame[14] = 0x45;
	frame[23] = 6;
	frame[35] = 80;
	frame[36] = 1000 >> 8;
	frame[37] = 1000 & 0xff;
	sent = damaged = 0;
	*state = ifp;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ifnet_fini();
	return 0;
}

static int
command(const char *text, char *report, size_t size)
{
	size_t len;

	return impair_command(text, report, size, &len);
}

static void
test_words(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
	    {"eth0 loss 5%", 0},
	    {"eth0 loss 100% dup 0.5% corrupt 1% in", 0},
	    {"eth0 delay 20ms jitter 5ms reorder 10%", 0},
	    {"eth0 rate 1.5mbit port 80 seed 7", 0},
	    {"eth0  delay  1s", EINVAL},
	    {"eth0 off", 0},
	    {"off", 0},
	    {"eth0", EINVAL},
	    {"eth0 ", EINVAL},
	    {"eth0 loss", EINVAL},
	    {"eth0 loss 5", EINVAL},
	    {"eth0 loss -1%", EINVAL},
	    {"eth0 loss 101%", EINVAL},
	    {"eth0 loss nan%", EINVAL},
	    {"eth0 delay 5", EINVAL},
	    {"eth0 delay 2h", EINVAL},
	    {"eth0 delay 1e9s", EINVAL},
	    {"eth0 rate 0mbit", EINVAL},
	    {"eth0 jitter 5ms", EINVAL},
	    {"eth0 reorder 5%", EINVAL},
	    {"eth0 port 0 loss 1%", EINVAL},
	    {"eth0 port 65536 loss 1%", EINVAL},
	    {"eth0 lose 1%", EINVAL},
	    {"eth1 loss 1%", ENODEV},
	    {"aVeryLongNameOfAnInterface loss 1%", ENODEV},
	    {"lo loss 1%", EOPNOTSUPP},
	};
	char report[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		report[0] = '\0';
		if (command(cases[i].text, report, sizeof report) != cases[i].error)
			fail_msg("%s", cases[i].text);
		assert_int_equal(report[0] != '\0', cases[i].error != 0);
	}
}

static void
send_frames(struct ifnet *ifp, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(ifnet_output(ifp, frame, sizeof frame), 0);
}

static void
test_chances(void **state)
{
	char report[1024];

	send_frames(*state, 10);
	assert_int_equal(sent, 10);
	assert_int_equal(
	    command("eth0 loss 50% dup 50% corrupt 10% seed 1", report, sizeof report), 0);
	send_frames(*state, 10000);
	assert_in_range(sent, 7000, 8000); /* half, and half of that twice */
	assert_in_range(damaged, 600, 900);
	assert_int_equal(command("", report, sizeof report), 0);
	assert_non_null(
	    strstr(report, "eth0 out loss 50% dup 50% corrupt 10%\n  frames 10000 lost "));
	assert_int_equal(command("eth0 loss 100%", report, sizeof report), 0);
	sent = 0;
	send_frames(*state, 100);
	assert_int_equal(sent, 0);
	assert_int_equal(command("off", report, sizeof report), 0);
	send_frames(*state, 100);
	assert_int_equal(sent, 100);
}

static void
test_ports(void **state)
{
	char report[256];

	assert_int_equal(command("eth0 loss 100% port 81", report, sizeof report), 0);
	send_frames(*state, 10);
	assert_int_equal(sent, 10);
	assert_int_equal(command("eth0 loss 100% port 1000", report, sizeof report), 0);
	send_frames(*state, 10);
	assert_int_equal(sent, 10);
	assert_int_equal(command("eth0 dup 100% port 80", report, sizeof report), 0);
	send_frames(*state, 10);
	assert_int_equal(sent, 30); /* the newer rule with a port comes first */
	assert_int_equal(command("eth0 loss 100%", report, sizeof report), 0);
	send_frames(*state, 10);
	assert_int_equal(sent, 50);
	frame[35] = 90;
	frame[37]++;
	send_frames(*state, 10);
	assert_int_equal(sent, 50);
	frame[35] = 80;
	frame[37]--;
}

/* What waits goes with its interface. */
static void
test_interface_goes(void **state)
{
	char report[1024];

	assert_int_equal(command("eth0 delay 1s", report, sizeof report), 0);
	send_frames(*state, 10);
	assert_int_equal(sent, 0);
	assert_int_equal(ifnet_delete(*state), 0);
	report[0] = '\0';
	assert_int_equal(command("", report, sizeof report), 0);
	assert_string_equal(report, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_words, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_chances, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_ports, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_interface_goes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
