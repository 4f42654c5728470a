/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gethostbyname and its relatives with the rump kernel's names (names.h).
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "hijack.h"
#include "sock/names.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define BUF_MAX 65536

/* The caller's memory for an entry; `at` moves on. */
struct room {
	struct hostent *h;
	char *at;
	size_t left;
};

/* Memory of `size` bytes, aligned for pointers; NULL: there is no more. */
static void *
take(struct room *r, size_t size)
{
	size_t pad = -(uintptr_t)r->at % sizeof(void *);
	void *p = r->at + pad;

	if (r->left < pad || r->left - pad < size)
		return NULL;
	r->at += pad + size;
	r->left -= pad + size;
	return p;
}

static char *
copy(struct room *r, const void *src, size_t size)
{
	char *p = take(r, size);

	return p == NULL ? NULL : memcpy(p, src, size);
}

/* A list of strings, or of addresses of `size` bytes, without those equal to `but`; NULL if they do
 * not fit. */
static char **
copy_list(struct room *r, char *const *list, size_t size, const char *but)
{
	size_t n = 0, kept = 0;
	char **copied;

	while (list != NULL && list[n] != NULL)
		n++;
	copied = take(r, (n + 1) * sizeof *copied);
	if (copied == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (but != NULL && strcmp(list[i], but) == 0)
			continue;
		copied[kept] = copy(r, list[i], size > 0 ? size : strlen(list[i]) + 1);
		if (copied[kept++] == NULL)
			return NULL;
	}
	copied[kept] = NULL;
	return copied;
}

/* EAI_OVERFLOW: there is not enough room. */
static int
copy_entry(void *arg, const struct hostent *src)
{
	struct room *r = arg;
	struct hostent *h = r->h;

	h->h_addrtype = src->h_addrtype;
	h->h_length = src->h_length;
	h->h_name = copy(r, src->h_name, strlen(src->h_name) + 1);
	h->h_aliases = copy_list(r, src->h_aliases, 0, src->h_name);
	h->h_addr_list = copy_list(r, src->h_addr_list, (size_t)src->h_length, NULL);
	return h->h_name == NULL || h->h_aliases == NULL || h->h_addr_list == NULL ? EAI_OVERFLOW
										   : 0;
}

static int
herror_of(int error)
{
	switch (error) {
	case 0:
		return NETDB_SUCCESS;
	case EAI_OVERFLOW:
	case EAI_MEMORY:
		return NETDB_INTERNAL;
	case EAI_NODATA:
		return NO_DATA;
	case EAI_NONAME:
		return HOST_NOT_FOUND;
	case EAI_AGAIN:
		return TRY_AGAIN;
	default:
		return NO_RECOVERY;
	}
}

/* The results of the functions with _r, from an EAI_ error. */
static int
finish(int error, struct hostent *h, struct hostent **result, int *herror)
{
	*result = error == 0 ? h : NULL;
	*herror = herror_of(error);
	h_errno = *herror; /* as libc's do */
	return error == EAI_OVERFLOW ? ERANGE
	       : error == EAI_MEMORY ? ENOMEM
	       : error == EAI_AGAIN  ? EAGAIN
				     : 0;
}

int
hijack_gethostbyname2_r(const char *name, int family, struct hostent *h, char *buf, size_t size,
    struct hostent **result, int *error)
{
	struct room r = {.h = h, .at = buf, .left = size};

	if (!names_routed())
		return host.gethostbyname2_r(name, family, h, buf, size, result, error);
	return finish(names_entry(name, family, copy_entry, &r), h, result, error);
}
HIJACK_EXPORTS(gethostbyname2_r)

int
hijack_gethostbyname_r(const char *name, struct hostent *h, char *buf, size_t size,
    struct hostent **result, int *error)
{
	if (!names_routed())
		return host.gethostbyname_r(name, h, buf, size, result, error);
	return hijack_gethostbyname2_r(name, AF_INET, h, buf, size, result, error);
}
HIJACK_EXPORTS(gethostbyname_r)

int
hijack_gethostbyaddr_r(const void *addr, socklen_t len, int family, struct hostent *h, char *buf,
    size_t size, struct hostent **result, int *error)
{
	struct room r = {.h = h, .at = buf, .left = size};

	if (!names_routed())
		return host.gethostbyaddr_r(addr, len, family, h, buf, size, result, error);
	return finish(names_reverse(addr, len, family, copy_entry, &r), h, result, error);
}
HIJACK_EXPORTS(gethostbyaddr_r)

/* --- the functions that have memory of their own --- */

static struct hostent own;
static char *own_buf;

static bool
own_memory(void)
{
	if (own_buf == NULL)
		own_buf = malloc(BUF_MAX);
	if (own_buf == NULL)
		h_errno = NETDB_INTERNAL;
	return own_buf != NULL;
}

struct hostent *
hijack_gethostbyname2(const char *name, int family)
{
	struct hostent *result;

	if (!names_routed())
		return host.gethostbyname2(name, family);
	if (!own_memory())
		return NULL;
	hijack_gethostbyname2_r(name, family, &own, own_buf, BUF_MAX, &result, &h_errno);
	return result;
}
HIJACK_EXPORTS(gethostbyname2)

struct hostent *
hijack_gethostbyname(const char *name)
{
	return names_routed() ? hijack_gethostbyname2(name, AF_INET) : host.gethostbyname(name);
}
HIJACK_EXPORTS(gethostbyname)

struct hostent *
hijack_gethostbyaddr(const void *addr, socklen_t len, int family)
{
	struct hostent *result;

	if (!names_routed())
		return host.gethostbyaddr(addr, len, family);
	if (!own_memory())
		return NULL;
	hijack_gethostbyaddr_r(addr, len, family, &own, own_buf, BUF_MAX, &result, &h_errno);
	return result;
}
HIJACK_EXPORTS(gethostbyaddr)
