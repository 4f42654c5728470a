/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * procfs: the rump kernel's processes and settings as files.
 *
 *   procfs_mount.c   the file system as a whole
 *   procfs_node.c    nodes, attributes
 *   procfs_vnops.c   lookup, readdir, links, opening
 *   procfs_tree.c    what there is: tables of entries
 *   procfs_pid.c     text of /proc/PID
 *   procfs_fd.c      /proc/PID/fd, fdinfo and task
 *   procfs_kernel.c  text of the files about the kernel
 *   procfs_host.c    text of the host's own /proc
 *   sysfs.c          /sys: other tables, the same machinery
 *
 * A file's text is made when it is opened: the program gets a host object with it, and reads that
 * at the host's speed.
 *
 * The number of a process is what the reader calls it by: a hijacked program gets its own number
 * from the host, so it finds processes by their numbers there; for others it is the rump kernel's.
 * What the host alone knows of a process (memory, time, threads, arguments) is shown as the host
 * shows it.
 */
#ifndef KERNEL_VFS_PROCFS_H
#define KERNEL_VFS_PROCFS_H

#include <stdio.h>

#include "kern/proc.h"
#include "vfs/hash.h"
#include "vfs/vnode.h"

extern const struct fstype procfs_type, sysfs_type;

/* Which file it is, and whose. */
struct procfs_of {
	const struct procfs_entry *entry;
	pid_t pid; /* in the rump kernel; 0: of the kernel itself */
	int num;   /* the number that a directory above stands for (a descriptor); else -1 */
};
_Static_assert(sizeof(struct procfs_of) == sizeof(void *) + sizeof(pid_t) + sizeof(int),
    "its bytes are the key of a node");

/* Numbers that have other names than their digits. */
struct procfs_names {
	int (*number)(const char *name, size_t len); /* -1: nobody has that name */
	void (*name)(int number, char name[NAME_MAX + 1]);
};

/* A line of a directory's table.  What has no function is shown from the host (`host`: the path;
 * below PID: the file of that name). */
struct procfs_entry {
	const char *name;
	mode_t mode; /* with the type */
	const struct procfs_entry *children;
	const struct procfs_entry *const *plugged; /* another part's: that directory's contents */
	int (*show)(const struct procfs_of *of, FILE *out);
	/* What was written, once it is closed; EINVAL.  NULL: it cannot be written. */
	int (*store)(const struct procfs_of *of, const char *text);
	int (*link)(const struct procfs_of *of, char target[PATH_MAX]);
	int (*follow)(const struct procfs_of *of, struct vnode **ret);
	/* Directories with numbers for names: the first one >= *num; ENOENT. */
	int (*next)(const struct procfs_of *of, int *num);
	const struct procfs_entry *numbered; /* what a number names */
	const struct procfs_names *names;    /* NULL: numbers are named by their digits */
	const void *data;                    /* for its functions */
	const char *host;
	/* Is it in this directory?  NULL: always. */
	bool (*is_there)(const struct procfs_of *dir);
	bool secret; /* for the process's own user only */
};

struct procfs_node {
	struct vnode v; /* first */
	struct procfs_of of;
	struct procfs_node *parent; /* counted; NULL: the root */
	int written;                /* what is being written, or -1 */
	off_t taken;                /* how much of it has been stored */
	UT_hash_handle hh;
};

struct procfs {
	struct mount mount; /* first */
	struct procfs_node *nodes;
	off_t file_size; /* what stat says of files: 0, or a page for /sys */
	long magic;      /* f_type */
};

static inline struct procfs_node *
procfs_node_of(struct vnode *vn)
{
	return (struct procfs_node *)vn;
}

/* procfs_tree.c */
extern const struct procfs_entry procfs_root;
/* The network's: /proc/PID/net and /proc/sys/net; /sys/class/net and /sys/devices/virtual/net. */
extern const struct procfs_entry *procfs_net, *procfs_sys_net;
extern const struct procfs_entry *sysfs_class_net, *sysfs_devices_net;

/* procfs_mount.c */
int procfs_mount_tree(
    const struct procfs_entry *root, off_t file_size, long magic, struct mount **ret);

/* procfs_node.c */
int procfs_node_get(
    struct mount *mp, struct procfs_of of, struct procfs_node *parent, struct vnode **ret);
void procfs_node_free(struct procfs_node *n);
void procfs_inactive(struct vnode *vn);
int procfs_refresh(struct vnode *vn);
int procfs_getattr(struct vnode *vn, struct stat *st, struct timespec *ret_btime);
ino_t procfs_ino(const struct procfs_of *of);
extern const struct vnode_ops procfs_vnode_ops;

/* procfs_pid.c.  The number of a process for the caller, and back. */
pid_t procfs_shown_pid(const struct proc *p);
struct proc *procfs_find(pid_t shown);
/* The next process by number >= *num. */
int procfs_next_pid(const struct procfs_of *of, int *num);
int procfs_self(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_thread_self(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_cwd(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_follow_cwd(const struct procfs_of *of, struct vnode **ret);
int procfs_root_dir(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_follow_root(const struct procfs_of *of, struct vnode **ret);
int procfs_exe(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_comm(const struct procfs_of *of, FILE *out);
int procfs_cmdline(const struct procfs_of *of, FILE *out);
int procfs_stat(const struct procfs_of *of, FILE *out);
int procfs_status(const struct procfs_of *of, FILE *out);
int procfs_mounts(const struct procfs_of *of, FILE *out);
int procfs_mountinfo(const struct procfs_of *of, FILE *out);

/* procfs_fd.c */
int procfs_next_fd(const struct procfs_of *of, int *num);
int procfs_fd(const struct procfs_of *of, char target[PATH_MAX]);
int procfs_follow_fd(const struct procfs_of *of, struct vnode **ret);
int procfs_fdinfo(const struct procfs_of *of, FILE *out);
int procfs_next_task(const struct procfs_of *of, int *num);

/* procfs_kernel.c */
int procfs_uptime(const struct procfs_of *of, FILE *out);
int procfs_version(const struct procfs_of *of, FILE *out);
int procfs_filesystems(const struct procfs_of *of, FILE *out);
int procfs_kernel_stat(const struct procfs_of *of, FILE *out);
int procfs_hostname(const struct procfs_of *of, FILE *out);
int procfs_store_hostname(const struct procfs_of *of, const char *text);
int procfs_domainname(const struct procfs_of *of, FILE *out);
int procfs_osrelease(const struct procfs_of *of, FILE *out);
int procfs_ostype(const struct procfs_of *of, FILE *out);
int procfs_osversion(const struct procfs_of *of, FILE *out);
/* Clock ticks (of 1/100 s) on the host before the rump kernel began. */
uint64_t procfs_boot_ticks(void);
void procfs_note_boot(void);

/* procfs_host.c */
int procfs_copy_host(const char *path, FILE *out);
/* The whole text, malloced and terminated. */
int procfs_read_host(const char *path, char **ret_text, size_t *ret_len);
/* /proc/HOSTPID/NAME of the process on the host; ESRCH if it has none. */
int procfs_host_path(const struct procfs_of *of, const char *name, char path[PATH_MAX]);
/* The next number >= *num that names an entry of the host's directory. */
int procfs_next_number(const char *dir, int *num);

#endif
