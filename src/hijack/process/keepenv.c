/* SPDX-License-Identifier: BSD-2-Clause */
/* What stays when an environment is emptied. */
#include "process/keepenv.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "config.h"

#define LIBRARY "librumphijack.so"
#define ABOUT   "RUMPHIJACK__KEPT="

enum { PRELOAD, SERVER, NVARS = KEEPENV_MAX - 1 };
static const char *const names[NVARS] = {
    "LD_PRELOAD=", "RUMP_SERVER=", "RUMPHIJACK=", "RUMPHIJACK_RETRYCONNECT=", "RUMP_TRACE="};

/* The variables of this program, of LD_PRELOAD only what is us; NULL: it had none.  Copies, because
 * programs write their titles over their environment. */
static const char *own[NVARS];
static char text[3 * 4096];

/* Which of our variables is it?  NVARS: none. */
static unsigned
index_of(const char *var)
{
	unsigned i = 0;

	while (i < NVARS && strncmp(var, names[i], strlen(names[i])) != 0)
		i++;
	return i;
}

/* In a list of libraries the one that is us, of *ret_len bytes; NULL: none is. */
static const char *
find_library(const char *list, size_t *ret_len)
{
	size_t len, tail = strlen(LIBRARY);

	for (;; list += len) {
		list += strspn(list, ": ");
		len = strcspn(list, ": ");
		if (len == 0)
			return NULL;
		if (len >= tail && memcmp(list + len - tail, LIBRARY, tail) == 0 &&
		    (len == tail || list[len - tail - 1] == '/'))
			break;
	}
	*ret_len = len;
	return list;
}

/* --- exec --- */

/*
 * Were we lost with the rest of an environment, or because LD_PRELOAD was set for another library,
 * and not taken out on purpose?  *ret_preload: those other libraries.
 */
static bool
is_lost(char *const *envp, const char **ret_preload)
{
	const char *preload = env_value(envp, names[PRELOAD]);
	size_t len;

	*ret_preload = preload;
	if (preload == NULL)
		return env_value(envp, names[SERVER]) == NULL;
	return *preload != '\0' && find_library(preload, &len) == NULL;
}

void
keepenv_find(struct keepenv *k, char *const *envp)
{
	const char *preload, *ours = own[PRELOAD];
	unsigned n = 0, kept = 0;

	k->var[0] = NULL;
	if (ours == NULL || !config_get()->keep_env || !is_lost(envp, &preload))
		return;
	if (preload != NULL) {
		if (snprintf(k->preload, sizeof k->preload, "%s%s:%s", names[PRELOAD], preload,
			ours + strlen(names[PRELOAD])) >= (int)sizeof k->preload)
			return;
		ours = k->preload;
	}
	k->var[n++] = ours;
	for (unsigned i = SERVER; i < NVARS; i++) {
		if (own[i] == NULL || env_value(envp, names[i]) != NULL)
			continue;
		k->var[n++] = own[i];
		kept |= 1u << i;
	}
	snprintf(k->about, sizeof k->about, ABOUT "%x", kept | 1u << PRELOAD);
	k->var[n++] = k->about;
	k->var[n] = NULL;
}

/* --- the new image --- */

/* Keeps a copy of a variable; of LD_PRELOAD the part that is us. */
static char *
keep(unsigned i, const char *var, char *to)
{
	size_t skip = strlen(names[i]), len = strlen(var) - skip;
	const char *value = var + skip;

	if (i == PRELOAD)
		value = find_library(value, &len);
	if (value == NULL || skip + len >= (size_t)(text + sizeof text - to))
		return to;
	own[i] = to;
	memcpy(to, var, skip);
	memcpy(to + skip, value, len);
	to[skip + len] = '\0';
	return to + skip + len + 1;
}

/* LD_PRELOAD without us at its end; false: nothing is left. */
static bool
cut_preload(char *var)
{
	char *list = var + strlen(names[PRELOAD]);
	size_t len;
	char *us = (char *)(uintptr_t)find_library(list, &len);

	if (us == NULL || us <= list || us[len] != '\0')
		return us == NULL;
	us[-1] = '\0';
	return true;
}

/* Is this variable the program's, too?  `kept`: those that exec put back. */
static bool
stays(char *var, unsigned i, unsigned kept)
{
	if (i == NVARS || (kept >> i & 1) == 0)
		return true;
	return i == PRELOAD && cut_preload(var);
}

void
keepenv_start(void)
{
	const char *about = NULL;
	char *to = text, **out = environ;
	unsigned kept;

	for (char **in = environ; *in != NULL; in++) {
		unsigned i = index_of(*in);

		if (i < NVARS)
			to = keep(i, *in, to);
		else if (strncmp(*in, ABOUT, strlen(ABOUT)) == 0)
			about = *in + strlen(ABOUT);
	}
	if (about == NULL)
		return;
	kept = (unsigned)strtoul(about, NULL, 16);
	for (char **in = environ; *in != NULL; in++) {
		if (strncmp(*in, ABOUT, strlen(ABOUT)) != 0 && stays(*in, index_of(*in), kept))
			*out++ = *in;
	}
	*out = NULL;
}
