/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration of this program: read once from its environment. */
#include "config.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"

#define VARIABLE "RUMPHIJACK"
#define DEFAULT                                                                                    \
	"path=/rump,socket=all:nolocal,blanket=/proc/net:/proc/self/net:/proc/sys/net"             \
	":/sys/class/net:/sys/devices/virtual/net:/dev/net"

static struct config config;
static char text[8192];

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

static void
load(void)
{
	const char *value = getenv(VARIABLE);
	const char *why = "too long";

	if (value == NULL || *value == '\0')
		value = DEFAULT;
	if (strlen(value) < sizeof text)
		why = config_parse(&config, strcpy(text, value));
	if (why != NULL)
		config_die(VARIABLE, value, why);
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
