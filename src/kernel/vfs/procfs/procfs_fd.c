/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors and threads of a process.  A hijacked program's are the host's: its files of the rump
 * kernel are recognised among them by what they are.  Others have a table in the kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/file.h"
#include "vfs/handle.h"
#include "vfs/hoststore.h"
#include "vfs/names.h"
#include "vfs/procfs/procfs.h"

/* Are the process's descriptors on the host? */
static bool
is_on_host(const struct proc *p)
{
	return p->abslinks && p->host_pid != 0;
}

int
procfs_next_fd(const struct procfs_of *of, int *num)
{
	struct proc *p = proc_find(of->pid);
	char dir[PATH_MAX];
	struct file *f;

	if (p == NULL)
		return ENOENT;
	if (is_on_host(p))
		return procfs_host_path(of, "fd", dir) != 0 ? ENOENT : procfs_next_number(dir, num);
	for (; *num < FILEDESC_MAX; ++*num)
		if (filedesc_get(p, (uint64_t)*num, &f) == 0)
			return 0;
	return ENOENT;
}

int
procfs_next_task(const struct procfs_of *of, int *num)
{
	struct proc *p = proc_find(of->pid);
	char dir[PATH_MAX];

	if (p == NULL)
		return ENOENT;
	if (p->host_pid != 0 && procfs_shown_pid(p) == p->host_pid)
		return procfs_host_path(of, "task", dir) != 0 ? ENOENT
							      : procfs_next_number(dir, num);
	if (*num > procfs_shown_pid(p))
		return ENOENT;
	*num = procfs_shown_pid(p);
	return 0;
}

/* /proc/HOSTPID/fd/N. */
static int
host_fd_path(const struct procfs_of *of, const char *dir, char path[PATH_MAX])
{
	char name[32];

	snprintf(name, sizeof name, "%s/%d", dir, of->num);
	return procfs_host_path(of, name, path);
}

/* The path in the rump kernel of the object behind the host's link; ENOENT. */
static int
path_of_object(const char *link, char target[PATH_MAX])
{
	struct vnode *vn;
	struct stat st;
	size_t len;

	if (stat(link, &st) == -1)
		return ENOENT;
	vn = handle_find(hoststore_object(&st));
	return vn == NULL ? ENOENT : vfs_path_of(curlwp, vn, target, PATH_MAX, &len);
}

static int
host_fd(const struct procfs_of *of, char target[PATH_MAX])
{
	char link[PATH_MAX];
	ssize_t len;
	int error = host_fd_path(of, "fd", link);

	if (error != 0 || path_of_object(link, target) == 0)
		return error;
	len = readlink(link, target, PATH_MAX - 1);
	if (len == -1)
		return errno;
	target[len] = '\0';
	return 0;
}

static int
table_fd(struct proc *p, const struct procfs_of *of, char target[PATH_MAX])
{
	static const char *const kind[] = {
	    [FILE_SOCKET] = "socket", [FILE_PIPE] = "pipe", [FILE_EPOLL] = "eventpoll"};
	struct file *f;
	struct stat st;
	size_t len;
	int error = filedesc_get(p, (uint64_t)of->num, &f);

	if (error != 0)
		return ENOENT;
	if (f->vnode != NULL && vfs_path_of(curlwp, f->vnode, target, PATH_MAX, &len) == 0)
		return 0;
	if (f->vnode != NULL || (size_t)f->type >= sizeof kind / sizeof kind[0] ||
	    kind[f->type] == NULL) {
		snprintf(target, PATH_MAX, "(deleted)");
		return 0;
	}
	if (f->ops->stat(curlwp, f, &st) != 0)
		st.st_ino = 0;
	snprintf(target, PATH_MAX, "%s:[%ju]", kind[f->type], (uintmax_t)st.st_ino);
	return 0;
}

int
procfs_fd(const struct procfs_of *of, char target[PATH_MAX])
{
	struct proc *p = proc_find(of->pid);

	if (p == NULL)
		return ESRCH;
	return is_on_host(p) ? host_fd(of, target) : table_fd(p, of, target);
}

int
procfs_follow_fd(const struct procfs_of *of, struct vnode **ret)
{
	struct proc *p = proc_find(of->pid);
	char path[PATH_MAX];
	struct file *f;
	int error;

	if (p == NULL)
		return ESRCH;
	if (is_on_host(p)) {
		/* The reader knows its own descriptors best. */
		if (p == curlwp->proc)
			snprintf(path, sizeof path, "/proc/self/fd/%d", of->num);
		else if (host_fd_path(of, "fd", path) != 0)
			return ENOENT;
		if (!curlwp->proc->abslinks)
			return EACCES;
		vfs_redirect_to_host(curlwp, path);
		return EREDIRECT;
	}
	error = filedesc_get(p, (uint64_t)of->num, &f);
	if (error != 0 || f->vnode == NULL)
		return ENOENT;
	return vnode_hold(f->vnode, ret);
}

int
procfs_fdinfo(const struct procfs_of *of, FILE *out)
{
	struct proc *p = proc_find(of->pid);
	char path[PATH_MAX];
	struct file *f;
	off_t pos = 0;

	if (p == NULL)
		return ESRCH;
	if (is_on_host(p))
		return host_fd_path(of, "fdinfo", path) != 0 ? ENOENT : procfs_copy_host(path, out);
	if (filedesc_get(p, (uint64_t)of->num, &f) != 0)
		return ENOENT;
	if (f->ops->seek == NULL || f->ops->seek(curlwp, f, 0, SEEK_CUR, &pos) != 0)
		pos = 0;
	fprintf(out, "pos:\t%jd\nflags:\t0%o\nmnt_id:\t%u\n", (intmax_t)pos, (unsigned)f->flags,
	    f->vnode == NULL ? 0 : f->vnode->mount->id);
	return 0;
}
