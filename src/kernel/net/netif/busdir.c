/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of a bus.
 */
#include "net/netif/busdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "net/netif/bus.h"

#define LOCK_TRIES    2000
#define LOCK_PAUSE_NS 1000000

static const char *
base_path(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	return base != NULL && base[0] == '/' && access(base, W_OK | X_OK) == 0 ? base : "/tmp";
}

/* Makes a private directory, or finds that it is one. */
static int
private_dir(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return errno;
	if (lstat(path, &st) != 0)
		return errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0 ? 0 : EPERM;
}

bool
busdir_is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= BUS_NAME_MAX && name[0] != '.' && strchr(name, '/') == NULL;
}

int
busdir_open(const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/rump-bus-%u", base_path(), (unsigned)geteuid());
	int error;

	if (n < 0 || (size_t)n + 1 + strlen(name) + 20 >= size)
		return ENAMETOOLONG;
	error = private_dir(path);
	if (error != 0)
		return error;
	sprintf(path + n, "/%s", name);
	return private_dir(path);
}

bool
busdir_is_socket(const char *name)
{
	return strncmp(name, "if-", 3) == 0;
}

static bool
has_others(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool any = false;

	if (d == NULL)
		return true;
	while (!any && (e = readdir(d)) != NULL)
		any = busdir_is_socket(e->d_name);
	closedir(d);
	return any;
}

/* Waits for who is joining now; one that stands still does not hold up the others for ever. */
int
busdir_lock(const char *dir, int *ret_fd)
{
	char path[BUSDIR_PATH_MAX + 8];
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
	struct stat here, there;
	int fd;

	snprintf(path, sizeof path, "%s/lock", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno;
	for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0; i++)
		nanosleep(&pause, NULL);
	if (fstat(fd, &here) != 0 || stat(path, &there) != 0 || here.st_ino != there.st_ino) {
		close(fd);
		return ENOENT; /* the last one has left and taken it along */
	}
	*ret_fd = fd;
	return 0;
}

/* Leaves the bus; the last one takes the directory along. */
void
busdir_leave(const char *own)
{
	char dir[BUSDIR_PATH_MAX], lock[sizeof dir + 8];
	CLEANUP_FD int fd = -1;

	snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(own, '/') - own), own);
	snprintf(lock, sizeof lock, "%s/lock", dir);
	if (busdir_lock(dir, &fd) != 0)
		return;
	unlink(own);
	if (!has_others(dir)) {
		unlink(lock);
		rmdir(dir);
		*strrchr(dir, '/') = '\0';
		rmdir(dir);
	}
}
