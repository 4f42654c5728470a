/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of a program to be started. */
#ifndef HIJACK_ENVIRONMENT_H
#define HIJACK_ENVIRONMENT_H

/*
 * envp with the current directory in the rump kernel, if that is where we are; otherwise envp
 * itself.  environment_drop() frees what was made.
 */
int environment_with_cwd(char *const *envp, char *const **ret_envp);
void environment_drop(char *const *envp, char *const *made);

#endif
