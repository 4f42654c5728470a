/* SPDX-License-Identifier: BSD-2-Clause */
#include "stat_call.h"

#include <err.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "client/client.h"

struct stat_memory stat_memory;

int
stat_call(void)
{
	const uint64_t args[6] = {(uint64_t)AT_FDCWD, (uintptr_t) "/x", (uintptr_t)&stat_memory.st};
	struct client_result res;

	return client_call(SYS_newfstatat, args, -1, &res);
}

void
stat_take(int fd, struct stat_request *r)
{
	struct wire_frame f;
	struct wire_call c;

	if (!fake_recv(fd, &f) || wire_call_get(&f, &c) != 0)
		errx(1, "no CALL");
	*r = (struct stat_request){.reqno = f.h.reqno, .path = c.args[1], .st = c.args[2]};
}

void
stat_put_reply(struct wbuf *w, uint64_t reqno, int error, uint64_t addr, uint32_t len)
{
	static const int64_t retval[2];
	static const uint8_t data[4096] = {1};
	size_t start = wire_call_resp_begin(w, reqno, error, 0, retval);

	if (len != 0)
		wire_chunk_put(w, addr, data, len);
	wire_call_resp_end(w, start, len != 0);
}

void
stat_put_good(struct wbuf *w, const struct stat_request *r)
{
	stat_put_reply(w, r->reqno, 0, r->st, sizeof(struct stat));
}
