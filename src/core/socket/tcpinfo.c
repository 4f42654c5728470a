/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP_INFO of a connection that is a host AF_UNIX connection: the state is true, the figures are
 * those of an undisturbed connection over `lo`.  Of one through the stack, the stack tells.
 */
#include <limits.h>
#include <linux/tcp.h>
#include <poll.h>

#include "socket/sockctl.h"
#include "socket/sockopt_priv.h"

/* States of TCP (net/tcp_states.h of Linux). */
enum { STATE_ESTABLISHED = 1, STATE_CLOSE = 7, STATE_CLOSE_WAIT = 8, STATE_LISTEN = 10 };

static uint8_t
state_of(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};

	if (sockhost_int(fd, SO_ACCEPTCONN))
		return STATE_LISTEN;
	if (!sockhost_is_connected(fd))
		return STATE_CLOSE;
	if (raw_call3(SYS_poll, &p, 1, 0) == 1 && (p.revents & POLLRDHUP))
		return STATE_CLOSE_WAIT;
	return STATE_ESTABLISHED;
}

int
sockopt_tcp_info(int fd, const struct socktag *t, void *val, socklen_t *len)
{
	struct sockhost connector;
	struct tcp_info info = {
	    .tcpi_state = state_of(fd),
	    .tcpi_options = TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE,
	    .tcpi_snd_wscale = 7,
	    .tcpi_rcv_wscale = 7,
	    .tcpi_rto = 204000,
	    .tcpi_ato = 40000,
	    .tcpi_snd_mss = 32768,
	    .tcpi_rcv_mss = 536,
	    .tcpi_pmtu = 65535,
	    .tcpi_rcv_ssthresh = 65483,
	    .tcpi_rtt = 20,
	    .tcpi_rttvar = 10,
	    .tcpi_snd_ssthresh = INT_MAX,
	    .tcpi_snd_cwnd = 10,
	    .tcpi_advmss = 65483,
	    .tcpi_reordering = 3,
	    .tcpi_rcv_space = 65495,
	};
	size_t room = sizeof info;

	if (sockstack_connector(fd, t, &connector))
		(void)sockenv_tcp_info(&connector, &info, &room);
	return optval_give_bytes(&info, sizeof info, val, len);
}
