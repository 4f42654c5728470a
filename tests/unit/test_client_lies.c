/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile or broken server gains nothing: for each lie, the call ends with the errno in the row,
 * the process goes on, no memory outside of what the call declared has changed, and no descriptor
 * is left over.  The call is newfstatat(AT_FDCWD, "/x", &st, 0).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "stat_call.h"

struct lie {
	const char *name;
	void (*answer)(int fd, struct wbuf *w, const struct stat_request *r);
	int error;
};

static void
good(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_good(w, r);
}

static void
chunk_elsewhere(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, 0, r->st - 64, 64);
}

static void
chunk_too_long(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, 0, r->st, sizeof(struct stat) + 1);
}

static void
chunk_wraps(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, 0, UINT64_MAX - 15, 32);
}

static void
chunk_into_string(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, 0, r->path, 3);
}

static void
wrong_reqno(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno + 1, 0, 0, 0);
}

static void
mad_errno(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, 5000, 0, 0);
}

static void
negative_errno(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, -1, 0, 0);
}

static void
redirect_unasked(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	stat_put_reply(w, r->reqno, WIRE_EREDIRECT, 0, 0);
}

static void
many_chunks(int fd, struct wbuf *w, const struct stat_request *r)
{
	size_t start = w->len;

	good(fd, w, r);
	memset(w->base + start + WIRE_HEADER_LEN + 24, 0xff, 4);
}

static void
old_answer(int fd, struct wbuf *w, const struct stat_request *r)
{
	struct wire_sysresp m = {.error = 0};

	(void)fd;
	wire_sysresp_put(w, r->reqno, &m);
}

static void
copyin_elsewhere(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->st + sizeof(struct stat), 8);
}

static void
copyin_of_out(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->st, 8);
}

static void
copyin_of_string(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->path, 64);
}

static void
copyinstr_elsewhere(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, true, r->st, 64);
}

static void
copyout_elsewhere(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_copyout_put(w, 0, r->st + sizeof(struct stat) - 4, "12345678", 8);
}

static void
mapping(int fd, struct wbuf *w, const struct stat_request *r)
{
	struct wire_frame f;
	uint64_t addr = 1;

	wire_anonmmap_put(w, 0, 4096);
	fake_send(fd, w);
	w->len = 0;
	if (!fake_recv(fd, &f) || wire_anonmmap_resp_get(&f, &addr) != 0 || addr != 0)
		return; /* it gave us memory: no answer, and the client sees the end */
	good(fd, w, r);
}

static void
no_signal(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd, (void)r;
	wire_raise_put(w, 0, 0);
}

static void
client_request(int fd, struct wbuf *w, const struct stat_request *r)
{
	(void)fd;
	wire_forkconn_put(w, r->reqno);
}

static void
length_lies(int fd, struct wbuf *w, const struct stat_request *r)
{
	uint64_t huge = UINT64_MAX;

	good(fd, w, r);
	memcpy(w->base, &huge, sizeof huge);
}

static void
fd_flood(int fd, struct wbuf *w, const struct stat_request *r)
{
	struct wbuf one;
	uint8_t buf[64];

	/* On a request, which carries none, and on the reply, which says that it has none. */
	one = wbuf_of(buf, sizeof buf);
	wire_copyin_put(&one, 0, true, r->path, 64);
	fake_send_fds(fd, &one, 40);
	stat_put_reply(w, r->reqno, ENOENT, 0, 0);
	fake_send_fds(fd, w, 40);
	w->len = 0;
}

static const struct lie lies[] = {
    {"good", good, 0},
    {"chunk elsewhere", chunk_elsewhere, EPROTO},
    {"chunk too long", chunk_too_long, EPROTO},
    {"chunk wraps", chunk_wraps, EPROTO},
    {"chunk into a string", chunk_into_string, EPROTO},
    {"wrong reqno", wrong_reqno, EPROTO},
    {"mad errno", mad_errno, EPROTO},
    {"negative errno", negative_errno, EPROTO},
    {"redirect unasked", redirect_unasked, EPROTO},
    {"many chunks", many_chunks, EPROTO},
    {"an answer of 0.4", old_answer, EPROTO},
    {"copyin elsewhere", copyin_elsewhere, EPROTO},
    {"copyin of out memory", copyin_of_out, EPROTO},
    {"copyin of a string", copyin_of_string, EPROTO},
    {"copyinstr elsewhere", copyinstr_elsewhere, EPROTO},
    {"copyout elsewhere", copyout_elsewhere, EPROTO},
    {"a mapping", mapping, 0},
    {"no signal", no_signal, EPROTO},
    {"a client's request", client_request, EPROTO},
    {"length lies", length_lies, EPROTO},
    {"descriptors", fd_flood, ENOENT},
};

static void
lying_server(int listener, void *arg)
{
	const struct lie *lie = arg;
	int fd = fake_accept(listener, FAKE_BANNER);
	uint8_t out[8192];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct stat_request r;

	fake_welcome(fd, 5, 0);
	stat_take(fd, &r);
	lie->answer(fd, &w, &r);
	fake_send(fd, &w);
	fake_drain(fd);
}

static int
honest_client(void *arg)
{
	const struct lie *lie = arg;
	static const char zeros[64];
	int fds = fake_count_fds();
	int error = stat_call();

	if (error != lie->error)
		return 1;
	if (memcmp(stat_memory.before, zeros, 64) != 0 || memcmp(stat_memory.after, zeros, 64) != 0)
		return 2;
	/* Our own connection, if it still stands. */
	if (fake_count_fds() != fds + client_is_connected())
		return 3;
	if (error == EPROTO && stat_call() != ENOTCONN)
		return 4;
	return 0;
}

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		int status = fake_run(lying_server, honest_client, (void *)(uintptr_t)&lies[i]);

		if (status != 0)
			fail_msg("%s: the client says %d", lies[i].name, status);
	}
}

/* --- a result that counts more bytes than there is memory for ----------------------------------
 */

struct count {
	unsigned nr;
	int64_t value;
	int error;
};

static void
counting_server(int listener, void *arg)
{
	const struct count *count = arg;
	int fd = fake_accept(listener, FAKE_BANNER);
	struct wire_frame f;

	fake_welcome(fd, 5, 0);
	fake_take(fd, WIRE_CALL, &f);
	fake_reply(fd, f.h.reqno, 0, count->value);
	fake_drain(fd);
}

/* Each of these calls is about 64 bytes. */
static int
counting_client(void *arg)
{
	const struct count *count = arg;
	char buf[64] = "";
	struct iovec iov[2] = {{buf, 32}, {buf + 32, 32}};
	uint64_t args[6] = {0, (uintptr_t)buf, sizeof buf};
	struct client_result res;

	if (count->nr == SYS_getcwd)
		args[0] = (uintptr_t)buf, args[1] = sizeof buf;
	if (count->nr == SYS_readv || count->nr == SYS_writev)
		args[1] = (uintptr_t)iov, args[2] = 2;
	if (count->nr == SYS_fgetxattr)
		args[1] = (uintptr_t) "user.x", args[2] = args[3] = 0;
	return client_call(count->nr, args, -1, &res) != count->error;
}

static void
test_counts(void **state)
{
	static const struct count counts[] = {
	    {SYS_read, 64, 0},
	    {SYS_read, 65, EPROTO},
	    {SYS_read, -1, EPROTO},
	    {SYS_write, 65, EPROTO},
	    {SYS_getcwd, 64, 0},
	    {SYS_getcwd, INT64_MAX, EPROTO},
	    {SYS_readv, 64, 0},
	    {SYS_readv, 65, EPROTO},
	    {SYS_writev, 64, 0},
	    {SYS_fgetxattr, 1000, 0}, /* asks how much there is */
	    {SYS_getpid, 1000, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		if (fake_run(counting_server, counting_client, (void *)(uintptr_t)&counts[i]) != 0)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
