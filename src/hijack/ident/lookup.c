/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking names up in the shared table: see lookup.h.
 *
 * The kernel's death does not close the table.  So an answer counts only if something shows that
 * the kernel lives: the host object, found behind its number, or the connection.
 */
#include "ident/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "base/raw.h"
#include "base/shared.h"
#include "base/siglock.h"
#include "client/client.h"
#include "ident/reopen.h"
#include "syscall/calls.h"
#include "syscall/sysnum.h"
#include "trace/trace.h"

#define CALLS_BEFORE 6
#define GROUPS_MAX   64

static _Atomic(struct dcache_table *) table;
static _Atomic(pid_t) table_server; /* whose it is; the one that refused, if there is no table */
static _Atomic(unsigned) calls;

/* The inode number of the rump current directory; 0: not known. */
PER_PROCESS static _Atomic(uint64_t) cwd;

PER_PROCESS static struct who {
	struct siglock lock;
	atomic_bool known;
	bool fits; /* not too many groups */
	bool one_id;
	gid_t groups[GROUPS_MAX];
	struct dcache_cred cred;
} who;

/* --- the table --- */

/* The kernel `server` has no table for us, or another thread is about to map it. */
static bool
is_settled(pid_t server)
{
	return atomic_exchange(&table_server, server) == server;
}

static void
map_table(pid_t server)
{
	int fd, error;
	void *p;

	if (is_settled(server) || call_deleg_dcache(&fd) != 0)
		return;
	error = shared_map(fd, sizeof(struct dcache_table), PROT_READ, &p);
	raw_close(fd);
	if (error != 0)
		return;
	atomic_store(&OWN(cwd), 0);
	/* An old one, of a kernel that has gone, stays mapped: a thread may be reading it. */
	atomic_store(&table, p);
}

static const struct dcache_table *
table_of(pid_t server)
{
	if (server == 0)
		return NULL;
	if (atomic_load_explicit(&table_server, memory_order_relaxed) == server)
		return atomic_load_explicit(&table, memory_order_acquire);
	if (atomic_fetch_add(&calls, 1) < CALLS_BEFORE)
		return NULL;
	atomic_store(&table, NULL);
	map_table(server);
	return atomic_load_explicit(&table, memory_order_acquire);
}

/* --- who we are --- */

static void
learn_who(void)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	struct who *w = &OWN(who);
	uint64_t mask = siglock_lock(&w->lock);
	long n = raw_call2(SYS_getgroups, GROUPS_MAX, w->groups);

	raw_call3(SYS_getresuid, &ruid, &euid, &suid);
	raw_call3(SYS_getresgid, &rgid, &egid, &sgid);
	w->cred.uid = (uid_t)raw_call1(SYS_setfsuid, -1);
	w->cred.gid = (gid_t)raw_call1(SYS_setfsgid, -1);
	w->cred.groups = w->groups;
	w->cred.ngroups = n < 0 ? 0 : (unsigned)n;
	w->fits = n >= 0;
	w->one_id = w->cred.uid == ruid && w->cred.gid == rgid && ruid == euid && rgid == egid;
	atomic_store(&w->known, true);
	siglock_unlock(&w->lock, mask);
}

static bool
know_who(void)
{
	if (!atomic_load_explicit(&OWN(who).known, memory_order_acquire))
		learn_who();
	return OWN(who).fits;
}

void
lookup_creds_changed(void)
{
	atomic_store(&OWN(who).known, false);
}

bool
lookup_has_one_id(void)
{
	return know_who() && OWN(who).one_id;
}

/* --- where we are --- */

void
lookup_cwd_changed(void)
{
	atomic_store(&OWN(cwd), 0);
}

/* The number of the directory that a relative path begins in; 0: not known. */
static uint64_t
number_of(uint64_t dir)
{
	uint64_t ino = atomic_load_explicit(&OWN(cwd), memory_order_relaxed);
	struct stat st;

	if ((dir & RUMP_HANDLE) != 0 && (int64_t)dir >= 0)
		return dir & ~RUMP_HANDLE;
	if (dir != (uint64_t)(int64_t)AT_FDCWD)
		return 0;
	if (ino == 0 && call_newfstatat(dir, "", &st, AT_EMPTY_PATH) == 0) {
		ino = st.st_ino;
		atomic_store(&OWN(cwd), ino);
	}
	return ino;
}

/* --- looking up --- */

static bool
has_object(const struct dcache_facts *f)
{
	return S_ISREG(f->st.st_mode) && f->object_fd >= 0;
}

int
lookup(uint64_t dir, const char *path, bool follow, struct dcache_facts *ret)
{
	const struct dcache_table *t = table_of(client_server()->host_pid);
	uint64_t start = 0;
	int error;

	if (t == NULL || OWN(trace_on) || !know_who())
		return LOOKUP_ASK;
	if (path[0] != '/') {
		start = number_of(dir);
		if (start == 0)
			return LOOKUP_ASK;
	}
	error = dcache_walk(t, start, path, follow, &OWN(who).cred, ret);
	if (error == LOOKUP_ASK || (error == 0 && has_object(ret)))
		return error;
	return client_hears() ? error : LOOKUP_ASK;
}

int
lookup_stat(const struct dcache_facts *f, struct stat *st)
{
	struct stat object;
	int error;

	*st = f->st;
	if (!has_object(f))
		return 0;
	error = reopen_stat(f->object_fd, f->object_number, &object);
	if (error != 0)
		return LOOKUP_ASK;
	dcache_merge(st, &object, f->object_ctime);
	return 0;
}

/* Facts of an open file, by its object's number. */
static bool
find_object(uint64_t number, struct dcache_facts *ret)
{
	const struct dcache_table *t = table_of(client_server()->host_pid);

	return t != NULL && !OWN(trace_on) && dcache_get_record(t, number, ret) &&
	       ret->object_number == number;
}

int
lookup_open(uint64_t number, const struct stat *object, struct stat *st)
{
	struct dcache_facts f;

	if (!find_object(number, &f) || !client_hears())
		return LOOKUP_ASK;
	*st = f.st;
	if (S_ISREG(f.st.st_mode))
		dcache_merge(st, object, f.object_ctime);
	return 0;
}

bool
lookup_owns_object(uint64_t word, struct dcache_facts *ret)
{
	const uint32_t mask = DCACHE_SAME_OWNER | DCACHE_WATCHED | DCACHE_ACL;

	return find_object(word & ~RUMP_HANDLE, ret) && S_ISREG(ret->st.st_mode) &&
	       (ret->flags & mask) == DCACHE_SAME_OWNER && client_hears();
}

int
lookup_access(const struct dcache_facts *f, int accmode)
{
	return dcache_access(f, &OWN(who).cred, accmode);
}

bool
lookup_still_holds(const struct dcache_facts *f)
{
	const struct dcache_table *t = atomic_load(&table);
	struct dcache_facts now;

	atomic_thread_fence(memory_order_seq_cst);
	return t != NULL && dcache_get_record(t, f->st.st_ino, &now) &&
	       now.object_fd == f->object_fd && now.object_number == f->object_number &&
	       now.flags == f->flags;
}
