/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of hosts, by c-ares.  Each question has a channel of its own, so that it reads the files as
 * they are now and no lock is needed.
 */
#include "sock/names.h"

#include <ares.h>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "config.h"
#include "route/route.h"
#include "syscall/host.h"

#define LIBRARY "libcares.so.2"

/* --- the library --- */

static struct {
	int (*library_init)(int flags);
	int (*init)(ares_channel *channel);
	void (*destroy)(ares_channel channel);
	int (*getsock)(ares_channel channel, ares_socket_t *socks, int n);
	void (*process_fd)(ares_channel channel, ares_socket_t rfd, ares_socket_t wfd);
	struct timeval *(*timeout)(ares_channel, struct timeval *max, struct timeval *tv);
	void (*getaddrinfo)(ares_channel, const char *, const char *,
	    const struct ares_addrinfo_hints *, ares_addrinfo_callback, void *);
	void (*freeaddrinfo)(struct ares_addrinfo *);
	void (*gethostbyname)(ares_channel, const char *, int, ares_host_callback, void *);
	void (*gethostbyaddr)(ares_channel, const void *, int, int, ares_host_callback, void *);
} ares;

static void
load(void)
{
	static const struct {
		void *function;
		const char *name;
	} names[] = {
	    {&ares.library_init, "ares_library_init"},
	    {&ares.init, "ares_init"},
	    {&ares.destroy, "ares_destroy"},
	    {&ares.getsock, "ares_getsock"},
	    {&ares.process_fd, "ares_process_fd"},
	    {&ares.timeout, "ares_timeout"},
	    {&ares.getaddrinfo, "ares_getaddrinfo"},
	    {&ares.freeaddrinfo, "ares_freeaddrinfo"},
	    {&ares.gethostbyname, "ares_gethostbyname"},
	    {&ares.gethostbyaddr, "ares_gethostbyaddr"},
	};
	void *library = host.dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *found;

	if (library == NULL)
		config_die("RUMPHIJACK", "names=rump", "there is no " LIBRARY);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		found = dlsym(library, names[i].name);
		if (found == NULL)
			config_die("RUMPHIJACK", "names=rump", LIBRARY " is too old");
		memcpy(names[i].function, &found, sizeof found);
	}
	ares.library_init(ARES_LIB_INIT_ALL);
}

bool
names_routed(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (!config_get()->rump_names)
		return false;
	pthread_once(&once, load);
	return true;
}

/* --- one question --- */

static int
error_of(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		return EAI_NONAME;
	case ARES_ENODATA:
		return EAI_NODATA;
	case ARES_ESERVFAIL:
	case ARES_ETIMEOUT:
	case ARES_ECONNREFUSED:
	case ARES_EDESTRUCTION:
		return EAI_AGAIN;
	case ARES_ENOMEM:
		return EAI_MEMORY;
	case ARES_EBADFAMILY:
		return EAI_FAMILY;
	default:
		return EAI_FAIL;
	}
}

static int
open_channel(ares_channel *ret)
{
	int status;

	route_name_files(true);
	status = ares.init(ret);
	if (status != ARES_SUCCESS)
		route_name_files(false);
	return error_of(status);
}

/* Waits for the sockets of the channel and lets it go on, until it has no more of them. */
static void
run(ares_channel channel)
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	struct pollfd fds[ARES_GETSOCK_MAXNUM];
	struct timeval tv, *wait;
	int mask, n;

	while ((mask = ares.getsock(channel, socks, ARES_GETSOCK_MAXNUM)) != 0) {
		for (n = 0; n < ARES_GETSOCK_MAXNUM; n++) {
			fds[n] = (struct pollfd){.fd = socks[n],
			    .events = (short)((ARES_GETSOCK_READABLE(mask, n) ? POLLIN : 0) |
					      (ARES_GETSOCK_WRITABLE(mask, n) ? POLLOUT : 0))};
			if (fds[n].events == 0)
				break;
		}
		wait = ares.timeout(channel, NULL, &tv);
		host.poll(fds, (nfds_t)n,
		    wait == NULL ? -1 : (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000) + 1);
		ares.process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
		for (int i = 0; i < n; i++)
			ares.process_fd(channel,
			    fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
			    fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
	}
}

static void
close_channel(ares_channel channel)
{
	ares.destroy(channel);
	route_name_files(false);
}

/* --- addresses --- */

struct forward {
	struct names_found *found;
	int error;
};

static int
take_addresses(struct names_found *f, const struct ares_addrinfo *list)
{
	const struct ares_addrinfo_node *n;
	size_t count = 0;

	for (n = list->nodes; n != NULL; n = n->ai_next)
		count++;
	f->address = calloc(count > 0 ? count : 1, sizeof *f->address);
	if (f->address == NULL)
		return EAI_MEMORY;
	for (n = list->nodes; n != NULL; n = n->ai_next) {
		struct names_address *a = &f->address[f->n++];

		a->len = (socklen_t)n->ai_addrlen;
		memcpy(&a->ss, n->ai_addr, a->len);
	}
	if (list->name != NULL)
		f->canonical = strdup(list->name);
	for (const struct ares_addrinfo_cname *c = list->cnames; c != NULL; c = c->next) {
		if (c->name == NULL)
			continue;
		free(f->canonical);
		f->canonical = strdup(c->name); /* the last one has the addresses */
	}
	return count == 0 ? EAI_NODATA : 0;
}

static void
addresses_found(void *arg, int status, int timeouts, struct ares_addrinfo *list)
{
	struct forward *f = arg;

	(void)timeouts;
	f->error = error_of(status);
	if (f->error == 0)
		f->error = take_addresses(f->found, list);
	if (list != NULL)
		ares.freeaddrinfo(list);
}

int
names_forward(const char *node, int family, struct names_found *ret)
{
	const struct ares_addrinfo_hints hints = {
	    .ai_family = family, .ai_flags = ARES_AI_CANONNAME, .ai_socktype = SOCK_STREAM};
	struct forward f = {.found = ret, .error = EAI_AGAIN};
	ares_channel channel;
	int error;

	*ret = (struct names_found){.n = 0};
	error = open_channel(&channel);
	if (error != 0)
		return error;
	ares.getaddrinfo(channel, node, NULL, &hints, addresses_found, &f);
	run(channel);
	close_channel(channel);
	if (f.error != 0)
		names_done(ret);
	return f.error;
}

void
names_done(struct names_found *f)
{
	free(f->address);
	free(f->canonical);
	*f = (struct names_found){.n = 0};
}

/* --- entries --- */

struct entry {
	names_use *use;
	void *arg;
	int error;
};

static void
entry_found(void *arg, int status, int timeouts, struct hostent *h)
{
	struct entry *e = arg;

	(void)timeouts;
	e->error = error_of(status);
	if (e->error == 0)
		e->error = e->use(e->arg, h);
}

int
names_reverse(const void *addr, socklen_t len, int family, names_use *use, void *arg)
{
	struct entry e = {.use = use, .arg = arg, .error = EAI_AGAIN};
	ares_channel channel;
	int error = open_channel(&channel);

	if (error != 0)
		return error;
	ares.gethostbyaddr(channel, addr, (int)len, family, entry_found, &e);
	run(channel);
	close_channel(channel);
	return e.error;
}

int
names_entry(const char *name, int family, names_use *use, void *arg)
{
	struct entry e = {.use = use, .arg = arg, .error = EAI_AGAIN};
	ares_channel channel;
	int error = open_channel(&channel);

	if (error != 0)
		return error;
	ares.gethostbyname(channel, name, family, entry_found, &e);
	run(channel);
	close_channel(channel);
	return e.error;
}
