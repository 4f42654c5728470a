/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/PID: numbers of processes, and text about them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/names.h"
#include "vfs/procfs/procfs.h"

/* Does the caller go by the host's numbers? */
static bool
sees_host_pids(void)
{
	return curlwp->proc->abslinks;
}

pid_t
procfs_shown_pid(const struct proc *p)
{
	return sees_host_pids() && p->host_pid != 0 ? p->host_pid : p->pid;
}

/* A child that has not come yet, or init in the view of the host, has no number there. */
static bool
is_shown(const struct proc *p)
{
	return !sees_host_pids() || p->host_pid != 0;
}

struct proc *
procfs_find(pid_t shown)
{
	struct proc *p;

	LIST_FOREACH (p, &proc_all, all)
		if (is_shown(p) && procfs_shown_pid(p) == shown)
			return p;
	return NULL;
}

int
procfs_next_pid(const struct procfs_of *of, int *num)
{
	struct proc *p;
	int best = -1;

	(void)of;
	LIST_FOREACH (p, &proc_all, all) {
		pid_t pid = procfs_shown_pid(p);

		if (is_shown(p) && pid >= *num && (best == -1 || pid < best))
			best = pid;
	}
	*num = best;
	return best == -1 ? ENOENT : 0;
}

int
procfs_self(const struct procfs_of *of, char target[PATH_MAX])
{
	(void)of;
	snprintf(target, PATH_MAX, "%d", (int)procfs_shown_pid(curlwp->proc));
	return 0;
}

/* Which of its threads calls the kernel is not told. */
int
procfs_thread_self(const struct procfs_of *of, char target[PATH_MAX])
{
	int pid = (int)procfs_shown_pid(curlwp->proc);

	(void)of;
	snprintf(target, PATH_MAX, "%d/task/%d", pid, pid);
	return 0;
}

static int
get_proc(const struct procfs_of *of, struct proc **ret)
{
	*ret = proc_find(of->pid);
	return *ret == NULL ? ESRCH : 0;
}

/* The path of a directory in the caller's tree. */
static int
path_of(struct vnode *vn, char target[PATH_MAX])
{
	size_t len;

	return vfs_path_of(curlwp, vn, target, PATH_MAX, &len);
}

int
procfs_cwd(const struct procfs_of *of, char target[PATH_MAX])
{
	struct proc *p;
	int error = get_proc(of, &p);

	return error != 0 ? error : path_of(p->cwd, target);
}

int
procfs_follow_cwd(const struct procfs_of *of, struct vnode **ret)
{
	struct proc *p;
	int error = get_proc(of, &p);

	return error != 0 ? error : vnode_hold(p->cwd, ret);
}

int
procfs_root_dir(const struct procfs_of *of, char target[PATH_MAX])
{
	struct proc *p;
	int error = get_proc(of, &p);

	return error != 0 ? error : path_of(p->root, target);
}

int
procfs_follow_root(const struct procfs_of *of, struct vnode **ret)
{
	struct proc *p;
	int error = get_proc(of, &p);

	return error != 0 ? error : vnode_hold(p->root, ret);
}

int
procfs_exe(const struct procfs_of *of, char target[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t len;
	int error = procfs_host_path(of, "exe", path);

	if (error != 0)
		return ENOENT;
	len = readlink(path, target, PATH_MAX - 1);
	if (len == -1)
		return errno;
	target[len] = '\0';
	return 0;
}

int
procfs_comm(const struct procfs_of *of, FILE *out)
{
	struct proc *p;
	int error = get_proc(of, &p);

	if (error == 0)
		fprintf(out, "%s\n", p->comm);
	return error;
}

/* init has no arguments, as a kernel thread. */
int
procfs_cmdline(const struct procfs_of *of, FILE *out)
{
	char path[PATH_MAX];

	return procfs_host_path(of, "cmdline", path) != 0 ? 0 : procfs_copy_host(path, out);
}

static pid_t
shown_parent(const struct proc *p)
{
	return p->parent == NULL ? 0 : procfs_shown_pid(p->parent);
}

/* What there is to say of a process that the host does not have. */
static void
show_bare_stat(const struct proc *p, FILE *out)
{
	int pid = (int)procfs_shown_pid(p);

	fprintf(out, "%d (%s) S %d %d %d 0 -1 0", pid, p->comm, (int)shown_parent(p), pid, pid);
	for (int field = 10; field <= 52; field++)
		fputs(field == 20 ? " 1" : " 0", out);
	fputc('\n', out);
}

/* The host's line, with our numbers and name, and the start counted from our own beginning. */
static int
show_host_stat(const struct proc *p, const char *text, FILE *out)
{
	const char *after = strrchr(text, ')');
	char *copy = after == NULL ? NULL : strdup(after + 1);
	uint64_t boot = procfs_boot_ticks(), start;
	char *rest = copy, *word;

	if (copy == NULL)
		return EIO;
	fprintf(out, "%d (%s)", (int)procfs_shown_pid(p), p->comm);
	rest += strspn(rest, " ");
	for (int field = 3; (word = strsep(&rest, " ")) != NULL; field++) {
		start = field == 22 ? strtoull(word, NULL, 10) : 0;
		if (field == 4 && !sees_host_pids())
			fprintf(out, " %d", (int)shown_parent(p));
		else if (field == 22)
			fprintf(out, " %ju", (uintmax_t)(start > boot ? start - boot : 0));
		else
			fprintf(out, " %s", word);
	}
	free(copy);
	return 0;
}

int
procfs_stat(const struct procfs_of *of, FILE *out)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX];
	struct proc *p;
	size_t len;
	int error = get_proc(of, &p);

	if (error != 0)
		return error;
	if (procfs_host_path(of, "stat", path) != 0) {
		show_bare_stat(p, out);
		return 0;
	}
	error = procfs_read_host(path, &text, &len);
	return error != 0 ? error : show_host_stat(p, text, out);
}

static void
show_ids(const struct proc *p, FILE *out)
{
	const struct cred *c = &p->cred;

	fprintf(out, "Uid:\t%u\t%u\t%u\t%u\n", c->ruid, c->euid, c->suid, c->fsuid);
	fprintf(out, "Gid:\t%u\t%u\t%u\t%u\n", c->rgid, c->egid, c->sgid, c->fsgid);
}

static void
show_groups(const struct proc *p, FILE *out)
{
	fputs("Groups:\t", out);
	for (unsigned i = 0; i < p->cred.ngroups; i++)
		fprintf(out, "%u ", p->cred.groups[i]);
	fputc('\n', out);
}

static bool
begins_with(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

/* A line of the host's, or ours in its place. */
static void
show_status_line(const struct proc *p, const char *line, FILE *out)
{
	if (begins_with(line, "Name:"))
		fprintf(out, "Name:\t%s\n", p->comm);
	else if (begins_with(line, "Umask:"))
		fprintf(out, "Umask:\t%04o\n", p->umask);
	else if (begins_with(line, "Tgid:") || begins_with(line, "Pid:"))
		fprintf(
		    out, "%.*s:\t%d\n", (int)strcspn(line, ":"), line, (int)procfs_shown_pid(p));
	else if (begins_with(line, "PPid:") && !sees_host_pids())
		fprintf(out, "PPid:\t%d\n", (int)shown_parent(p));
	else if (begins_with(line, "Uid:"))
		show_ids(p, out);
	else if (begins_with(line, "Groups:"))
		show_groups(p, out);
	else if (!begins_with(line, "Gid:"))
		fprintf(out, "%s\n", line);
}

static void
show_bare_status(const struct proc *p, FILE *out)
{
	static const char *const lines[] = {"Name:", "Umask:", "State:\tS (sleeping)",
	    "Tgid:", "Ngid:\t0", "Pid:", "PPid:", "TracerPid:\t0",
	    "Uid:", "Groups:", "Threads:\t1"};

	for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++)
		show_status_line(p, lines[i], out);
}

int
procfs_status(const struct procfs_of *of, FILE *out)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX], *rest, *line;
	struct proc *p;
	size_t len;
	int error = get_proc(of, &p);

	if (error != 0)
		return error;
	if (procfs_host_path(of, "status", path) != 0) {
		show_bare_status(p, out);
		return 0;
	}
	error = procfs_read_host(path, &text, &len);
	for (rest = text; error == 0 && (line = strsep(&rest, "\n")) != NULL && *line != '\0';)
		show_status_line(p, line, out);
	return error;
}

static int
show_mounts(bool info, FILE *out)
{
	CLEANUP_FREE char *text = mount_show(curlwp, info);

	if (text == NULL)
		return ENOMEM;
	fputs(text, out);
	return 0;
}

int
procfs_mounts(const struct procfs_of *of, FILE *out)
{
	(void)of;
	return show_mounts(false, out);
}

int
procfs_mountinfo(const struct procfs_of *of, FILE *out)
{
	(void)of;
	return show_mounts(true, out);
}
