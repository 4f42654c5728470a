/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_spawn.  The rump kernel makes the child's process beforehand and passes its connection,
 * which the new image finds open: the child is our child, and costs nothing more until it calls.
 *
 * As in libc the child shares the parent's memory, unless it has to do with the rump kernel itself
 * before exec: a file action there, a program that lies there.  Then it gets memory of its own and
 * uses the hijacked functions.  The parent waits for the exec in either case.
 */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/siglock.h"
#include "hijack.h"
#include "ident/parts.h"
#include "process/execute.h"
#include "process/keepenv.h"
#include "process/spawning.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define STACK_SIZE (64 << 10)

/* Does a file action have to do, or perhaps to do, with the rump kernel?  *ret_moved: there is one
 * that changes the directory. */
static bool
actions_need_rump(const struct spawn *s, bool *ret_moved)
{
	int n;
	const struct spawn_action *list = spawn_actions(s->actions, &n);

	*ret_moved = false;
	for (int i = 0; i < n; i++) {
		const struct spawn_action *a = &list[i];

		if (a->path != NULL &&
		    (route_path_is_rump(a->path) ||
			(*a->path != '/' && (*ret_moved || route_cwd_is_rump()))))
			return true;
		if (a->kind == SPAWN_FCHDIR && client_is_connected())
			return true;
		if (a->kind == SPAWN_CHDIR || a->kind == SPAWN_FCHDIR)
			*ret_moved = true;
	}
	return false;
}

static int
path_is_host(const char *path, void *arg)
{
	bool moved = *(bool *)arg;

	/* "Not here" lets the search go on. */
	return route_path_is_rump(path) || (moved && *path != '/') ? EEXIST : ENOENT;
}

static bool
program_needs_rump(const struct spawn *s, bool moved)
{
	if (s->search)
		return execute_search(s->file, path_is_host, &moved) == EEXIST;
	return path_is_host(s->file, &moved) == EEXIST;
}

static bool
ids_change(const posix_spawnattr_t *attr)
{
	short flags = 0;

	if (attr != NULL)
		posix_spawnattr_getflags(attr, &flags);
	return (flags & POSIX_SPAWN_RESETIDS) != 0 &&
	       (getuid() != geteuid() || getgid() != getegid());
}

/* May the child share our memory?  *ret_moved: it will be in another directory. */
static bool
may_share(const struct spawn *s, const struct client_fork *f, bool *ret_moved)
{
	if (f->connected && f->fd < 0)
		return false;
	return !ids_change(s->attr) && !actions_need_rump(s, ret_moved) &&
	       !program_needs_rump(s, *ret_moved);
}

static int
shared_main(void *arg)
{
	spawn_child(arg);
	return 127;
}

/* A child in our memory, on a stack of its own.  The new image is in one of the host's directories
 * if a file action says so, else in ours. */
static long
start_shared(struct spawn *s, const struct client_fork *f, bool moved)
{
	char variable[PROCESS_VARIABLE_MAX];
	struct keepenv kept;
	long stack, pid;
	int error;

	s->exec = (struct client_exec){
	    .envp = s->envp,
	    .more = {process_variable(variable, route_cwd_is_rump() && !moved, NULL, NULL)},
	    .fd = f->fd,
	    .child = true,
	};
	keepenv_find(&kept, s->envp);
	for (int i = 0; kept.var[i] != NULL; i++)
		s->exec.more[1 + i] = kept.var[i];
	error = client_exec_prepare(&s->exec);
	if (error != 0)
		return -error;
	stack = raw_call6(SYS_mmap, NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	pid = stack;
	if (stack > 0) {
		pid = host.clone((void *)(uintptr_t)shared_main, (void *)(stack + STACK_SIZE),
		    CLONE_VM | CLONE_VFORK | SIGCHLD, s, NULL, NULL, NULL);
		if (pid < 0)
			pid = -errno;
		ASAN_UNPOISON_MEMORY_REGION(
		    (void *)stack, STACK_SIZE); /* functions ended by exec */
		raw_call2(SYS_munmap, stack, STACK_SIZE);
	}
	client_exec_undo(&s->exec);
	return pid;
}

static long
start_forked(struct spawn *s, struct client_fork *f)
{
	long pid = raw_call5(SYS_clone, CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid != 0)
		return pid;
	(void)client_fork_child(f);
	spawn_child(s);
	_exit(127);
}

/* Starts the child and waits until it has become the program or failed. */
static long
start(struct spawn *s, bool sharing)
{
	struct client_fork f;
	bool moved = false;
	long pid;

	*s->failure = (struct spawn_failure){0};
	(void)client_prefork(&f);
	s->shared = sharing && may_share(s, &f, &moved);
	s->sigmask = sigs_block();
	pid = s->shared ? start_shared(s, &f, moved) : start_forked(s, &f);
	sigs_restore(s->sigmask);
	if (pid > 0)
		client_fork_parent(&f);
	else
		client_fork_cancel(&f);
	return pid;
}

/* 0 and the child's pid, or an errno: a child that failed leaves no trace. */
static int
spawn_once(struct spawn *s, bool sharing, pid_t *ret_pid)
{
	long pid = start(s, sharing);

	if (pid < 0)
		return (int)-pid;
	if (s->failure->error == 0) {
		*ret_pid = (pid_t)pid;
		return 0;
	}
	while (raw_call4(SYS_wait4, pid, NULL, 0, NULL) == -EINTR)
		continue;
	return s->failure->error;
}

static int
spawn(pid_t *ret_pid, struct spawn *s)
{
	int error, saved = errno;
	pid_t pid = 0;
	long map;

	error = parts_before_spawn();
	if (error != 0)
		return error;
	map = raw_call6(SYS_mmap, NULL, sizeof *s->failure, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map < 0 && map > -4096)
		return ENOMEM;
	s->failure = (struct spawn_failure *)map;
	error = spawn_once(s, true, &pid);
	if (s->failure->interpreter)
		error = spawn_once(s, false, &pid);
	raw_call2(SYS_munmap, map, sizeof *s->failure);
	if (error == 0 && ret_pid != NULL)
		*ret_pid = pid;
	errno = saved;
	return error;
}

int
hijack_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr, char *const *argv, char *const *envp)
{
	struct spawn s = {
	    .file = path, .actions = actions, .attr = attr, .argv = argv, .envp = envp};

	return spawn(pid, &s);
}
HIJACK_EXPORTS(posix_spawn)

int
hijack_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr, char *const *argv, char *const *envp)
{
	struct spawn s = {.file = file,
	    .search = true,
	    .actions = actions,
	    .attr = attr,
	    .argv = argv,
	    .envp = envp};

	return spawn(pid, &s);
}
HIJACK_EXPORTS(posix_spawnp)
