/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of an open file that its host object may be given without asking the rump kernel:
 * times, and the owner that it has already (tar and cp set it so).  The host judges as the rump
 * kernel would, which reads the times from the object and sees in its ctime that somebody was
 * there. When the kernel has learnt of something meanwhile that makes it concern it (a watch,
 * another name gone), it is asked to do the same again.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "hijack.h"
#include "ident/ident.h"
#include "ident/lookup.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

int
hijack_futimens(int fd, const struct timespec *times)
{
	struct dcache_facts f;
	uint64_t word;

	if (!ident_open_file(fd, &word))
		return host.futimens(fd, times);
	if (lookup_owns_object(word, &f) && raw_call4(SYS_utimensat, fd, NULL, times, 0) == 0 &&
	    lookup_still_holds(&f))
		return 0;
	return (int)hijack_ret(call_utimensat(word, NULL, times, 0), 0);
}
HIJACK_EXPORTS(futimens)

static bool
is_owned_by(const struct stat *st, uid_t owner, gid_t group)
{
	return (owner == (uid_t)-1 || owner == st->st_uid) &&
	       (group == (gid_t)-1 || group == st->st_gid);
}

int
hijack_fchown(int fd, uid_t owner, gid_t group)
{
	struct dcache_facts f;
	uint64_t word;

	if (!ident_open_file(fd, &word))
		return client_owns_fd(fd) ? hijack_fail(EBADF) : host.fchown(fd, owner, group);
	if (lookup_owns_object(word, &f) && is_owned_by(&f.st, owner, group) &&
	    raw_call3(SYS_fchown, fd, owner, group) == 0 && lookup_still_holds(&f))
		return 0;
	return (int)hijack_ret(call_fchown(word, owner, group), 0);
}
HIJACK_EXPORTS(fchown)
