/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/env.h"

#include <stddef.h>
#include <string.h>

/* The value, if it is this variable; NULL. */
static char *
value_of(char *var, const char *name)
{
	size_t len = strcspn(name, "=");

	return strncmp(var, name, len) == 0 && var[len] == '=' ? var + len + 1 : NULL;
}

const char *
env_value(char *const *envp, const char *name)
{
	const char *value = NULL;

	while (envp != NULL && *envp != NULL && value == NULL)
		value = value_of(*envp++, name);
	return value;
}

void
env_remove(char **envp, const char *name)
{
	char **out = envp;

	for (; *envp != NULL; envp++)
		if (value_of(*envp, name) == NULL)
			*out++ = *envp;
	*out = NULL;
}

void
env_rename(char **envp, const char *from, const char *to)
{
	size_t len = strlen(to);
	char *value;

	env_remove(envp, to);
	for (; *envp != NULL; envp++) {
		value = value_of(*envp, from);
		if (value == NULL)
			continue;
		*envp = value - 1 - len;
		memcpy(*envp, to, len);
	}
}
