/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's own /proc, of which some is true of the rump kernel as well. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/procfs/procfs.h"

int
procfs_copy_host(const char *path, FILE *out)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[16384];
	ssize_t n;

	if (fd == -1)
		return errno;
	while ((n = read(fd, buf, sizeof buf)) > 0)
		fwrite(buf, 1, (size_t)n, out);
	return n == -1 ? errno : 0;
}

int
procfs_read_host(const char *path, char **ret_text, size_t *ret_len)
{
	FILE *out = open_memstream(ret_text, ret_len);
	int error;

	if (out == NULL)
		return ENOMEM;
	error = procfs_copy_host(path, out);
	if (fclose(out) != 0 && error == 0)
		error = ENOMEM;
	if (error != 0)
		free(*ret_text);
	return error;
}

int
procfs_host_path(const struct procfs_of *of, const char *name, char path[PATH_MAX])
{
	const struct proc *p = proc_find(of->pid);

	if (p == NULL || p->host_pid == 0)
		return ESRCH;
	snprintf(path, PATH_MAX, "/proc/%d/%s", (int)p->host_pid, name);
	return 0;
}

int
procfs_next_number(const char *dir, int *num)
{
	struct dirent *de;
	int best = -1, n;
	DIR *d = opendir(dir);
	char *end;

	if (d == NULL)
		return errno;
	while ((de = readdir(d)) != NULL) {
		n = (int)strtol(de->d_name, &end, 10);
		if (*end == '\0' && n >= *num && (best == -1 || n < best))
			best = n;
	}
	closedir(d);
	*num = best;
	return best == -1 ? ENOENT : 0;
}
