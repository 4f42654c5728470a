/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of names for programs: see publish.h. */
#include "vfs/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/shared.h"
#include "dcache/dcache.h"
#include "vfs/attr.h"
#include "vfs/hostobj.h"
#include "vfs/vnode.h"
#include "vfs/watch/watch.h"

static struct dcache_table *table;
static int table_fd = -1; /* for reading */

static int
make_table(void)
{
	CLEANUP_FD int fd = -1;
	void *p;
	int error = shared_make("rump-dcache", sizeof *table, true, &fd, &p);

	if (error != 0)
		return error;
	table_fd = hostobj_reopen(fd, O_RDONLY);
	if (table_fd == -1) {
		munmap(p, sizeof *table);
		return errno;
	}
	table = p;
	dcache_open(table, vfs_root()->ino);
	return 0;
}

int
publish_table(int *ret_fd)
{
	int error = table == NULL ? make_table() : 0;

	if (error != 0)
		return error;
	*ret_fd = fcntl(table_fd, F_DUPFD_CLOEXEC, 3);
	return *ret_fd == -1 ? errno : 0;
}

void
publish_end(void)
{
	if (table == NULL)
		return;
	dcache_close(table);
	munmap(table, sizeof *table);
	close(table_fd);
	table = NULL;
	table_fd = -1;
}

/* A vnode under a mount is not seen by path; one with flags, or on a mount with limits, is not
 * judged by its mode. */
static bool
is_public(const struct vnode *vn)
{
	return vn->ops->publish != NULL && vn->covered_by == NULL && vn->nlink != 0 &&
	       vn->inode_flags == 0 && (vn->mount->flags & (MS_RDONLY | MS_NOEXEC)) == 0;
}

void
publish_vnode(struct vnode *vn)
{
	struct dcache_facts f = {.object_fd = -1, .mount = vn->mount->id};

	if (table == NULL || !is_public(vn) || dcache_has_record(table, vn->ino))
		return;
	vfs_stat_common(vn, &f.st);
	vn->ops->publish(vn, &f);
	if (vn == vn->mount->root)
		f.flags |= DCACHE_MOUNT_ROOT;
	if (watch_count != 0)
		f.flags |= DCACHE_WATCHED;
	dcache_put_record(table, vn->ino, &f);
	/* A directory's descriptor tells the number of its placeholder. */
	if (f.object_number != 0 && f.object_number != vn->ino)
		dcache_put_record(table, f.object_number, &f);
}

void
publish_name(struct vnode *dir, const char *name, size_t len, struct vnode *vn)
{
	if (table == NULL || dir->ops->publish == NULL || dir->nlink == 0)
		return;
	if (vn != NULL)
		publish_vnode(vn);
	dcache_put_entry(table, dir->ino, name, len, vn != NULL ? vn->ino : 0);
}

void
publish_forget_name(const struct vnode *dir, const char *name, size_t len)
{
	if (table != NULL)
		dcache_drop_entry(table, dir->ino, name, len);
}

void
publish_forget(uint64_t ino)
{
	if (table != NULL)
		dcache_drop_record(table, ino);
}

void
publish_forget_all(void)
{
	if (table != NULL)
		dcache_new_epoch(table);
}
