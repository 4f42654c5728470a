/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls about a routed Internet socket, on the host socket that it is.  The same code
 * serves a hijacked program, which owns the host socket, and the kernel for its classic clients.
 *
 * Names are the rump kernel's: the functions sockenv_*() ask it, by a remote call in the hijacker
 * and directly in the kernel.  `ctx` is handed through to them.
 *
 * All functions return 0 or a positive errno as the system call of that name would have for TCP or
 * UDP.  `t` is the socket's tag as just read; it is kept up to date.
 */
#ifndef CORE_SOCKET_SOCKCTL_H
#define CORE_SOCKET_SOCKCTL_H

#include "socket/deleg.h"
#include "socket/inaddr.h"
#include "socket/sockhost.h"
#include "socket/sockname.h"
#include "socket/socktag.h"

/* --- what the two sides provide (deleg.h) --- */
int sockenv_bind(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags);
int sockenv_listen(void *ctx, const struct sockhost *own, unsigned flags);
int sockenv_connect(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply);
/* The same, and *ret_fd is an O_PATH descriptor of what is to be connected to. */
int sockenv_reach(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct deleg_reply *reply, int *ret_fd);
int sockenv_name(void *ctx, const struct sockhost *host, unsigned which, struct inaddr *ret);
/* Begins a connection through the stack: the tag tells how it ended (SOCKTAG_RETRYING). */
int sockenv_relay(void *ctx, int fd, const struct sockaddr *sa, socklen_t len, unsigned flags);
int sockenv_retry(void *ctx, int fd, const struct sockhost *to);

/* Multicast groups; ret_index: of the interface. */
int sockenv_group(int fd, const struct deleg_group *ask, int *ret_index);
int sockenv_later(
    const struct deleg_later *about, const struct sockhost *to, const void *bytes, size_t len);
int sockenv_kept(const struct sockhost *own);
/* The memory that the kernel shares (sockmem.h). */
int sockenv_memory(int *ret_fd);
/* A number of this kernel, another than of the one before. */
int sockenv_kernel(void);
int sockenv_many(const struct deleg_many *ask, struct deleg_receivers *reply);
/* A connection through the stack: ENOENT.  *len: the room for the struct tcp_info. */
int sockenv_tcp_info(const struct sockhost *connector, void *info, size_t *len);
int sockenv_tcp_set(const struct sockhost *connector, int level, int name, int value);

/* What the kernel has to know of datagram sockets: see deleg_option, deleg_error. */
int sockenv_option(int fd, int level, int name, const void *val, socklen_t len, int *ret_index);
/* The name of the interface, in IFNAMSIZ bytes: ENODEV. */
int sockenv_device(int index, char *ret);
int sockenv_error(int fd, unsigned op, struct deleg_error *report);

/* --- sockway.c --- */
/*
 * A way to a host name for a program that gave up the server's user id: the directory of the host
 * names is closed to it (EACCES), but not a socket there that the server opened for it.
 */
struct sockway {
	struct sockhost host; /* to connect or send to */
	int fd;
};
int sockway_open(void *ctx, const struct sockaddr *sa, socklen_t len, const struct sockhost *own,
    unsigned flags, struct sockway *ret);
void sockway_close(struct sockway *w);

/* --- sockctl.c --- */
/* The DELEG_ flags that describe the socket. */
unsigned sockctl_flags(const struct socktag *t);
/* The host's type for it, or why there is no such socket. */
int sockctl_check(int domain, int type, int protocol, struct socktag *ret);
/* To be called with a new socket: a raw one is bound from the beginning. */
int sockctl_opened(void *ctx, int fd, struct socktag *t);
int sockctl_bind(void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len);
/* Binds to any port unless the socket has a name; *own is the name. */
int sockctl_autobind(void *ctx, int fd, struct socktag *t, struct sockhost *own);
int sockctl_listen(void *ctx, int fd, struct socktag *t, int backlog);
/* Makes of what accept(2) on the listener gave an accepted socket of the rump kernel. */
void sockctl_accepted(int listener, const struct socktag *t, int fd, struct socktag *ret);
int sockctl_shutdown(void *ctx, int fd, struct socktag *t, int how);

/* --- sockconn.c --- */
/*
 * `nonblock`: EINPROGRESS, as TCP does, also where the host is done at once.  Where the listener's
 * queue is full the server goes on trying.
 */
int sockctl_connect(
    void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len, bool nonblock);
/* Another host socket under the same number, with the same name and options. */
int sockctl_renew(void *ctx, int fd, struct socktag *t);
/* Waits while the server is connecting the socket; EAGAIN at once if !wait.  0: it is over. */
int sockctl_settle(int fd, struct socktag *t, bool wait);

/* --- sockid.c --- */
int sockctl_name(void *ctx, int fd, const struct socktag *t, bool peer, struct sockaddr_storage *ss,
    socklen_t *len);
/* The sockaddr of the peer with this host name, as accept and recvfrom show it. */
socklen_t sockctl_peer(
    void *ctx, const struct socktag *t, const struct sockhost *peer, struct sockaddr_storage *ss);

/* --- sockerr.c --- */
/*
 * What a failed read or write of a stream means for TCP: the errno to fail with, or 0: try again,
 * or SOCKCTL_LOST: to the program it has succeeded.  sockctl_send_error does not send SIGPIPE:
 * EPIPE for another error than EPIPE calls for it.
 */
#define SOCKCTL_LOST (-1)
int sockctl_recv_error(int fd, struct socktag *t, int error);
/* A write has failed with EPIPE: would TCP have done without SIGPIPE? */
bool sockctl_takes_write(int fd, struct socktag *t);
int sockctl_send_error(int fd, struct socktag *t, int error);

/* --- sockerrq.c --- */
/* After the host reported ECONNRESET on a datagram socket: the errno that is pending, or 0. */
int sockctl_pending(int fd, const struct socktag *t);
/* What SO_ERROR of a datagram socket says, once. */
int sockctl_take_pending(int fd, const struct socktag *t);
/* Shows again that the queue is not empty, after sockctl_pending() said 0 and the call was made
 * once more. */
void sockctl_show_errors(int fd, const struct socktag *t);
/* recvmsg with MSG_ERRQUEUE: EAGAIN if there is nothing. */
int sockctl_recv_queued(int fd, const struct socktag *t, struct msghdr *msg, size_t *ret);
/* Nobody has the address that a datagram was sent to. */
void sockctl_refused(int fd, const struct socktag *t, const struct sockhost *own,
    const struct inaddr *dest, const struct msghdr *msg);
/* The MTU of the way there; EMSGSIZE: a datagram of so many bytes is too large for it. */
int sockctl_mtu(int fd, const struct inaddr *dest, size_t size, int *ret_mtu);
/* Does this value of IP_MTU_DISCOVER or IPV6_MTU_DISCOVER forbid fragments? */
bool sockctl_forbids_fragments(int how);
/* An option was set that the kernel has to know. */
int sockctl_tell_option(
    int fd, struct socktag *t, int level, int name, const void *val, socklen_t len);

/* --- sockabort.c --- */
/* SO_LINGER was set to this. */
void sockctl_set_abort(int fd, struct socktag *t, const void *val, socklen_t len);
/* The socket, which now has the names of a connection, has SO_LINGER 0. */
void sockctl_note_abort(int fd, const struct socktag *t, bool on);
/* A connection through the stack has failed, by the number in its connector's name. */
void sockabort_failed(uint64_t number, int error);
/* Has the peer of a stream closed, not only said that it will send, or read, no more? */
bool sockctl_peer_closed(int fd);
/* A stream is at its end: was it reset?  sockctl_end_error: what read then fails with, once, or 0.
 */
bool sockctl_was_reset(int fd, struct socktag *t);
/* The same of a reset by the host, which a failed write does not tell. */
bool sockctl_host_reset(int fd, struct socktag *t);
int sockctl_end_error(int fd, struct socktag *t);

/* --- sockstack.c: connections through the kernel's TCP/IP stack --- */
/* Is it one?  Then the name of its connector. */
bool sockstack_connector(int fd, const struct socktag *t, struct sockhost *ret);
/* An option of any socket was set. */
void sockstack_option(int fd, const struct socktag *t, int level, int name);
/* It has just been made: the options that were set before. */
void sockstack_made(int fd, const struct socktag *t);

/* --- sockcontrol.c --- */
/* The control data of a message for TCP: EINVAL. */
int sockctl_check_control(const struct msghdr *msg);

/* --- sockudp*.c --- */
int sockctl_connect_udp(
    void *ctx, int fd, struct socktag *t, const struct sockaddr *sa, socklen_t len);
/* Sends a datagram to msg_name or, without one, to the peer. */
int sockctl_send_udp(
    void *ctx, int fd, struct socktag *t, const struct msghdr *msg, int flags, size_t *ret);

/*
 * Receives a datagram, for the program's msg: fills *m for the host's recvmsg, which is the
 * caller's to make, with flags and MSG_CMSG_CLOEXEC; then gives the program its address, control
 * data and flags.
 */
struct sockctl_in {
	struct sockaddr_storage from;
	char control[512] __attribute__((aligned(sizeof(size_t))));
};
void sockctl_recv_begin(struct sockctl_in *in, const struct msghdr *msg, struct msghdr *m);
/* Does the kernel keep datagrams for anybody?  To be asked first, costs nothing. */
bool sockctl_may_be_kept(void);
/* Makes the kernel hand over datagrams that it keeps for this socket, so far as there is room.
 * True: look again whether there is something to receive. */
bool sockctl_fetch_kept(int fd);
int sockctl_recv_end(int fd, const struct socktag *t, const struct sockctl_in *in,
    const struct msghdr *m, int flags, struct msghdr *msg);

#endif
