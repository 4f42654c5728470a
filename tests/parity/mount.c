/* SPDX-License-Identifier: BSD-2-Clause */
/* mount(2) and umount2(2).  Mounting takes privilege and a mount namespace on the host; without
 * either, both sides say so and that is all. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "parity.h"

static bool
may_mount(void)
{
	if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return true;
	SAY("no privilege to mount here");
	return false;
}

/* A tmpfs at "m". */
static void
mount_one(unsigned long flags)
{
	TRY(mkdir("m", 0755));
	TRY(mount("none", "m", "tmpfs", flags, "mode=755"));
}

static void
make_file(const char *name)
{
	int fd = FD(open(name, O_CREAT | O_WRONLY, 0644));

	TRY(write(fd, "x", 1));
	TRY(close(fd));
}

TEST(wrong)
{
	TRY(umount("missing"));
	TRY(umount2("missing", 1 << 20));
	TRY(mount("none", "missing", "tmpfs", 0, NULL));
	if (!may_mount())
		return;
	TRY(mkdir("d", 0755));
	TRY(umount("d"));
	TRY(umount2("d", MNT_EXPIRE | MNT_DETACH));
	TRY(mount("none", "d", "no-such-type", 0, NULL));
	TRY(mount("none", "d", NULL, 0, NULL));
	TRY(mount("none", "d", "tmpfs", 0, "nonsense"));
	TRY(mount("none", "d", "tmpfs", 0, "size=x"));
	TRY(mount(NULL, "d", NULL, MS_REMOUNT, NULL));
	TRY(mount("missing", "d", NULL, MS_BIND, NULL));
	TRY(mount(NULL, "d", NULL, MS_BIND, NULL));
	TRY(mount("none", "d", NULL, MS_PRIVATE, NULL));
	make_file("f");
	TRY(mount("none", "f", "tmpfs", 0, NULL));
	TRY(mount("d", "f", NULL, MS_BIND, NULL));
	TRY(mount("f", "d", NULL, MS_BIND, NULL));
}

TEST(covers)
{
	if (!may_mount())
		return;
	TRY(mkdir("m", 0755));
	make_file("m/below");
	TRY(mount("none", "m", "tmpfs", 0, NULL));
	TRY(access("m/below", F_OK));
	make_file("m/above");
	make_file("f");
	TRY(link("f", "m/g"));
	TRY(rename("f", "m/g"));
	TRY(rmdir("m"));
	TRY(rename("m", "n"));
	TRY(access("m/../f", F_OK));
	TRY(mount("none", "m", "tmpfs", 0, NULL));
	TRY(access("m/above", F_OK));
	TRY(umount("m"));
	TRY(access("m/above", F_OK));
	TRY(umount("m"));
	TRY(access("m/below", F_OK));
	TRY(umount("m"));
}

TEST(busy)
{
	int fd;

	if (!may_mount())
		return;
	mount_one(0);
	fd = FD(open("m/f", O_CREAT | O_RDWR, 0644));
	TRY(umount("m"));
	TRY(close(fd));
	TRY(mkdir("m/d", 0755));
	fd = FD(open("m/d", O_DIRECTORY));
	TRY(umount("m"));
	TRY(close(fd));
	TRY(chdir("m/d"));
	TRY(umount("../../m"));
	TRY(chdir("../.."));
	TRY(mount("none", "m/d", "tmpfs", 0, NULL));
	TRY(umount("m"));
	TRY(umount("m/d"));
	TRY(umount2("m", MNT_EXPIRE));
	TRY(access("m", F_OK));
	TRY(umount2("m", MNT_EXPIRE));
	TRY(access("m/d", F_OK));
}

TEST(detach)
{
	char buf[8] = "";
	int fd;

	if (!may_mount())
		return;
	mount_one(0);
	make_file("m/f");
	TRY(mkdir("m/d", 0755));
	TRY(mount("none", "m/d", "tmpfs", 0, NULL));
	fd = FD(open("m/f", O_RDWR));
	TRY(umount2("m", MNT_DETACH));
	TRY(access("m/f", F_OK));
	TRY(pread(fd, buf, sizeof buf, 0));
	SAY("%s", buf);
	TRY(fchmod(fd, 0600));
	TRY(close(fd));
	TRY(rmdir("m"));
}

TEST(read_only)
{
	int fd;

	if (!may_mount())
		return;
	mount_one(0);
	make_file("m/f");
	TRY(mkdir("m/d", 0755));
	TRY(symlink("f", "m/l"));
	TRY(mkfifo("m/p", 0644));
	fd = FD(open("m/f", O_WRONLY));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY(close(fd));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY(open("m/f", O_WRONLY));
	TRY(open("m/f", O_RDONLY | O_TRUNC));
	TRY(open("m/new", O_CREAT | O_WRONLY, 0644));
	TRY(open("m/f", O_CREAT | O_RDONLY, 0644) > 0);
	TRY(open("m", O_TMPFILE | O_RDWR, 0644));
	TRY(access("m/f", W_OK));
	TRY(access("m/f", R_OK));
	TRY(mkdir("m/e", 0755));
	TRY(mkdir("m/d", 0755));
	TRY(rmdir("m/d"));
	TRY(rmdir("m/missing"));
	TRY(unlink("m/f"));
	TRY(unlink("m/missing"));
	TRY(link("m/f", "m/g"));
	TRY(rename("m/f", "m/g"));
	TRY(rename("m/missing", "m/g"));
	TRY(rename("m/missing", "g"));
	TRY(link("m/f", "m/d"));
	TRY(symlink("x", "m/s"));
	TRY(mkfifo("m/q", 0644));
	TRY(chmod("m/f", 0600));
	TRY(chown("m/f", 1, 1));
	TRY(truncate("m/f", 0));
	TRY(utimensat(AT_FDCWD, "m/f", NULL, 0));
	TRY(setxattr("m/f", "trusted.a", "", 0, 0));
	TRY(removexattr("m/f", "trusted.a"));
	fd = FD(open("m/f", O_RDONLY));
	TRY(fchmod(fd, 0600));
	TRY(fchown(fd, 1, 1));
	TRY(close(fd));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT, NULL));
	TRY(unlink("m/f"));
	TRY(umount("m"));
}

TEST(flags)
{
	static const struct {
		unsigned long mount;
		const char *name;
	} all[] = {
	    {0, "none"},
	    {MS_RDONLY, "ro"},
	    {MS_NOSUID | MS_NODEV | MS_NOEXEC, "nosuid,nodev,noexec"},
	    {MS_NOATIME, "noatime"},
	    {MS_NODIRATIME | MS_SYNCHRONOUS, "nodiratime,sync"},
	};
	struct statfs st;

	if (!may_mount())
		return;
	TRY(mkdir("m", 0755));
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		TRY(mount("none", "m", "tmpfs", all[i].mount, "size=1m,nr_inodes=100"));
		TRY(statfs("m", &st));
		SAY("%s: type %lx flags %lx blocks %ju files %ju", all[i].name, (long)st.f_type,
		    (long)st.f_flags, (uintmax_t)st.f_blocks, (uintmax_t)st.f_files);
		TRY(umount("m"));
	}
	mount_one(MS_NODEV | MS_NOEXEC);
	TRY(mknod("m/null", S_IFCHR | 0666, 0x103));
	TRY(open("m/null", O_RDONLY));
	make_file("m/f");
	TRY(chmod("m/f", 0755));
	TRY(access("m/f", X_OK));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT, "size=2m"));
	TRY(access("m/f", X_OK));
	TRY(statfs("m", &st));
	SAY("blocks %ju", (uintmax_t)st.f_blocks);
}

TEST(root_of_tmpfs)
{
	struct stat st;

	if (!may_mount())
		return;
	TRY(mkdir("m", 0755));
	TRY(mount("none", "m", "tmpfs", 0, NULL));
	TRY(stat("m", &st));
	SAY("%o %d %d", (unsigned)st.st_mode, (int)st.st_uid, (int)st.st_gid);
	TRY(umount("m"));
	TRY(mount("none", "m", "tmpfs", 0, "mode=0700,uid=12,gid=34"));
	TRY(stat("m", &st));
	SAY("%o %d %d", (unsigned)st.st_mode, (int)st.st_uid, (int)st.st_gid);
}

TEST(bind)
{
	struct stat a, b;
	char cwd[4096];
	int dir;

	if (!may_mount())
		return;
	TRY(mkdir("a", 0755));
	TRY(mkdir("a/sub", 0755));
	TRY(mkdir("b", 0755));
	make_file("a/f");
	TRY(mount("a", "b", NULL, MS_BIND, NULL));
	TRY(stat("a/f", &a));
	TRY(stat("b/f", &b));
	SAY("same %d", a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	TRY(link("a/f", "b/g"));
	TRY(link("b/f", "b/g"));
	TRY(rename("b/g", "a/h"));
	TRY(rename("b/g", "b/h"));
	TRY(access("a/h", F_OK));
	TRY(mkdir("a/made", 0700));
	TRY(stat("b/made", &b));
	SAY("%o", (unsigned)b.st_mode);
	TRY(chmod("b/made", 0711));
	TRY(stat("a/made", &a));
	SAY("%o", (unsigned)a.st_mode);
	dir = FD(open("b/sub", O_DIRECTORY));
	TRY(faccessat(dir, "../f", F_OK, 0));
	TRY(faccessat(dir, "../../a", F_OK, 0));
	TRY(fchdir(dir));
	TRY(getcwd(cwd, sizeof cwd) == NULL);
	SAY("%s", strrchr(cwd, '/'));
	*strrchr(cwd, '/') = '\0';
	SAY("%s", strrchr(cwd, '/'));
	TRY(chdir("../.."));
	TRY(close(dir));
	TRY(umount("b"));
	TRY(access("b/f", F_OK));
	TRY(access("a/h", F_OK));
}

TEST(bind_of_a_file)
{
	struct stat a, b;

	if (!may_mount())
		return;
	make_file("a");
	make_file("b");
	TRY(mount("a", "b", NULL, MS_BIND, NULL));
	TRY(stat("a", &a));
	TRY(stat("b", &b));
	SAY("same %d", a.st_ino == b.st_ino);
	TRY(unlink("b"));
	TRY(unlink("a"));
	TRY(stat("b", &b));
	SAY("links %d", (int)b.st_nlink);
	TRY(umount("b"));
	TRY(unlink("b"));
}

TEST(bind_read_only)
{
	if (!may_mount())
		return;
	TRY(mkdir("a", 0755));
	TRY(mkdir("b", 0755));
	make_file("a/f");
	TRY(mount("a", "b", NULL, MS_BIND, NULL));
	TRY(mount(NULL, "b", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	TRY(unlink("b/f"));
	TRY(open("b/f", O_RDWR));
	TRY(mkdir("b/d", 0755));
	make_file("a/g");
	TRY(access("b/g", R_OK));
	TRY(access("b/g", W_OK));
	TRY(unlink("a/f"));
	TRY(access("b/f", F_OK));
}

TEST(move)
{
	if (!may_mount())
		return;
	mount_one(0);
	TRY(mkdir("n", 0755));
	make_file("m/f");
	TRY(mkdir("m/d", 0755));
	TRY(mount("m", "m/d", NULL, MS_MOVE, NULL));
	TRY(mount("n", "m", NULL, MS_MOVE, NULL));
	TRY(mount("m", "n", NULL, MS_MOVE, NULL));
	TRY(access("n/f", F_OK));
	TRY(access("m/f", F_OK));
	TRY(umount("m"));
	TRY(umount2("n", UMOUNT_NOFOLLOW));
}

int
main(void)
{
	return parity_main();
}
