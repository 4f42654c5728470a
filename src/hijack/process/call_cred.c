/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Credentials: the host decides and changes them in all threads; then the rump kernel is told what
 * they are.  A process that is not connected tells nothing: the server sees a new connection's
 * credentials itself.  But root connects before it becomes somebody else, whom the server's socket
 * may not let in.
 */
#include "process/call_cred.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/raw.h"
#include "client/client.h"
#include "ident/lookup.h"
#include "ident/reopen.h"
#include "process/process.h"
#include "syscall/calls.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define GROUPS_MAX 256

static void
forget_creds(void)
{
	reopen_forget();
	lookup_creds_changed();
}

int
cred_ids_changed(int rc)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (rc == 0)
		forget_creds();
	if (rc != 0 || !client_is_connected())
		return rc;
	raw_call3(SYS_getresuid, &ruid, &euid, &suid);
	raw_call3(SYS_getresgid, &rgid, &egid, &sgid);
	(void)call_deleg_cred(ruid, euid, suid, rgid, egid, sgid);
	return 0;
}

int
cred_groups_changed(int rc)
{
	gid_t groups[GROUPS_MAX];
	long n;

	if (rc == 0)
		forget_creds();
	if (rc != 0 || !client_is_connected())
		return rc;
	n = raw_call2(SYS_getgroups, GROUPS_MAX, groups);
	if (n >= 0)
		(void)call_setgroups((size_t)n, groups);
	return 0;
}

static void
connect_as_root(void)
{
	if (raw_call0(SYS_geteuid) != 0 || client_is_connected() || getenv("RUMP_SERVER") == NULL)
		return;
	process_start();
	(void)client_connect();
}

int
hijack_setuid(uid_t uid)
{
	connect_as_root();
	return cred_ids_changed(host.setuid(uid));
}
HIJACK_EXPORTS(setuid)

int
hijack_seteuid(uid_t euid)
{
	connect_as_root();
	return cred_ids_changed(host.seteuid(euid));
}
HIJACK_EXPORTS(seteuid)

int
hijack_setreuid(uid_t ruid, uid_t euid)
{
	connect_as_root();
	return cred_ids_changed(host.setreuid(ruid, euid));
}
HIJACK_EXPORTS(setreuid)

int
hijack_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	connect_as_root();
	return cred_ids_changed(host.setresuid(ruid, euid, suid));
}
HIJACK_EXPORTS(setresuid)

int
hijack_setgid(gid_t gid)
{
	return cred_ids_changed(host.setgid(gid));
}
HIJACK_EXPORTS(setgid)

int
hijack_setegid(gid_t egid)
{
	return cred_ids_changed(host.setegid(egid));
}
HIJACK_EXPORTS(setegid)

int
hijack_setregid(gid_t rgid, gid_t egid)
{
	return cred_ids_changed(host.setregid(rgid, egid));
}
HIJACK_EXPORTS(setregid)

int
hijack_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	return cred_ids_changed(host.setresgid(rgid, egid, sgid));
}
HIJACK_EXPORTS(setresgid)

/* The host says what became of it only when asked again. */
int
hijack_setfsuid(uid_t uid)
{
	int old = host.setfsuid(uid);
	int64_t rump_old;

	forget_creds();
	if (client_is_connected())
		(void)call_setfsuid((uid_t)host.setfsuid((uid_t)-1), &rump_old);
	return old;
}
HIJACK_EXPORTS(setfsuid)

int
hijack_setfsgid(gid_t gid)
{
	int old = host.setfsgid(gid);
	int64_t rump_old;

	forget_creds();
	if (client_is_connected())
		(void)call_setfsgid((gid_t)host.setfsgid((gid_t)-1), &rump_old);
	return old;
}
HIJACK_EXPORTS(setfsgid)

int
hijack_setgroups(size_t n, const gid_t *list)
{
	return cred_groups_changed(host.setgroups(n, list));
}
HIJACK_EXPORTS(setgroups)

int
hijack_initgroups(const char *user, gid_t group)
{
	return cred_groups_changed(host.initgroups(user, group));
}
HIJACK_EXPORTS(initgroups)
