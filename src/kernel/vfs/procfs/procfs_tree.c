/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in /proc. */
#include "vfs/procfs/procfs.h"

#define DIR_  (S_IFDIR | 0555)
#define FILE_ (S_IFREG | 0444)
#define LINK_ (S_IFLNK | 0777)

/* The host's own file, at this path. */
#define HOST(name_, path)                                                                          \
	{                                                                                          \
		.name = (name_), .mode = FILE_, .host = (path)                                     \
	}
/* The host's file about the process, which may be secret. */
#define OF_HOST(name_, mode_, secret_)                                                             \
	{                                                                                          \
		.name = (name_), .mode = S_IFREG | (mode_), .host = (name_), .secret = (secret_)   \
	}

const struct procfs_entry *procfs_net, *procfs_sys_net;

static const struct procfs_entry fd_entry = {
    .mode = S_IFLNK | 0700, .link = procfs_fd, .follow = procfs_follow_fd};
static const struct procfs_entry fdinfo_entry = {.mode = FILE_, .show = procfs_fdinfo};
static const struct procfs_entry task_entry;

#define COMMON_ENTRIES                                                                             \
	OF_HOST("auxv", 0400, true), OF_HOST("cgroup", 0444, false),                               \
	    {.name = "cmdline", .mode = FILE_, .show = procfs_cmdline},                            \
	    {.name = "comm", .mode = FILE_, .show = procfs_comm}, OF_HOST("cpuset", 0444, false),  \
	    {.name = "cwd",                                                                        \
		.mode = LINK_,                                                                     \
		.link = procfs_cwd,                                                                \
		.follow = procfs_follow_cwd,                                                       \
		.secret = true},                                                                   \
	    OF_HOST("environ", 0400, true),                                                        \
	    {.name = "exe", .mode = LINK_, .link = procfs_exe, .secret = true},                    \
	    {.name = "fd", .mode = S_IFDIR | 0500, .next = procfs_next_fd, .numbered = &fd_entry}, \
	    {.name = "fdinfo",                                                                     \
		.mode = S_IFDIR | 0555,                                                            \
		.next = procfs_next_fd,                                                            \
		.numbered = &fdinfo_entry,                                                         \
		.secret = true},                                                                   \
	    OF_HOST("io", 0400, true), OF_HOST("limits", 0444, false),                             \
	    OF_HOST("loginuid", 0444, false), OF_HOST("maps", 0444, true),                         \
	    {.name = "mountinfo", .mode = FILE_, .show = procfs_mountinfo},                        \
	    {.name = "mounts", .mode = FILE_, .show = procfs_mounts},                              \
	    {.name = "net", .mode = DIR_, .plugged = &procfs_net},                                 \
	    OF_HOST("oom_score", 0444, false), OF_HOST("oom_score_adj", 0444, false),              \
	    OF_HOST("personality", 0400, true),                                                    \
	    {.name = "root",                                                                       \
		.mode = LINK_,                                                                     \
		.link = procfs_root_dir,                                                           \
		.follow = procfs_follow_root,                                                      \
		.secret = true},                                                                   \
	    OF_HOST("schedstat", 0444, false), OF_HOST("sessionid", 0444, false),                  \
	    OF_HOST("smaps", 0444, true), OF_HOST("smaps_rollup", 0444, true),                     \
	    {.name = "stat", .mode = FILE_, .show = procfs_stat}, OF_HOST("statm", 0444, false),   \
	    {.name = "status", .mode = FILE_, .show = procfs_status},                              \
	    OF_HOST("wchan", 0444, false)

static const struct procfs_entry task_children[] = {COMMON_ENTRIES, {.name = NULL}};
static const struct procfs_entry task_entry = {.mode = DIR_, .children = task_children};

static const struct procfs_entry pid_children[] = {
    COMMON_ENTRIES,
    {.name = "task", .mode = DIR_, .next = procfs_next_task, .numbered = &task_entry},
    {.name = NULL},
};
static const struct procfs_entry pid_entry = {.mode = DIR_, .children = pid_children};

static const struct procfs_entry random_children[] = {
    HOST("boot_id", "/proc/sys/kernel/random/boot_id"),
    HOST("entropy_avail", "/proc/sys/kernel/random/entropy_avail"),
    HOST("poolsize", "/proc/sys/kernel/random/poolsize"),
    HOST("uuid", "/proc/sys/kernel/random/uuid"),
    {.name = NULL},
};

static const struct procfs_entry kernel_children[] = {
    HOST("cap_last_cap", "/proc/sys/kernel/cap_last_cap"),
    {.name = "domainname", .mode = FILE_, .show = procfs_domainname},
    {.name = "hostname",
	.mode = S_IFREG | 0644,
	.show = procfs_hostname,
	.store = procfs_store_hostname},
    HOST("ngroups_max", "/proc/sys/kernel/ngroups_max"),
    {.name = "osrelease", .mode = FILE_, .show = procfs_osrelease},
    {.name = "ostype", .mode = FILE_, .show = procfs_ostype},
    HOST("overflowgid", "/proc/sys/kernel/overflowgid"),
    HOST("overflowuid", "/proc/sys/kernel/overflowuid"),
    HOST("pid_max", "/proc/sys/kernel/pid_max"),
    {.name = "random", .mode = DIR_, .children = random_children},
    HOST("threads-max", "/proc/sys/kernel/threads-max"),
    {.name = "version", .mode = FILE_, .show = procfs_osversion},
    {.name = NULL},
};

static const struct procfs_entry fs_children[] = {
    HOST("file-max", "/proc/sys/fs/file-max"),
    HOST("file-nr", "/proc/sys/fs/file-nr"),
    HOST("nr_open", "/proc/sys/fs/nr_open"),
    HOST("overflowgid", "/proc/sys/fs/overflowgid"),
    HOST("overflowuid", "/proc/sys/fs/overflowuid"),
    HOST("pipe-max-size", "/proc/sys/fs/pipe-max-size"),
    HOST("protected_fifos", "/proc/sys/fs/protected_fifos"),
    HOST("protected_hardlinks", "/proc/sys/fs/protected_hardlinks"),
    HOST("protected_regular", "/proc/sys/fs/protected_regular"),
    HOST("protected_symlinks", "/proc/sys/fs/protected_symlinks"),
    {.name = NULL},
};

static const struct procfs_entry vm_children[] = {
    HOST("max_map_count", "/proc/sys/vm/max_map_count"),
    HOST("mmap_min_addr", "/proc/sys/vm/mmap_min_addr"),
    HOST("overcommit_memory", "/proc/sys/vm/overcommit_memory"),
    HOST("overcommit_ratio", "/proc/sys/vm/overcommit_ratio"),
    HOST("swappiness", "/proc/sys/vm/swappiness"),
    {.name = NULL},
};

static const struct procfs_entry sys_children[] = {
    {.name = "fs", .mode = DIR_, .children = fs_children},
    {.name = "kernel", .mode = DIR_, .children = kernel_children},
    {.name = "net", .mode = DIR_, .plugged = &procfs_sys_net},
    {.name = "vm", .mode = DIR_, .children = vm_children},
    {.name = NULL},
};

static int
link_to_mounts(const struct procfs_of *of, char target[PATH_MAX])
{
	(void)of;
	snprintf(target, PATH_MAX, "self/mounts");
	return 0;
}

static int
link_to_net(const struct procfs_of *of, char target[PATH_MAX])
{
	(void)of;
	snprintf(target, PATH_MAX, "self/net");
	return 0;
}

static const struct procfs_entry root_children[] = {
    HOST("cpuinfo", "/proc/cpuinfo"),
    HOST("devices", "/proc/devices"),
    HOST("diskstats", "/proc/diskstats"),
    {.name = "filesystems", .mode = FILE_, .show = procfs_filesystems},
    HOST("loadavg", "/proc/loadavg"),
    HOST("meminfo", "/proc/meminfo"),
    {.name = "mounts", .mode = LINK_, .link = link_to_mounts},
    {.name = "net", .mode = LINK_, .link = link_to_net},
    HOST("partitions", "/proc/partitions"),
    {.name = "self", .mode = LINK_, .link = procfs_self},
    {.name = "stat", .mode = FILE_, .show = procfs_kernel_stat},
    HOST("swaps", "/proc/swaps"),
    {.name = "sys", .mode = DIR_, .children = sys_children},
    {.name = "thread-self", .mode = LINK_, .link = procfs_thread_self},
    {.name = "uptime", .mode = FILE_, .show = procfs_uptime},
    {.name = "version", .mode = FILE_, .show = procfs_version},
    HOST("vmstat", "/proc/vmstat"),
    {.name = NULL},
};

const struct procfs_entry procfs_root = {
    .mode = DIR_, .children = root_children, .next = procfs_next_pid, .numbered = &pid_entry};
