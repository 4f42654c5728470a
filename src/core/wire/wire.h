/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rump_sp protocol: bytes <-> messages.
 *
 * Pure functions: no I/O, no allocation, no state.  A decoder is given a frame that came from a
 * hostile peer; it returns 0 or EPROTO, and after 0 every pointer and length in the message lies
 * inside the frame.  An encoder writes into a struct wbuf and reports lack of room by wbuf.bad.
 * docs/protocol.md is the normative text; the numbers here are the same.
 *
 * A frame is a 24-byte header in host byte order and a body.  Version 0.4 has the types up to
 * WIRE_RAISE; the others exist only on a connection whose two ends exchanged HELLO.
 */
#ifndef CORE_WIRE_WIRE_H
#define CORE_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define WIRE_HEADER_LEN 24
#define WIRE_FRAME_MAX  (1u << 21) /* larger: the peer is broken or hostile */
#define WIRE_BANNER_MAX 96
#define WIRE_COMM_MAX   64           /* program name in a handshake, NUL included */
#define WIRE_INLINE_MAX (64u << 10)  /* in-data of one argument that travels with the call */
#define WIRE_OUT_MAX    (256u << 10) /* out-data collected for one reply; more goes as COPYOUT */
#define WIRE_COPY_MAX   (1u << 20)   /* one COPYIN, COPYOUT or ANONMMAP moves at most this */

enum wire_class { WIRE_REQ = 0, WIRE_RESP = 1, WIRE_ERROR = 2 };

enum wire_type {
	WIRE_HANDSHAKE = 0,
	WIRE_SYSCALL = 1,
	WIRE_COPYIN = 2,
	WIRE_COPYINSTR = 3,
	WIRE_COPYOUT = 4,
	WIRE_COPYOUTSTR = 5,
	WIRE_ANONMMAP = 6,
	WIRE_PREFORK = 7,
	WIRE_RAISE = 8,
	/* 0.5 */
	WIRE_HELLO = 16,     /* client: negotiate; the reply describes the server */
	WIRE_CALL = 17,      /* system call with its in-data; the reply has the out-data */
	WIRE_INTERRUPT = 18, /* client: the call with that reqno is to return EINTR; no reply */
	WIRE_FORKCONN = 19,  /* client: prefork; the reply passes the child's connection */
	WIRE_PIPES = 20,     /* client: one more channel, of two pipes; the reply passes them */
};

enum wire_handshake {
	WIRE_GUEST = 0,
	WIRE_AUTH = 1,
	WIRE_FORK = 2,
	WIRE_EXEC = 3,
	WIRE_ATTACH = 4, /* 0.5: one more channel of a process */
};

/* What a frame of class WIRE_ERROR says (header.arg), and the errno that a client makes of it. */
enum wire_error {
	WIRE_ERR_TRYAGAIN = 1,        /* EAGAIN */
	WIRE_ERR_AUTH = 2,            /* EPERM */
	WIRE_ERR_INVALID_PREFORK = 3, /* ESRCH */
	WIRE_ERR_RFORK_FAILED = 4,    /* EIO */
	WIRE_ERR_INEXEC = 5,          /* EBUSY */
	WIRE_ERR_NOMEM = 6,           /* ENOMEM */
	WIRE_ERR_MALFORMED = 7,       /* EINVAL */
};

int wire_error_to_errno(uint32_t error);

struct wire_header {
	uint64_t len; /* header included */
	uint64_t reqno;
	uint16_t class;
	uint16_t type;
	uint32_t arg; /* system call number, handshake, wire_error or signal number */
};

/* A received frame: header and a body of header.len - WIRE_HEADER_LEN bytes (borrowed). */
struct wire_frame {
	struct wire_header h;
	const uint8_t *body;
	size_t body_len;
};

/* 0, or EPROTO if the length is below a header or above WIRE_FRAME_MAX, or the class is unknown. */
int wire_header_get(const uint8_t buf[WIRE_HEADER_LEN], struct wire_header *h);
void wire_header_put(uint8_t buf[WIRE_HEADER_LEN], const struct wire_header *h);

/*
 * Every encoder starts a frame in `w` (which may already hold frames), writes the body and patches
 * the length.  wire_begin/wire_end are for frames whose body the caller writes.
 */
size_t wire_begin(
    struct wbuf *w, enum wire_class class, enum wire_type type, uint64_t reqno, uint32_t arg);
void wire_end(struct wbuf *w, size_t start);

/* --- banner: "RUMPSP-<major>.<minor>-<ostype>-<osrelease>/<machine>\n" --- */
struct wire_banner {
	unsigned major, minor;
	char ostype[16]; /* "Linux", "NetBSD" */
	char osrelease[48];
	char machine[24]; /* as uname -m: "x86_64" */
};
int wire_banner_parse(const char *line, size_t len, struct wire_banner *b);
int wire_banner_format(char *buf, size_t size, const struct wire_banner *b);

/* --- 0.4 messages --- */
struct wire_guest { /* GUEST and EXEC handshake */
	char comm[WIRE_COMM_MAX];
};
struct wire_fork { /* FORK handshake */
	uint32_t cookie[4];
	uint32_t cancel;
};
struct wire_status { /* HANDSHAKE response */
	int32_t error;
};
struct wire_sysresp { /* SYSCALL response */
	int32_t error;
	int64_t retval[2];
};
struct wire_copy { /* COPYIN, COPYINSTR request; COPYOUT, COPYOUTSTR with data */
	uint64_t len;
	uint64_t addr;
	const uint8_t *data; /* COPYOUT: len bytes in the frame; else NULL */
};

int wire_guest_get(const struct wire_frame *f, struct wire_guest *m);
void wire_guest_put(struct wbuf *w, uint64_t reqno, enum wire_handshake kind, const char *comm);
int wire_fork_get(const struct wire_frame *f, struct wire_fork *m);
void wire_fork_put(struct wbuf *w, uint64_t reqno, const struct wire_fork *m);
int wire_status_get(const struct wire_frame *f, struct wire_status *m);
void wire_status_put(struct wbuf *w, uint64_t reqno, int error);
/* SYSCALL request: the body is the argument words, 8 bytes each, at most 8. */
int wire_syscall_get(const struct wire_frame *f, uint64_t args[8], unsigned *ret_nargs);
void wire_syscall_put(struct wbuf *w, uint64_t reqno, uint32_t nr, const void *args, size_t len);
int wire_sysresp_get(const struct wire_frame *f, struct wire_sysresp *m);
void wire_sysresp_put(struct wbuf *w, uint64_t reqno, const struct wire_sysresp *m);
int wire_copy_get(const struct wire_frame *f, struct wire_copy *m);
void wire_copyin_put(struct wbuf *w, uint64_t reqno, bool string, uint64_t addr, uint64_t len);
void wire_copyin_resp_put(struct wbuf *w, uint64_t reqno, const void *data, size_t len);
void wire_copyout_put(struct wbuf *w, uint64_t reqno, uint64_t addr, const void *data, size_t len);
int wire_anonmmap_get(const struct wire_frame *f, uint64_t *ret_len);
int wire_anonmmap_resp_get(const struct wire_frame *f, uint64_t *ret_addr);
void wire_anonmmap_put(struct wbuf *w, uint64_t reqno, uint64_t len);
void wire_anonmmap_resp_put(struct wbuf *w, uint64_t reqno, uint64_t addr);
void wire_prefork_put(struct wbuf *w, uint64_t reqno);
int wire_prefork_resp_get(const struct wire_frame *f, uint32_t cookie[4]);
void wire_prefork_resp_put(struct wbuf *w, uint64_t reqno, const uint32_t cookie[4]);
void wire_raise_put(struct wbuf *w, uint64_t reqno, uint32_t signo);
void wire_error_put(struct wbuf *w, uint64_t reqno, enum wire_type type, enum wire_error error);

/* --- 0.5 messages --- */
#define WIRE_HELLO_ABSLINKS 0x1u /* absolute symbolic links lead back to the client (redirect) */
#define WIRE_HELLO_DELEGATE 0x2u /* descriptors may be passed: a local connection */

struct wire_hello {
	uint32_t major, minor;
	uint32_t flags; /* what the client wants */
	uint32_t pid;   /* the client's host pid, for rump.ps */
	uint32_t lane;  /* CPU number the client calls from: serve this connection on that lane */
};
struct wire_hello_resp {
	int32_t error;
	uint32_t flags;     /* what the client gets */
	uint32_t nlanes;    /* lanes of the server: a channel is served on lane (number % nlanes) */
	uint32_t pid;       /* the process's pid in the rump kernel */
	uint32_t cookie[4]; /* for ATTACH */
	uint64_t file_dev;  /* st_dev of delegated files on the host */
	char names[80];     /* directory with the host names of listeners, NUL-terminated */
	uint32_t host_pid;  /* the server's on its host */
};
struct wire_attach {
	uint32_t cookie[4];
	uint32_t lane; /* CPU number the client will call from */
};

#define WIRE_CALL_NOREPLY 0x1u
#define WIRE_CALL_FD      0x2u /* a descriptor travels with this frame (SCM_RIGHTS) */

/* Data of an address range.  In frames: u64 addr, u32 len, u32 0, data, padded to 8 bytes. */
struct wire_chunk {
	uint64_t addr;
	uint32_t len;
	const uint8_t *data;
};
/* addr of the reply chunk with the path that an absolute symbolic link leads to: one byte '0' or
 * '1' (which path argument), the path, a NUL. */
#define WIRE_ADDR_REDIRECT UINT64_MAX
/* error of such a reply; never shown to a program */
#define WIRE_EREDIRECT 4096

struct wire_call { /* header.arg is the number */
	uint32_t flags;
	uint64_t args[6];
	uint32_t nchunks;
	struct rbuf chunks; /* read with wire_chunk_get, nchunks times */
};
struct wire_call_resp {
	int32_t error;
	uint32_t flags;
	int64_t retval[2];
	uint32_t nchunks;
	struct rbuf chunks;
};

int wire_hello_get(const struct wire_frame *f, struct wire_hello *m);
void wire_hello_put(struct wbuf *w, uint64_t reqno, const struct wire_hello *m);
int wire_hello_resp_get(const struct wire_frame *f, struct wire_hello_resp *m);
void wire_hello_resp_put(struct wbuf *w, uint64_t reqno, const struct wire_hello_resp *m);
int wire_attach_get(const struct wire_frame *f, struct wire_attach *m);
void wire_attach_put(struct wbuf *w, uint64_t reqno, const struct wire_attach *m);
/* Also checks that all chunks lie inside the frame, so wire_chunk_get cannot fail afterwards. */
int wire_call_get(const struct wire_frame *f, struct wire_call *m);
int wire_call_resp_get(const struct wire_frame *f, struct wire_call_resp *m);
int wire_chunk_get(struct rbuf *chunks, struct wire_chunk *c);
/* CALL is built piecewise: begin, a chunk for each range, end (which patches length, nchunks). */
size_t wire_call_begin(
    struct wbuf *w, uint64_t reqno, uint32_t nr, uint32_t flags, const uint64_t args[6]);
size_t wire_call_resp_begin(
    struct wbuf *w, uint64_t reqno, int error, uint32_t flags, const int64_t retval[2]);
void wire_chunk_put(struct wbuf *w, uint64_t addr, const void *data, uint32_t len);
void wire_call_end(struct wbuf *w, size_t start, uint32_t nchunks);
void wire_call_resp_end(struct wbuf *w, size_t start, uint32_t nchunks);
void wire_interrupt_put(struct wbuf *w, uint64_t reqno);
void wire_forkconn_put(struct wbuf *w, uint64_t reqno);
int wire_pipes_get(const struct wire_frame *f, uint32_t *ret_lane);
void wire_pipes_put(struct wbuf *w, uint64_t reqno, uint32_t lane);
/* What answers FORKCONN and PIPES: a status; with error 0 descriptors travel with the frame. */
void wire_passed_put(struct wbuf *w, uint64_t reqno, enum wire_type type, int error);
int wire_passed_get(const struct wire_frame *f, enum wire_type type, struct wire_status *m);

#endif
