/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start and end of the stack, and its timers.
 */
#include "net/stack/stack.h"

#include <lwip/init.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>
#include <stdlib.h>
#include <sys/random.h>

#include "net/due.h"
#include "net/netloop.h"
#include "net/remote.h"
#include "net/stack/arp.h"
#include "net/stack/proxy.h"
#include "net/stack/relay.h"
#include "net/stack/stack_priv.h"
#include "net/stack/tcp_conn.h"

static bool started;

static int
turn(struct netturn *t)
{
	int ms, due;

	(void)t;
	relay_run_all();
	sys_check_timeouts();
	due = due_run(netloop_now_us());
	ms = (int)sys_timeouts_sleeptime();
	if (due >= 0 && due < ms)
		ms = due;
	return relay_run_all() && ms > 0 ? 0 : ms;
}

static struct netturn stack_turn = {.fn = turn};

/* lwIP takes its random numbers from rand(). */
static void
seed(void)
{
	unsigned word;

	if (getrandom(&word, sizeof word, 0) == sizeof word)
		srand(word);
}

static const struct remote_ops ops = {
    .connect = tcp_out_connect,
    .is_taken = tcp_out_is_taken,
    .datagrams = proxy_datagrams,
    .take = proxy_take,
    .raw = raw_open,
    .group = stack_group,
    .tcp_info = tcp_info_get,
    .tcp_set = tcp_info_set,
    .tcp_others = tcp_info_others,
    .tcp_state = tcp_info_state,
};

int
stack_start(void)
{
	int error;

	if (started)
		return 0;
	seed();
	lwip_init();
	error = tcp_iss_init();
	if (error == 0)
		error = conn_init();
	if (error == 0)
		error = relay_init();
	if (error == 0)
		error = tcp_in_init();
	if (error == 0)
		error = udp_start();
	if (error == 0)
		error = icmp_init_all();
	if (error != 0)
		return error;
	arp_start();
	stack_if_init();
	stack_neigh_init();
	stack_in_init();
	netloop_add_turn(&stack_turn);
	remote = &ops;
	started = true;
	return 0;
}

void
stack_fini(void)
{
	if (!started)
		return;
	remote = NULL;
	relay_fini();
	conn_fini();
	proxy_free_all();
	stack_in_fini();
	stack_if_fini();
	stack_neigh_fini();
	started = false;
}
