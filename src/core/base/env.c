/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/env.h"

#include <stddef.h>
#include <string.h>

const char *
env_value(char *const *envp, const char *name)
{
	size_t len = strcspn(name, "=");

	for (; envp != NULL && *envp != NULL; envp++) {
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	}
	return NULL;
}
