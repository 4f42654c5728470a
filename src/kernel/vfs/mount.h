/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounts: file systems in their places, and the types of file systems.
 *
 * A mount's root stands for the vnode that it covers.  flags are those of mount(2) (MS_RDONLY,
 * MS_NOSUID, ...).  A file system gives an initialised mount with ops, root and dev, and maybe
 * flags of its own; the table adds what all have in common.
 */
#ifndef KERNEL_VFS_MOUNT_H
#define KERNEL_VFS_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/queue.h>
#include <sys/statfs.h>
#include <sys/types.h>

struct lwp;
struct mount;
struct vnode;

struct mount_ops {
	/* Fills in all but f_flags. */
	int (*statfs)(struct mount *mp, struct statfs *st);
	/* Makes what was written reach the store, and finds out what was closed.  NULL. */
	int (*sync)(struct mount *mp);
	/* Is anything of it in use: open, or a current directory?  writers: open for writing? */
	bool (*busy)(struct mount *mp, bool writers);
	/* Gives back what programs have closed since, for there is no room.  NULL. */
	void (*reclaim)(struct mount *mp);
	/* New options from mount(MS_REMOUNT).  NULL: it has none that change. */
	int (*remount)(struct mount *mp, const char *options);
	/* Options of its own, each with a comma in front.  NULL: none. */
	void (*show)(const struct mount *mp, char *buf, size_t size);
	/* umount2(MNT_FORCE): requests under way and later ones fail.  NULL: nothing to force. */
	void (*abort)(struct mount *mp);
	/* Frees mp and all its vnodes.  ETIMEDOUT: who serves it has not come to its end. */
	int (*unmount)(struct mount *mp);
};

struct mount {
	const struct mount_ops *ops;
	struct vnode *root;    /* counted */
	struct vnode *covered; /* counted; NULL for the first, and once detached */
	unsigned long flags;
	unsigned id;
	dev_t dev;
	bool acl;         /* keeps access control lists, as extended attributes */
	bool own_rights;  /* who may change attributes is the file system's affair alone */
	bool own_groups;  /* does what a setgid directory means for new files itself */
	bool own_umask;   /* and takes off what the umask says */
	const char *type; /* of the struct fstype, or what the file system says */
	char *source;     /* as asked for, or as the file system says */
	bool expiring;    /* MNT_EXPIRE asked for it and nobody has come since */
	TAILQ_ENTRY(mount) all;
};
TAILQ_HEAD(mount_list, mount);

struct mount_args {
	struct lwp *l; /* the caller; init while the kernel starts */
	const char *source;
	const char *options; /* "key=value,key"; never NULL */
	unsigned long flags;
};

struct fstype {
	const char *name;
	bool on_device; /* as /proc/filesystems says */
	int (*mount)(const struct mount_args *args, struct mount **ret);
};
extern const struct fstype *const fstypes[]; /* ends with NULL */
const struct fstype *fstype_find(const char *name);

/* --- the table (mount.c) --- */

extern struct mount_list mount_all; /* oldest first */
/* Puts mp over `on`; NULL for the first mount. */
int mount_add(
    struct mount *mp, const char *type, const char *source, unsigned long flags, struct vnode *on);
/* Takes it out of the tree and frees it, later if it is in use.  ETIMEDOUT: of ->unmount. */
int mount_detach(struct mount *mp);
/* The same for it and what is mounted below. */
void mount_detach_tree(struct mount *mp);
void mount_remove_all(void);
/* Frees detached mounts that are no longer in use; cheap if there are none. */
void mount_reap(void);
/* Is it in use, as far as the host tells? */
bool mount_is_busy(struct mount *mp);
bool mount_has_children(const struct mount *mp);
/* A device number for a file system without a device. */
dev_t mount_anonymous_dev(void);
/* f_flags of statfs(2). */
long mount_stat_flags(const struct mount *mp);

/*
 * The vnode that stands for vn after crossing mounts downwards, and (for "..") upwards.  Takes over
 * the reference, also in case of an error, and gives one back.  mount_top is as mount_cross_down
 * but does not mind a root that fails to answer.
 */
int mount_cross_down(struct vnode *vn, struct vnode **ret);
struct vnode *mount_top(struct vnode *vn);
struct vnode *mount_cross_up(struct vnode *root);

/* --- mount(2), umount2(2) (mounting.c) --- */

int vfs_mount(struct lwp *l, const char *source, const char *target, const char *type,
    unsigned long flags, const char *options);
int vfs_umount(struct lwp *l, const char *target, int flags);
/* What of mount(2)'s flags belongs to a mount. */
unsigned long mount_kept_flags(unsigned long flags);

/* --- options (mount_options.c) --- */

/* Takes the next "key" or "key=value" off *options (which it writes to); false at the end.  *value
 * is NULL if there is no "=". */
bool mount_option_next(char **options, char **key, char **value);
/* A number in the base; EINVAL if it is none. */
int mount_option_number(const char *value, int base, uint64_t *ret);

/* The lines of /proc/mounts and /proc/PID/mountinfo, as the caller sees the tree (mount_show.c).
 * Malloced; NULL: no memory. */
char *mount_show(struct lwp *l, bool info);

#endif
