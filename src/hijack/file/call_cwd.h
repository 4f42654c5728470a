/* SPDX-License-Identifier: BSD-2-Clause */
/* The current directory in the rump kernel; 0 or errno. */
#ifndef HIJACK_CALL_CWD_H
#define HIJACK_CALL_CWD_H

#include <stddef.h>

/* As the rump kernel names it. */
int cwd_rump(char *buf, size_t size);
/* As the program names it. */
int cwd_shown(char *buf, size_t size);

#endif
