/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parsing of RUMPHIJACK: items separated by commas, each keyword=value, lists separated by colons.
 *
 *	path=/rump                   prefix of the rump kernel's tree
 *	blanket=/etc:/var/db         host paths that are the rump kernel's as they stand
 *	socket=all:nolocal           families whose sockets are the rump kernel's
 *	fdoff=128                    descriptors of the rump kernel begin at 128
 *	vfs=..., sysctl=...          accepted for NetBSD's sake: those calls do not exist on Linux
 *
 * The text is copied once and cut up in place, so all strings of the configuration point into it.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/raw.h"

#define VARIABLE "RUMPHIJACK"
#define DEFAULT  "path=/rump,socket=all:nolocal"

static struct config config;
static char text[8192];
static const char *original; /* the variable as it came, for messages */

static void
say(const char *s)
{
	raw_call3(SYS_write, STDERR_FILENO, s, strlen(s));
}

void
config_die(const char *name, const char *value, const char *why)
{
	say("rumphijack: ");
	say(name);
	say("=");
	say(value);
	say(": ");
	say(why);
	say("\n");
	for (;;)
		raw_call1(SYS_exit_group, 1);
}

static _Noreturn void
bad(const char *why)
{
	config_die(VARIABLE, original, why);
}

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

/* Checks an absolute path and takes the slashes off its end. */
static const char *
checked_path(char *path)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		bad("a path must begin with /");
	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	return path;
}

static void
set_path(char *value)
{
	config.prefix = checked_path(value);
}

static void
set_blanket(char *value)
{
	char *path;

	while ((path = cut(&value, ':')) != NULL) {
		if (config.blankets == CONFIG_BLANKETS)
			bad("too many blankets");
		if (*checked_path(path) == '\0')
			bad("a blanket over / would leave nothing to the host: use path=/");
		config.blanket[config.blankets++] = path;
	}
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

/* Bits of the families that a word of socket= means. */
static uint64_t
family_bits(const char *name)
{
	if (strcmp(name, "all") == 0)
		return ~UINT64_C(0);
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		if (strcmp(name, families[i].name) == 0)
			return UINT64_C(1) << families[i].family;
	}
	bad("unknown socket family");
}

static void
set_socket(char *value)
{
	char *word;

	config.families = 0;
	while ((word = cut(&value, ':')) != NULL) {
		if (strncmp(word, "no", 2) == 0)
			config.families &= ~family_bits(word + 2);
		else
			config.families |= family_bits(word);
	}
}

static void
set_fdoff(char *value)
{
	long n = config_number(value, 1 << 20);

	if (n < 3)
		bad("fdoff must be a number of at least 3");
	config.fdoff = (int)n;
}

static void
check_vfs(char *value)
{
	char *word;

	while ((word = cut(&value, ':')) != NULL) {
		if (strncmp(word, "no", 2) == 0)
			word += 2;
		if (strcmp(word, "all") != 0 && strcmp(word, "nfssvc") != 0 &&
		    strcmp(word, "getvfsstat") != 0 && strcmp(word, "fhcalls") != 0)
			bad("vfs knows all, nfssvc, getvfsstat and fhcalls");
	}
}

static void
check_sysctl(char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		bad("sysctl is yes or no");
}

static const struct {
	const char *name;
	void (*set)(char *value);
} keywords[] = {
    {"path", set_path},
    {"blanket", set_blanket},
    {"socket", set_socket},
    {"fdoff", set_fdoff},
    {"vfs", check_vfs},
    {"sysctl", check_sysctl},
};

static void
set_item(char *item)
{
	char *value = strchr(item, '=');

	if (value == NULL)
		bad("items are keyword=value, separated by commas");
	*value++ = '\0';
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		if (strcmp(item, keywords[i].name) == 0) {
			if (*value == '\0')
				bad("a keyword has no value");
			keywords[i].set(value);
			return;
		}
	}
	bad("unknown keyword");
}

static void
load(void)
{
	char *rest = text;
	char *item;

	original = getenv(VARIABLE);
	if (original == NULL || *original == '\0')
		original = DEFAULT;
	if (strlen(original) >= sizeof text)
		bad("too long");
	strcpy(text, original);
	config.prefix = NULL;
	config.families = 0;
	while ((item = cut(&rest, ',')) != NULL)
		set_item(item);
}

const struct config *
config_get(void)
{
	static atomic_bool ready;

	/* Whoever comes first is alone: constructors run before there are threads. */
	if (!atomic_load_explicit(&ready, memory_order_acquire)) {
		load();
		atomic_store_explicit(&ready, true, memory_order_release);
	}
	return &config;
}
