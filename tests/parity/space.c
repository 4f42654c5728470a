/* SPDX-License-Identifier: BSD-2-Clause */
/* A tmpfs of limited size: whoever writes, in whatever way, hears that it is full, and it goes on
 * working.  Mounting takes privilege and a mount namespace on the host. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#include "parity.h"

#define PAGE   4096
#define PAGES  16
#define OPTION "size=64k,mode=777"

ssize_t __pwrite64(int fd, const void *buf, size_t size, off_t offset);

static char block[PAGE * PAGES * 2];

static bool
mount_small(const char *options)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		SAY("no privilege to mount here");
		return false;
	}
	MUST(mkdir("m", 0755));
	MUST(mount("none", "m", "tmpfs", 0, options));
	MUST(chdir("m"));
	return true;
}

static void
say_space(void)
{
	struct statfs st;

	MUST(statfs(".", &st));
	SAY("%ju blocks, %ju free, %ju available", (uintmax_t)st.f_blocks, (uintmax_t)st.f_bfree,
	    (uintmax_t)st.f_bavail);
}

static void
say_size(int fd)
{
	struct stat st;

	MUST(fstat(fd, &st));
	SAY("size %jd, blocks %jd", (intmax_t)st.st_size, (intmax_t)st.st_blocks);
}

TEST(writing)
{
	struct iovec iov = {block, sizeof block};
	int fd, pipes[2];

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	TRY(write(fd, block, PAGE));
	TRY(write(fd, block, sizeof block));
	TRY(write(fd, block, 1));
	TRY(writev(fd, &iov, 1));
	TRY(pwrite(fd, block, 1, 0));
	TRY(pwrite(fd, block, 1, PAGE * 100));
	TRY(pwritev(fd, &iov, 1, PAGE * 100));
	TRY(pwritev2(fd, &iov, 1, PAGE * 100, 0));
	say_size(fd);
	say_space();
	TRY(ftruncate(fd, PAGE));
	TRY(pipe(pipes));
	TRY(write(pipes[1], block, PAGE));
	TRY(splice(pipes[0], NULL, fd, &(off_t){PAGE * 20}, PAGE, 0));
	say_space();
	TRY(ftruncate(fd, 0));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(write(fd, block, sizeof block));
	TRY(close(fd));
	TRY(unlink("f"));
	say_space();
}

TEST(copying)
{
	int from, to;

	if (!mount_small(OPTION))
		return;
	from = FD(open("../from", O_CREAT | O_RDWR, 0644));
	TRY(write(from, block, sizeof block));
	to = FD(open("to", O_CREAT | O_RDWR, 0644));
	TRY(lseek(from, 0, SEEK_SET));
	TRY(sendfile(to, from, NULL, sizeof block));
	TRY(sendfile(to, from, NULL, sizeof block));
	say_size(to);
	TRY(ftruncate(to, PAGE * 2));
	TRY(copy_file_range(to, &(off_t){0}, to, &(off_t){PAGE * 40}, PAGE, 0));
	say_space();
}

TEST(allocating)
{
	int fd;

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	TRY(fallocate(fd, 0, 0, PAGE * (PAGES + 1)));
	say_space();
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE * 10));
	say_size(fd);
	TRY(posix_fallocate(fd, 0, PAGE * 20));
	TRY(ftruncate(fd, PAGE * 1000));
	TRY(truncate("f", PAGE * 2000));
	say_size(fd);
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE * 5));
	say_space();
	TRY(fallocate(fd, 0, PAGE * 20, PAGE * 11));
	TRY(fallocate(fd, 0, PAGE * 20, PAGE * 12));
	say_space();
}

TEST(stdio)
{
	FILE *f;

	if (!mount_small(OPTION))
		return;
	f = fopen("f", "w");
	SAY("fwrite %zu", fwrite(block, 1, sizeof block, f));
	TRY(fflush(f));
	TRY(ferror(f) != 0);
	TRY(fprintf(f, "%9000d", 1));
	TRY(fclose(f));
	say_space();
	TRY(remove("f"));
	f = fopen("g", "w");
	TRY(fputs("text", f) >= 0);
	TRY(fclose(f));
	say_space();
}

static void
on_bus(int signo)
{
	SAY("SIG%s", sigabbrev_np(signo));
	_exit(0);
}

TEST(mapping)
{
	int fd;
	char *p;

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	TRY(ftruncate(fd, PAGE * (PAGES + 1)));
	p = mmap(NULL, PAGE * (PAGES + 1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	signal(SIGBUS, on_bus);
	for (int i = 0; i <= PAGES; i++) {
		p[i * PAGE] = 1;
		if (i == PAGES - 1)
			say_space();
	}
	SAY("all of it");
}

/* What is removed gives its room back when it is closed, not before. */
TEST(removed)
{
	int fd, other, copy;

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	TRY(write(fd, block, PAGE * PAGES));
	other = FD(open("g", O_CREAT | O_WRONLY, 0644));
	TRY(unlink("f"));
	TRY(write(other, block, PAGE));
	copy = dup(fd);
	TRY(close(fd));
	TRY(write(other, block, PAGE));
	TRY(close(copy));
	TRY(write(other, block, PAGE));
	say_space();
	fd = FD(open(".", O_TMPFILE | O_RDWR, 0600));
	TRY(write(fd, block, PAGE * PAGES));
	TRY(close(fd));
	say_space();
	fd = FD(open("h", O_CREAT | O_RDWR, 0644));
	TRY(write(fd, block, PAGE * 4));
	TRY(rename("g", "h"));
	TRY(close(fd));
	say_space();
}

/* Makes the file system full of a file that is removed and closed. */
static void
fill_and_remove(void)
{
	int fd;

	MUST(fd = open("full", O_CREAT | O_RDWR, 0644));
	while (write(fd, block, PAGE) == PAGE)
		;
	MUST(unlink("full"));
	MUST(close(fd));
}

static void
fill_pipe(int fd)
{
	MUST(write(fd, block, PAGE));
	fill_and_remove();
}

/* Whichever call is the first to want the room gets it. */
TEST(wanted_after_removal)
{
	struct iovec iov = {block, PAGE};
	int fd, from, pipes[2];

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	from = FD(open("../from", O_CREAT | O_RDWR, 0644));
	TRY(write(from, block, PAGE * 4));
	TRY(lseek(from, 0, SEEK_SET));
	TRY(pipe(pipes));
	fill_and_remove();
	TRY(pwrite(fd, block, PAGE, 0));
	fill_and_remove();
	TRY(pwrite64(fd, block, PAGE, PAGE));
	fill_and_remove();
	TRY(__pwrite64(fd, block, PAGE, PAGE * 2));
	fill_and_remove();
	TRY(pwritev(fd, &iov, 1, PAGE * 3));
	fill_and_remove();
	TRY(pwritev64(fd, &iov, 1, PAGE * 4));
	fill_and_remove();
	TRY(pwritev2(fd, &iov, 1, PAGE * 5, 0));
	fill_and_remove();
	TRY(pwritev64v2(fd, &iov, 1, PAGE * 6, 0));
	fill_and_remove();
	TRY(fallocate(fd, 0, PAGE * 7, PAGE));
	fill_and_remove();
	TRY(fallocate64(fd, 0, PAGE * 8, PAGE));
	fill_and_remove();
	TRY(posix_fallocate(fd, PAGE * 9, PAGE));
	fill_and_remove();
	TRY(posix_fallocate64(fd, PAGE * 10, PAGE));
	fill_and_remove();
	TRY(copy_file_range(from, NULL, fd, &(off_t){PAGE * 11}, PAGE, 0));
	TRY(lseek(fd, PAGE * 12, SEEK_SET));
	fill_and_remove();
	TRY(sendfile(fd, from, NULL, PAGE));
	fill_pipe(pipes[1]);
	TRY(splice(pipes[0], NULL, fd, &(off_t){PAGE * 13}, PAGE, 0));
	fill_and_remove();
	TRY(syscall(SYS_pwrite64, fd, block, (size_t)PAGE, (off_t)PAGE * 14));
	say_size(fd);
	say_space();
}

TEST(inodes)
{
	char name[16];
	int n = 0;

	if (!mount_small("nr_inodes=10"))
		return;
	do
		snprintf(name, sizeof name, "%d", n++);
	while (mkdir(name, 0755) == 0 && n < 100);
	SAY("%s after %d", strerrorname_np(errno), n);
	FD(open("f", O_CREAT | O_WRONLY, 0644));
	TRY(symlink("x", "l"));
	TRY(mkfifo("p", 0600));
	TRY(rename("1", "f"));
	TRY(rmdir("2"));
	FD(open("f2", O_CREAT | O_WRONLY, 0644));
}

TEST(remounted)
{
	int fd;

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0644));
	TRY(write(fd, block, sizeof block));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "size=128k"));
	say_space();
	TRY(write(fd, block, sizeof block));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "size=64k"));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "size=x"));
	say_space();
	TRY(ftruncate(fd, PAGE));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "nr_blocks=2"));
	say_space();
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(write(fd, block, sizeof block));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "nr_inodes=2"));
	FD(open("g", O_CREAT | O_RDWR, 0644));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "nr_inodes=1"));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "size=0"));
	TRY(mount("none", ".", NULL, MS_REMOUNT, "size=64k"));
}

/* A descriptor is known for what it is by others, too. */
TEST(identity)
{
	struct stat st, by_path;
	char text[PATH_MAX] = "";
	int fd, status;

	if (!mount_small(OPTION))
		return;
	fd = FD(open("f", O_CREAT | O_RDWR, 0640));
	TRY(fchmod(fd, 0604));
	if (fork() == 0) {
		MUST(fstat(fd, &st));
		MUST(stat("f", &by_path));
		SAY("mode %o, %ju links, same %d", st.st_mode, (uintmax_t)st.st_nlink,
		    st.st_ino == by_path.st_ino && st.st_dev == by_path.st_dev);
		_exit(0);
	}
	wait(&status);
	TRY(dup2(fd, 7) == 7);
	TRY(system("stat -L -c 'by exec: %a %h %s' /dev/fd/7 | sed 's/^/identity: /'"));
	TRY(readlink("/proc/self/fd/7", text, sizeof text - 1) > 0);
	SAY("%s", strrchr(text, '/'));
	TRY(unlink("f"));
	MUST(fstat(7, &st));
	SAY("%ju links", (uintmax_t)st.st_nlink);
}

int
main(void)
{
	return parity_main();
}
