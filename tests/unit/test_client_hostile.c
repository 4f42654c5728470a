/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile or broken server gains nothing: for each lie, the call ends with the errno in the row,
 * the process goes on, no memory outside of what the call declared has changed, and no descriptor
 * is left over.  The call is newfstatat(AT_FDCWD, "/x", &st, 0).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "fake.h"

struct request {
	uint64_t reqno, path, st; /* reqno and addresses of the client */
};

struct lie {
	const char *name;
	void (*answer)(int fd, struct wbuf *w, const struct request *r);
	int error;
};

static struct {
	char before[64];
	struct stat st;
	char after[64];
} memory;

static void
put_reply(struct wbuf *w, uint64_t reqno, int error, uint64_t addr, uint32_t len)
{
	static const int64_t retval[2];
	static const uint8_t data[4096] = {1};
	size_t start = wire_call_resp_begin(w, reqno, error, 0, retval);

	if (len != 0)
		wire_chunk_put(w, addr, data, len);
	wire_call_resp_end(w, start, len != 0);
}

static void
good(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 0, r->st, sizeof(struct stat));
}

static void
chunk_elsewhere(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 0, r->st - 64, 64);
}

static void
chunk_too_long(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 0, r->st, sizeof(struct stat) + 1);
}

static void
chunk_wraps(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 0, UINT64_MAX - 15, 32);
}

static void
chunk_into_string(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 0, r->path, 3);
}

static void
wrong_reqno(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno + 1, 0, 0, 0);
}

static void
mad_errno(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, 5000, 0, 0);
}

static void
negative_errno(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, -1, 0, 0);
}

static void
redirect_unasked(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	put_reply(w, r->reqno, WIRE_EREDIRECT, 0, 0);
}

static void
many_chunks(int fd, struct wbuf *w, const struct request *r)
{
	size_t start = w->len;

	good(fd, w, r);
	memset(w->base + start + WIRE_HEADER_LEN + 24, 0xff, 4);
}

static void
old_answer(int fd, struct wbuf *w, const struct request *r)
{
	struct wire_sysresp m = {.error = 0};

	(void)fd;
	wire_sysresp_put(w, r->reqno, &m);
}

static void
copyin_elsewhere(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->st + sizeof(struct stat), 8);
}

static void
copyin_of_out(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->st, 8);
}

static void
copyin_of_string(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, false, r->path, 64);
}

static void
copyinstr_elsewhere(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_copyin_put(w, 0, true, r->st, 64);
}

static void
copyout_elsewhere(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_copyout_put(w, 0, r->st + sizeof(struct stat) - 4, "12345678", 8);
}

static void
mapping(int fd, struct wbuf *w, const struct request *r)
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
no_signal(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd, (void)r;
	wire_raise_put(w, 0, 0);
}

static void
client_request(int fd, struct wbuf *w, const struct request *r)
{
	(void)fd;
	wire_forkconn_put(w, r->reqno);
}

static void
length_lies(int fd, struct wbuf *w, const struct request *r)
{
	uint64_t huge = UINT64_MAX;

	good(fd, w, r);
	memcpy(w->base, &huge, sizeof huge);
}

static void
fd_flood(int fd, struct wbuf *w, const struct request *r)
{
	struct wbuf one;
	uint8_t buf[64];

	/* On a request, which carries none, and on the reply, which says that it has none. */
	one = wbuf_of(buf, sizeof buf);
	wire_copyin_put(&one, 0, true, r->path, 64);
	fake_send_fds(fd, &one, 40);
	put_reply(w, r->reqno, ENOENT, 0, 0);
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
take_request(int fd, struct request *r)
{
	struct wire_frame f;
	struct wire_call c;

	if (!fake_recv(fd, &f) || wire_call_get(&f, &c) != 0)
		fail_msg("no CALL");
	*r = (struct request){.reqno = f.h.reqno, .path = c.args[1], .st = c.args[2]};
}

static void
lying_server(int listener, void *arg)
{
	const struct lie *lie = arg;
	int fd = fake_accept(listener, FAKE_BANNER);
	uint8_t out[8192];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct request r;

	fake_welcome(fd, 5, 0);
	take_request(fd, &r);
	lie->answer(fd, &w, &r);
	fake_send(fd, &w);
	fake_drain(fd);
}

static int
make_call(void)
{
	const uint64_t args[6] = {(uint64_t)AT_FDCWD, (uintptr_t) "/x", (uintptr_t)&memory.st};
	struct client_result res;

	return client_call(SYS_newfstatat, args, -1, &res);
}

static int
honest_client(void *arg)
{
	const struct lie *lie = arg;
	static const char zeros[64];
	int fds = fake_count_fds();
	int error = make_call();

	if (error != lie->error)
		return 1;
	if (memcmp(memory.before, zeros, 64) != 0 || memcmp(memory.after, zeros, 64) != 0)
		return 2;
	/* Our own connection, if it still stands. */
	if (fake_count_fds() != fds + client_is_connected())
		return 3;
	if (error == EPROTO && make_call() != ENOTCONN)
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

/* The connection ends after so many bytes of banner, handshakes and reply. */
static void
short_server(int listener, void *arg)
{
	size_t cut = *(size_t *)arg;
	int fd = fake_accept(listener, "");
	struct wire_hello_resp hello = {.nlanes = 1};
	uint8_t out[1024];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct request r = {.reqno = 3};

	wbuf_put(&w, FAKE_BANNER, strlen(FAKE_BANNER));
	wire_status_put(&w, 1, 0);
	wire_hello_resp_put(&w, 2, &hello);
	good(fd, &w, &r);
	/* A chunk with no declared address would be a lie: cut before it is complete. */
	w.len = cut < w.len ? cut : w.len - 1;
	fake_send(fd, &w);
	close(fd);
}

static int
expects_loss(void *arg)
{
	(void)arg;
	return make_call() != ENOTCONN;
}

static void
test_end_at_any_byte(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 480; cut++) {
		if (fake_run(short_server, expects_loss, &cut) != 0)
			fail_msg("cut at byte %zu", cut);
	}
}

/* Partial reads: the same, complete, a byte at a time. */
static void
slow_server(int listener, void *arg)
{
	int fd = fake_accept(listener, "");
	struct wire_hello_resp hello = {.nlanes = 1};
	uint8_t out[1024];
	struct wbuf w = wbuf_of(out, sizeof out);
	struct wire_frame f;
	struct request r;

	(void)arg;
	wbuf_put(&w, FAKE_BANNER, strlen(FAKE_BANNER));
	wire_status_put(&w, 1, 0);
	wire_hello_resp_put(&w, 2, &hello);
	for (size_t i = 0; i < w.len; i++) {
		fake_send(fd, &(struct wbuf){.base = w.base + i, .len = 1});
		usleep(100);
	}
	if (!fake_recv(fd, &f) || !fake_recv(fd, &f))
		fail_msg("no handshake");
	take_request(fd, &r);
	w = wbuf_of(out, sizeof out);
	good(fd, &w, &r);
	for (size_t i = 0; i < w.len; i++) {
		fake_send(fd, &(struct wbuf){.base = w.base + i, .len = 1});
		usleep(100);
	}
	fake_drain(fd);
}

static int
expects_success(void *arg)
{
	(void)arg;
	return make_call() != 0 || memory.st.st_dev != 1;
}

static void
test_a_byte_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(fake_run(slow_server, expects_success, NULL), 0);
}

static void
banner_server(int listener, void *arg)
{
	fake_drain(fake_accept(listener, *(const char **)arg));
}

static int
expects_refusal(void *arg)
{
	(void)arg;
	return client_connect() != EPROTONOSUPPORT;
}

static void
test_foreign_banners(void **state)
{
	static const char *const banners[] = {
	    "SSH-2.0-OpenSSH_9.2p1 Debian-2\n",
	    "RUMPSP-1.0-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.3-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.5-Linux-0.5.0/riscv64\n",
	    "RUMPSP-0.5-Plan9-4/x86_64\n",
	    "RUMPSP-0.5-Linux\n",
	    "RUMPSP-99999.5-Linux-0.5.0/x86_64\n",
	    "RUMPSP-0.5-Linux-"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789",
	};

	(void)state;
	for (size_t i = 0; i < sizeof banners / sizeof banners[0]; i++) {
		if (fake_run(banner_server, expects_refusal, (void *)(uintptr_t)&banners[i]) != 0)
			fail_msg("accepted: %s", banners[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_end_at_any_byte),
	    cmocka_unit_test(test_a_byte_at_a_time),
	    cmocka_unit_test(test_foreign_banners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
