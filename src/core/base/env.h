/* SPDX-License-Identifier: BSD-2-Clause */
/* Environments that are not this program's own, for which there is getenv(3): what exec gets. */
#ifndef CORE_BASE_ENV_H
#define CORE_BASE_ENV_H

/* The value of the variable, or NULL; envp may be NULL.  What follows a `=` in the name is ignored.
 */
const char *env_value(char *const *envp, const char *name);

#endif
