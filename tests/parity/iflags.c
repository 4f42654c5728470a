/* SPDX-License-Identifier: BSD-2-Clause */
/* Inode flags (chattr(1)): who may set them, and what an immutable or append-only file refuses. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "parity.h"

/* Linux's tmpfs has flags from 6.6 on; a memfd is the host's in both worlds. */
static bool
host_has_flags(void)
{
	int fd = MUST(memfd_create("flags", MFD_CLOEXEC)), flags;
	bool has = ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;

	close(fd);
	return has;
}

static void
set(int fd, int flags)
{
	TRY(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static void
show(int fd)
{
	struct fsxattr x = {.fsx_xflags = 0};
	int flags = -1;

	TRY(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	TRY(ioctl(fd, FS_IOC_FSGETXATTR, &x));
	SAY("%x %x", (unsigned)flags, x.fsx_xflags);
}

static int
make(const char *name)
{
	return MUST(open(name, O_CREAT | O_RDWR, 0644));
}

static void
change_all(const char *name)
{
	static const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 2}};

	TRY(close(open(name, O_WRONLY)));
	TRY(close(open(name, O_WRONLY | O_APPEND)));
	TRY(close(open(name, O_WRONLY | O_APPEND | O_TRUNC)));
	TRY(close(open(name, O_RDONLY)));
	TRY(access(name, W_OK));
	TRY(truncate(name, 0));
	TRY(chmod(name, 0600));
	TRY(chown(name, (uid_t)-1, (gid_t)-1));
	TRY(utimensat(AT_FDCWD, name, NULL, 0));
	TRY(utimensat(AT_FDCWD, name, old, 0));
	TRY(setxattr(name, "user.one", "v", 1, 0));
	TRY(link(name, "other"));
	TRY(rename(name, "other"));
	TRY(unlink(name));
}

static void
try_flag(int flag)
{
	struct statx x;
	int fd = make("f");

	set(fd, flag);
	show(fd);
	TRY(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x));
	SAY("%llx", (unsigned long long)(x.stx_attributes & x.stx_attributes_mask));
	change_all("f");
	TRY(write(fd, "old", 3));
	set(fd, 0);
	TRY(unlink("f"));
}

static void
try_directory(int flag)
{
	int fd;

	MUST(mkdir("d", 0755));
	close(make("d/old"));
	fd = MUST(open("d", O_RDONLY | O_DIRECTORY));
	set(fd, flag);
	show(fd);
	TRY(close(open("d/new", O_CREAT | O_WRONLY, 0644)));
	TRY(close(open("d/old", O_WRONLY)));
	TRY(mkdir("d/sub", 0755));
	TRY(rename("d/old", "d/older"));
	TRY(unlink("d/old"));
	TRY(rename("d", "e"));
	TRY(rmdir("d"));
	set(fd, 0);
	unlink("d/new");
	rmdir("d/sub");
	TRY(unlink("d/old"));
	TRY(rmdir("d"));
}

TEST(files)
{
	if (!host_has_flags())
		return;
	try_flag(FS_IMMUTABLE_FL);
	try_flag(FS_APPEND_FL);
	try_flag(FS_NODUMP_FL | FS_NOATIME_FL);
}

TEST(directories)
{
	if (!host_has_flags())
		return;
	try_directory(FS_IMMUTABLE_FL);
	try_directory(FS_APPEND_FL);
}

TEST(inherited)
{
	int dir, fd;

	if (!host_has_flags())
		return;
	MUST(mkdir("d", 0755));
	dir = MUST(open("d", O_RDONLY | O_DIRECTORY));
	set(dir, FS_NODUMP_FL | FS_NOATIME_FL);
	fd = make("d/f");
	show(fd);
	MUST(mkdir("d/sub", 0755));
	show(MUST(open("d/sub", O_RDONLY)));
}

TEST(mistakes)
{
	struct fsxattr x = {.fsx_xflags = FS_XFLAG_NODUMP};
	int fd, path;

	if (!host_has_flags())
		return;
	fd = make("f");
	path = MUST(open("f", O_PATH));
	set(fd, FS_COMPR_FL);
	set(fd, FS_EXTENT_FL | FS_NODUMP_FL);
	set(path, FS_NODUMP_FL);
	TRY(ioctl(fd, FS_IOC_SETFLAGS, (void *)8));
	TRY(ioctl(fd, FS_IOC_GETFLAGS, (void *)8));
	TRY(ioctl(fd, FS_IOC_FSSETXATTR, &x));
	show(fd);
	x.fsx_projid = 5;
	TRY(ioctl(fd, FS_IOC_FSSETXATTR, &x));
	x = (struct fsxattr){.fsx_xflags = FS_XFLAG_REALTIME};
	TRY(ioctl(fd, FS_IOC_FSSETXATTR, &x));
	TRY(ioctl(fd, FS_IOC_FSSETXATTR, (void *)8));
	show(fd);
}

int
main(void)
{
	return parity_main();
}
