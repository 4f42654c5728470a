/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file actions of posix_spawn: a list of our own in libc's structure, because libc's functions
 * hide what they put there, and the child has to open files and change to directories of either
 * kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/spawning.h"
#include "syscall/hijack_exports.h"

#define GROW_BY 8

const struct spawn_action *
spawn_actions(const posix_spawn_file_actions_t *actions, int *ret_n)
{
	*ret_n = actions == NULL ? 0 : actions->__used;
	return *ret_n == 0 ? NULL : (const struct spawn_action *)(void *)actions->__actions;
}

int
hijack_posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	memset(actions, 0, sizeof *actions);
	return 0;
}
HIJACK_EXPORTS(posix_spawn_file_actions_init)

int
hijack_posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
	struct spawn_action *list = (void *)actions->__actions;

	for (int i = 0; i < actions->__used; i++)
		free(list[i].path);
	free(list);
	return 0;
}
HIJACK_EXPORTS(posix_spawn_file_actions_destroy)

static int
add(posix_spawn_file_actions_t *actions, struct spawn_action a)
{
	struct spawn_action *list = (void *)actions->__actions;

	if (actions->__used == actions->__allocated) {
		list = reallocarray(list, (size_t)actions->__allocated + GROW_BY, sizeof *list);
		if (list == NULL)
			return ENOMEM;
		actions->__actions = (void *)list;
		actions->__allocated += GROW_BY;
	}
	list[actions->__used++] = a;
	return 0;
}

static int
add_path(posix_spawn_file_actions_t *actions, struct spawn_action a, const char *path)
{
	int error;

	a.path = strdup(path);
	if (a.path == NULL)
		return ENOMEM;
	error = add(actions, a);
	if (error != 0)
		free(a.path);
	return error;
}

/* Could the process have a descriptor of that number? */
static bool
is_possible(int fd)
{
	long limit = sysconf(_SC_OPEN_MAX);

	return fd >= 0 && (limit < 0 || fd < limit);
}

static int
add_fd(posix_spawn_file_actions_t *actions, struct spawn_action a)
{
	return is_possible(a.fd) && is_possible(a.to) ? add(actions, a) : EBADF;
}

int
hijack_posix_spawn_file_actions_addopen(
    posix_spawn_file_actions_t *actions, int fd, const char *path, int flags, mode_t mode)
{
	struct spawn_action a = {.kind = SPAWN_OPEN, .fd = fd, .flags = flags, .mode = mode};

	return is_possible(fd) ? add_path(actions, a, path) : EBADF;
}
HIJACK_EXPORTS(posix_spawn_file_actions_addopen)

int
hijack_posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
	return add_fd(actions, (struct spawn_action){.kind = SPAWN_CLOSE, .fd = fd});
}
HIJACK_EXPORTS(posix_spawn_file_actions_addclose)

int
hijack_posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
	return add_fd(actions, (struct spawn_action){.kind = SPAWN_DUP2, .fd = from, .to = to});
}
HIJACK_EXPORTS(posix_spawn_file_actions_adddup2)

int
hijack_posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path)
{
	return add_path(actions, (struct spawn_action){.kind = SPAWN_CHDIR}, path);
}
HIJACK_EXPORTS(posix_spawn_file_actions_addchdir_np)

int
hijack_posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
	/* libc lets the child find out. */
	return add(actions, (struct spawn_action){.kind = SPAWN_FCHDIR, .fd = fd});
}
HIJACK_EXPORTS(posix_spawn_file_actions_addfchdir_np)

int
hijack_posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first)
{
	return add_fd(actions, (struct spawn_action){.kind = SPAWN_CLOSEFROM, .fd = first});
}
HIJACK_EXPORTS(posix_spawn_file_actions_addclosefrom_np)

int
hijack_posix_spawn_file_actions_addtcsetpgrp_np(posix_spawn_file_actions_t *actions, int fd)
{
	return add_fd(actions, (struct spawn_action){.kind = SPAWN_TCSETPGRP, .fd = fd});
}
HIJACK_EXPORTS(posix_spawn_file_actions_addtcsetpgrp_np)
