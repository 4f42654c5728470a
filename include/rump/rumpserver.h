/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpserver(3): a rump kernel in this process, and its service to clients.
 *
 *	rump_server_init(0);
 *	rump_server_listen("unix:///tmp/kernel", 0);
 *	rump_server_start();
 *	rump_server_wait();
 *
 * One kernel a process, once.  Functions return 0 or a positive errno; then rump_server_message()
 * is a line that says what went wrong.  Call them from one thread, rump_server_halt() from
 * anywhere.
 */
#ifndef RUMP_RUMPSERVER_H
#define RUMP_RUMPSERVER_H

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define RUMP_SERVER_VERBOSE     0x1u /* init: log connections and processes to standard error */
#define RUMP_SERVER_ANY_ADDRESS 0x2u /* listen: tcp:// may be an address others can reach */

/*
 * Makes the kernel.  Raises the soft limit of open descriptors to the hard one, and opens
 * /dev/null on numbers 0-2 where they are closed.  A process that daemonises does so before.
 */
int rump_server_init(unsigned flags);

/*
 * Mounts a file system on a directory of the kernel, which is made if need be; arguments are those
 * of mount(2).  A directory of the host is of type "hostfs", with its absolute path as source.
 * Between init and start.
 */
int rump_server_mount(const char *type, const char *source, const char *directory,
    unsigned long flags, const char *options);

/*
 * Adds an address to listen on: unix://path or tcp://address:port (address 0 or *: any).  The
 * socket of a dead server at the same path is replaced.  Errors: EADDRINUSE if a server lives
 * there or the path is something else; EINVAL for a URL that is none; EACCES for a tcp address
 * outside the host's loopback without RUMP_SERVER_ANY_ADDRESS; those of bind(2).
 */
int rump_server_listen(const char *url, unsigned flags);

/*
 * Adds an interface to the kernel's network, from a text like "bus=lan,addr=10.0.0.1/24", as
 * rump_server(1) has it after --net.  After rump_server_init().  Errors: EINVAL for a text that is
 * not understood; those of the network.
 */
int rump_server_net(const char *text);

/* Starts the kernel's threads; when it returns, clients are served. */
int rump_server_start(void);

/*
 * Waits until the kernel is halted (by a client's reboot(2) or by rump_server_halt()), ends all
 * processes and connections, and removes what the kernel had on the host.
 */
int rump_server_wait(void);

/* Asks the kernel to halt.  From any thread, and from signal handlers. */
void rump_server_halt(void);

const char *rump_server_message(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
