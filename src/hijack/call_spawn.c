/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_spawn: the host's.  Descriptors are host descriptors, so file actions are right as they
 * are, and the child is a new guest of the rump kernel when it first needs it, in the directory
 * that its environment names.  Only a program that lies in the rump kernel needs help to be found.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "environment.h"
#include "hijack.h"
#include "image.h"
#include "route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

/* Above what file actions are likely to use. */
#define IMAGE_FD 200

/* The image's copy under a path that the child can execute. */
static const char *
copy_path(struct image *im, char *buf, size_t size)
{
	int high = (int)raw_call3(SYS_fcntl, im->fd, F_DUPFD_CLOEXEC, IMAGE_FD);

	if (high >= 0) {
		raw_close(im->fd);
		im->fd = high;
	}
	snprintf(buf, size, "/proc/self/fd/%d", im->fd);
	return buf;
}

int
hijack_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr, char *const *argv, char *const *envp)
{
	struct image im;
	char *const *env;
	char buf[32];
	int error = image_find(&im, AT_FDCWD, path, argv, 0);

	if (error != 0)
		return error;
	error = environment_with_cwd(envp, &env);
	if (error == 0) {
		path = im.fd >= 0 ? copy_path(&im, buf, sizeof buf) : im.path;
		error = host.posix_spawn(pid, path, actions, attr, im.argv, env);
		environment_drop(envp, env);
	}
	image_drop(&im);
	return error;
}
HIJACK_EXPORTS(posix_spawn)

int
hijack_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr, char *const *argv, char *const *envp)
{
	char found[PATH_MAX];
	char *const *env;
	int error;

	if (strchr(file, '/') != NULL)
		return hijack_posix_spawn(pid, file, actions, attr, argv, envp);
	if (image_search(file, found, sizeof found) == 0 && route_path_is_rump(found))
		return hijack_posix_spawn(pid, found, actions, attr, argv, envp);
	error = environment_with_cwd(envp, &env);
	if (error != 0)
		return error;
	error = host.posix_spawnp(pid, file, actions, attr, argv, env);
	environment_drop(envp, env);
	return error;
}
HIJACK_EXPORTS(posix_spawnp)
