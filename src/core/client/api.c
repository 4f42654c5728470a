/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpclient(3): the public names.  Contracts are in <rump/rumpclient.h>.
 */
#include "rump/rumpclient.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/raw.h"
#include "client/call.h"
#include "client/session.h"
#include "trace/trace.h"

int
rumpclient_init(void)
{
	int error;

	if (getenv("RUMPCLIENT__EXECFD") == NULL)
		error = client_connect();
	else
		error = client_exec_adopt();
	if (error == 0)
		error = session_settle();
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

int
rumpclient_syscall(int num, const void *data, size_t dlen, register_t *retval)
{
	struct client_result res = {.fd = -1};
	struct call c = {
	    .nr = (unsigned)num, .args_len = dlen, .pass_fd = -1, .foreign = true, .res = &res};
	int error;

	if (dlen > sizeof c.args || dlen % sizeof *c.args != 0)
		return EINVAL;
	if (dlen > 0)
		memcpy(c.args, data, dlen);
	error = call_make(&c);
	if (OWN(trace_on))
		trace_call(c.nr, c.args, error, res.retval, res.fd);
	if (res.fd >= 0)
		raw_close(res.fd);
	if (error != 0)
		return error;
	retval[0] = res.retval[0];
	retval[1] = res.retval[1];
	return 0;
}

void
rumpclient_setconnretry(time_t seconds)
{
	client_setconnretry(seconds);
}

/* Closes *fd and everything above, but not what is ours. */
static void
close_around(int *fd)
{
	int ours;

	while ((ours = client_next_fd(*fd)) >= 0) {
		if (ours > *fd)
			raw_call3(SYS_close_range, *fd, ours - 1, 0);
		*fd = ours + 1;
	}
}

int
rumpclient__closenotify(int *fd, enum rumpclient_closevariant variant)
{
	switch (variant) {
	case RUMPCLIENT_CLOSE_CLOSE:
		return client_owns_fd(*fd);
	case RUMPCLIENT_CLOSE_DUP2:
		client_vacate_fd(*fd);
		return 0;
	case RUMPCLIENT_CLOSE_FCLOSEM:
		close_around(fd);
		return 0;
	}
	return 0;
}
