/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory and semaphores with names, when a blanket is over /dev/shm.  libc makes them files
 * there: NAME, and sem.NAME that holds a sem_t.  A semaphore that is opened twice has one address,
 * so those that are open are on a list.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

#define SHM_DIR "/dev/shm"
#define OPENING (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)

static bool
shm_is_rump(void)
{
	return route_path_is_rump(SHM_DIR);
}

/* The file of a name: 0, EINVAL, ENAMETOOLONG. */
static int
shm_path(char path[PATH_MAX], const char *prefix, const char *name)
{
	name += strspn(name, "/");
	if (*name == '\0' || strchr(name, '/') != NULL)
		return EINVAL;
	if (strlen(prefix) + strlen(name) > NAME_MAX)
		return ENAMETOOLONG;
	snprintf(path, PATH_MAX, SHM_DIR "/%s%s", prefix, name);
	return 0;
}

int
hijack_shm_open(const char *name, int flags, mode_t mode)
{
	char path[PATH_MAX];
	int fd, error;

	if (!shm_is_rump())
		return host.shm_open(name, flags, mode);
	error = shm_path(path, "", name);
	if (error != 0)
		return hijack_fail(error);
	fd = hijack_openat(AT_FDCWD, path, flags | OPENING, mode);
	return fd < 0 && errno == EISDIR ? hijack_fail(EINVAL) : fd;
}
HIJACK_EXPORTS(shm_open)

static int
unlink_name(const char *prefix, const char *name)
{
	char path[PATH_MAX];
	int rc, error = shm_path(path, prefix, name);

	if (error != 0)
		return hijack_fail(error == EINVAL ? ENOENT : error);
	rc = hijack_unlinkat(AT_FDCWD, path, 0);
	return rc < 0 && errno == EPERM ? hijack_fail(EACCES) : rc;
}

int
hijack_shm_unlink(const char *name)
{
	return shm_is_rump() ? unlink_name("", name) : host.shm_unlink(name);
}
HIJACK_EXPORTS(shm_unlink)

int
hijack_sem_unlink(const char *name)
{
	return shm_is_rump() ? unlink_name("sem.", name) : host.sem_unlink(name);
}
HIJACK_EXPORTS(sem_unlink)

struct named_sem {
	struct named_sem *next;
	sem_t *sem;
	dev_t dev;
	ino_t ino;
	unsigned opens;
};

static struct named_sem *named_sems;
static pthread_mutex_t sems_lock = PTHREAD_MUTEX_INITIALIZER;

static int
map_sem(int fd, const struct stat *st, struct named_sem **ret)
{
	struct named_sem *s;
	void *mem;

	if (!S_ISREG(st->st_mode) || (size_t)st->st_size < sizeof(sem_t))
		return EINVAL;
	s = malloc(sizeof *s);
	if (s == NULL)
		return ENOMEM;
	mem = host.mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED) {
		free(s);
		return errno;
	}
	*s = (struct named_sem){
	    .next = named_sems, .sem = mem, .dev = st->st_dev, .ino = st->st_ino};
	named_sems = s;
	*ret = s;
	return 0;
}

/* The semaphore in an open file, the one that is there if it is open already. */
static int
enter_sem(int fd, sem_t **ret_sem)
{
	struct named_sem *s;
	struct stat st;
	int error = 0;

	if (hijack_fstat(fd, &st) != 0)
		return errno;
	pthread_mutex_lock(&sems_lock);
	for (s = named_sems; s != NULL; s = s->next) {
		if (s->dev == st.st_dev && s->ino == st.st_ino)
			break;
	}
	if (s == NULL)
		error = map_sem(fd, &st, &s);
	if (error == 0) {
		s->opens++;
		*ret_sem = s->sem;
	}
	pthread_mutex_unlock(&sems_lock);
	return error;
}

/* Makes the file whole before it gets its name: 0 and its descriptor, EEXIST. */
static int
create_sem(const char *path, mode_t mode, unsigned value, int *ret_fd)
{
	CLEANUP_FD int fd = hijack_openat(AT_FDCWD, SHM_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
	char link[32];
	sem_t sem;

	if (fd < 0)
		return errno;
	memset(&sem, 0, sizeof sem);
	if (sem_init(&sem, 1, value) != 0)
		return errno;
	if (raw_call3(SYS_write, fd, &sem, sizeof sem) != sizeof sem)
		return ENOSPC;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (hijack_linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		return errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int
open_sem(const char *path, int flags, mode_t mode, unsigned value, int *ret_fd)
{
	for (;;) {
		int error;

		if ((flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL)) {
			*ret_fd = hijack_openat(AT_FDCWD, path, O_RDWR | OPENING);
			if (*ret_fd >= 0)
				return 0;
			if (errno != ENOENT || (flags & O_CREAT) == 0)
				return errno;
		}
		if (value > SEM_VALUE_MAX)
			return EINVAL;
		error = create_sem(path, mode, value, ret_fd);
		if (error != EEXIST || (flags & O_EXCL) != 0)
			return error;
	}
}

/* The host's takes its optional arguments by registers, as this one does: they may be garbage. */
sem_t *
hijack_sem_open(const char *name, int flags, mode_t mode, unsigned value)
{
	CLEANUP_FD int fd = -1;
	char path[PATH_MAX];
	sem_t *sem = SEM_FAILED;
	int error;

	if (!shm_is_rump())
		return host.sem_open(name, flags, mode, value);
	error = shm_path(path, "sem.", name);
	if (error == 0)
		error = open_sem(path, flags, mode, value, &fd);
	if (error == 0)
		error = enter_sem(fd, &sem);
	if (error != 0)
		errno = error;
	return sem;
}
HIJACK_EXPORTS(sem_open)

int
hijack_sem_close(sem_t *sem)
{
	struct named_sem **at, *s;

	pthread_mutex_lock(&sems_lock);
	for (at = &named_sems; (s = *at) != NULL && s->sem != sem; at = &s->next)
		;
	if (s != NULL && --s->opens == 0) {
		*at = s->next;
		munmap(s->sem, sizeof(sem_t));
		free(s);
	}
	pthread_mutex_unlock(&sems_lock);
	return s != NULL ? 0 : host.sem_close(sem);
}
HIJACK_EXPORTS(sem_close)
