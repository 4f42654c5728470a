/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parsing of RUMPHIJACK: items separated by commas, each keyword=value, lists separated by colons.
 *
 *	path=/rump                   prefix of the rump kernel's tree
 *	blanket=/etc:/var/db         host paths that are the rump kernel's as they stand
 *	socket=all:nolocal           families whose sockets are the rump kernel's
 *	fdoff=128                    descriptors of the rump kernel begin at 128
 *	names=rump                   names of hosts are looked up in the rump kernel's world
 *	vfs=..., sysctl=...          accepted for NetBSD's sake: those calls do not exist on Linux
 *
 * The text is cut up in place, and all strings of the configuration point into it.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "config.h"

long
config_number(const char *s, long max)
{
	long n = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n = 10 * n + (*s - '0');
		if (n > max)
			return -1;
	}
	return n;
}

/* Cuts the next piece off *rest; NULL when nothing is left. */
static char *
cut(char **rest, char separator)
{
	char *piece = *rest;
	char *end;

	if (piece == NULL)
		return NULL;
	end = strchr(piece, separator);
	if (end != NULL)
		*end++ = '\0';
	*rest = end;
	return piece;
}

/* Takes the slashes off the end of an absolute path; NULL, or why it is none. */
static const char *
trim_path(char *path)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		return "a path must begin with /";
	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	return NULL;
}

static const char *
set_path(struct config *c, char *value)
{
	const char *why = trim_path(value);

	if (why == NULL)
		c->prefix = value;
	return why;
}

static const char *
set_blanket(struct config *c, char *value)
{
	char *path;

	while ((path = cut(&value, ':')) != NULL) {
		const char *why = trim_path(path);

		if (why != NULL)
			return why;
		if (c->blankets == CONFIG_BLANKETS)
			return "too many blankets";
		if (*path == '\0')
			return "a blanket over / would leave nothing to the host: use path=/";
		c->blanket[c->blankets++] = path;
	}
	return NULL;
}

static const struct {
	const char *name;
	int family;
} families[] = {
    {"local", AF_UNIX},
    {"unix", AF_UNIX},
    {"inet", AF_INET},
    {"inet6", AF_INET6},
    {"netlink", AF_NETLINK},
    {"route", AF_NETLINK},
    {"packet", AF_PACKET},
    {"link", AF_PACKET},
    {"key", AF_KEY},
    {"vsock", AF_VSOCK},
    {"bluetooth", AF_BLUETOOTH},
    {"can", AF_CAN},
    {"alg", AF_ALG},
    {"xdp", AF_XDP},
};

/* Bits of the families that a word of socket= means; 0: none has that name. */
static uint64_t
family_bits(const char *name)
{
	if (strcmp(name, "all") == 0)
		return ~UINT64_C(0);
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		if (strcmp(name, families[i].name) == 0)
			return UINT64_C(1) << families[i].family;
	}
	return 0;
}

static const char *
set_socket(struct config *c, char *value)
{
	char *word;

	c->families = 0;
	while ((word = cut(&value, ':')) != NULL) {
		bool off = strncmp(word, "no", 2) == 0;
		uint64_t bits = family_bits(off ? word + 2 : word);

		if (bits == 0)
			return "unknown socket family";
		c->families = off ? c->families & ~bits : c->families | bits;
	}
	return NULL;
}

static const char *
set_fdoff(struct config *c, char *value)
{
	long n = config_number(value, 1 << 20);

	if (n < 3)
		return "fdoff must be a number of at least 3";
	c->fdoff = (int)n;
	return NULL;
}

static const char *
set_names(struct config *c, char *value)
{
	if (strcmp(value, "rump") != 0 && strcmp(value, "host") != 0)
		return "names are the host's or the rump kernel's: host or rump";
	c->rump_names = strcmp(value, "rump") == 0;
	return NULL;
}

static const char *
set_keepenv(struct config *c, char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return "keepenv is yes or no";
	c->keep_env = strcmp(value, "yes") == 0;
	return NULL;
}

static const char *
check_vfs(struct config *c, char *value)
{
	char *word;

	(void)c;
	while ((word = cut(&value, ':')) != NULL) {
		if (strncmp(word, "no", 2) == 0)
			word += 2;
		if (strcmp(word, "all") != 0 && strcmp(word, "nfssvc") != 0 &&
		    strcmp(word, "getvfsstat") != 0 && strcmp(word, "fhcalls") != 0)
			return "vfs knows all, nfssvc, getvfsstat and fhcalls";
	}
	return NULL;
}

static const char *
check_sysctl(struct config *c, char *value)
{
	(void)c;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return "sysctl is yes or no";
	return NULL;
}

static const struct {
	const char *name;
	const char *(*set)(struct config *c, char *value);
} keywords[] = {
    {"path", set_path},
    {"blanket", set_blanket},
    {"socket", set_socket},
    {"fdoff", set_fdoff},
    {"names", set_names},
    {"keepenv", set_keepenv},
    {"vfs", check_vfs},
    {"sysctl", check_sysctl},
};

static const char *
set_item(struct config *c, char *item)
{
	char *value = strchr(item, '=');

	if (value == NULL)
		return "items are keyword=value, separated by commas";
	*value++ = '\0';
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		if (strcmp(item, keywords[i].name) == 0)
			return *value == '\0' ? "a keyword has no value"
					      : keywords[i].set(c, value);
	}
	return "unknown keyword";
}

const char *
config_parse(struct config *c, char *text)
{
	const char *why = NULL;
	char *item;

	*c = (struct config){.keep_env = true};
	while (why == NULL && (item = cut(&text, ',')) != NULL)
		why = set_item(c, item);
	return why;
}
