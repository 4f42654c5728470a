/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What NetBSD's rumpclient(3) documents, with the types that it documents, from that header alone:
 * programs written for it compile and link.
 */
#include <rump/rumpclient.h>

#include <stdio.h>

static int (*const init)(void) = rumpclient_init;
static int (*const call)(int, const void *, size_t, register_t *) = rumpclient_syscall;
static pid_t (*const forks[])(void) = {rumpclient_fork, rumpclient_vfork};
static struct rumpclient_fork *(*const prefork)(void) = rumpclient_prefork;
static int (*const fork_init)(struct rumpclient_fork *) = rumpclient_fork_init;
static void (*const fork_ends[])(struct rumpclient_fork *) = {
    rumpclient_fork_cancel, rumpclient_fork_vparent};
static int (*const exec)(const char *, char *const[], char *const[]) = rumpclient_exec;
static int (*const to_daemon)(int, int) = rumpclient_daemon;
static void (*const setconnretry)(time_t) = rumpclient_setconnretry;
static int (*const closenotify)(int *, enum rumpclient_closevariant) = rumpclient__closenotify;

int
main(void)
{
	static const time_t policies[] = {
	    RUMPCLIENT_RETRYCONN_INFTIME, RUMPCLIENT_RETRYCONN_ONCE, RUMPCLIENT_RETRYCONN_DIE, 0};
	static const enum rumpclient_closevariant variants[] = {
	    RUMPCLIENT_CLOSE_CLOSE, RUMPCLIENT_CLOSE_DUP2};
	register_t retval[2];
	int stranger = 0;

	for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
		setconnretry(policies[i]);
	if (init() != 0 || forks[0] == NULL || fork_init == NULL || exec == NULL)
		return 1;
	/* An unknown number is the kernel's to refuse. */
	if (call(0xfffff, NULL, 0, retval) == 0 || to_daemon == NULL)
		return 2;
	fork_ends[0](prefork());
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		if (closenotify(&stranger, variants[i]) != 0)
			return 3;
	}
	printf("as documented\n");
	return 0;
}
