/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals to a process that is named by a descriptor.  That may be one of its directory in /proc,
 * as killall(1) has it, and that /proc may be the rump kernel's: then the host's directory of that
 * name is meant, for programs see the host's numbers there.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "base/raw.h"
#include "base/scope.h"
#include "hijack.h"
#include "ident/ident.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* The host's directory /proc/PID for the rump kernel's; or a negative errno. */
static int
open_process(int fd)
{
	char path[PATH_MAX];
	uint64_t word;

	if (!ident_dir(fd, &word) || ident_name(word, path) != 0 ||
	    strncmp(path, "/proc/", 6) != 0 || path[6 + strspn(path + 6, "0123456789")] != '\0')
		return -EBADF;
	return (int)raw_call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

int
hijack_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
{
	CLEANUP_FD int fd = -1;
	int result = host.pidfd_send_signal(pidfd, sig, info, flags);

	if (result == 0 || errno != EBADF)
		return result;
	fd = open_process(pidfd);
	return fd < 0 ? hijack_fail(-fd) : host.pidfd_send_signal(fd, sig, info, flags);
}
HIJACK_EXPORTS(pidfd_send_signal)
