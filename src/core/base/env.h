/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Environments: what exec gets; and this program's own, changed in place.  setenv(3) and
 * unsetenv(3) are not for a library that is preloaded: shells have functions of these names, which
 * change what they know of variables and not what they are given (bash does, before it has read
 * that).
 */
#ifndef CORE_BASE_ENV_H
#define CORE_BASE_ENV_H

/* The value of the variable, or NULL; envp may be NULL.  What follows a `=` in the name is ignored.
 */
const char *env_value(char *const *envp, const char *name);
void env_remove(char **envp, const char *name);
/* The variable gets another name, which is not longer, and is the only one of that name. */
void env_rename(char **envp, const char *from, const char *to);

#endif
