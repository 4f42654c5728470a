/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of a program to be started. */
#include "environment.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "call_cwd.h"
#include "process.h"
#include "route.h"

static bool
is_cwd_variable(const char *entry)
{
	return strncmp(entry, PROCESS_CWD "=", sizeof PROCESS_CWD) == 0;
}

int
environment_with_cwd(char *const *envp, char *const **ret_envp)
{
	char cwd[PATH_MAX];
	char **made;
	size_t n = 0, len = 0;
	int error;

	*ret_envp = envp;
	if (!route_cwd_is_rump())
		return 0;
	/* A directory that is gone has no name, but the image must not begin in the host's. */
	error = cwd_rump(cwd, sizeof cwd);
	if (error != 0)
		*cwd = '\0';
	while (envp != NULL && envp[n] != NULL)
		n++;
	made = malloc((n + 2) * sizeof *made + sizeof PROCESS_CWD + 1 + strlen(cwd));
	if (made == NULL)
		return ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!is_cwd_variable(envp[i]))
			made[len++] = envp[i];
	}
	made[len] = (char *)(made + n + 2);
	stpcpy(stpcpy(made[len++], PROCESS_CWD "="), cwd);
	made[len] = NULL;
	*ret_envp = made;
	return 0;
}

void
environment_drop(char *const *envp, char *const *made)
{
	if (made != envp)
		free((void *)(uintptr_t)made);
}
