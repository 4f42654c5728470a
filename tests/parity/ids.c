/* SPDX-License-Identifier: BSD-2-Clause */
/* Who the caller is, where files are concerned: after each way of changing it. */
#include <fcntl.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>

#include "parity.h"

#define OTHER 1001
#define GROUP 1003

/* A file of root's, one of another user's and one of a group's, none for anybody else. */
static void
prepare(void)
{
	MUST(chmod(".", 0777));
	MUST(close(MUST(open("root", O_CREAT | O_WRONLY, 0600))));
	MUST(close(MUST(open("other", O_CREAT | O_WRONLY, 0600))));
	MUST(chown("other", OTHER, OTHER));
	MUST(close(MUST(open("group", O_CREAT | O_WRONLY, 0060))));
	MUST(chown("group", 0, GROUP));
	MUST(close(MUST(open("mine", O_CREAT | O_WRONLY, 0644))));
	MUST(chmod("mine", 0666));
}

static void
look(void)
{
	static const char *const names[] = {"root", "other", "group"};
	struct stat st;
	int fd;

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		fd = open(names[i], O_RDWR);
		SAY("%s: open %s, access %d", names[i], fd == -1 ? strerrorname_np(errno) : "ok",
		    access(names[i], R_OK));
		if (fd != -1)
			close(fd);
	}
	TRY(chmod("mine", 0640));
	unlink("new");
	fd = open("new", O_CREAT | O_WRONLY, 0644);
	if (fd != -1 && fstat(fd, &st) == 0)
		SAY("new belongs to %u:%u", st.st_uid, st.st_gid);
	close(fd);
}

TEST(seteuid)
{
	prepare();
	TRY(setegid(OTHER));
	TRY(seteuid(OTHER));
	look();
	TRY(seteuid(0));
	look();
}

TEST(setuid_for_good)
{
	prepare();
	TRY(setgid(OTHER));
	TRY(setuid(OTHER));
	look();
	TRY(setuid(0));
	look();
}

TEST(setgroups)
{
	static const gid_t groups[] = {7, GROUP};

	prepare();
	TRY(setgroups(2, groups));
	TRY(setresgid(OTHER, OTHER, OTHER));
	TRY(setresuid(OTHER, OTHER, OTHER));
	look();
}

TEST(setfsuid)
{
	prepare();
	TRY(setfsgid(GROUP));
	TRY(setfsuid(OTHER));
	TRY(setfsuid((uid_t)-1));
	look();
	TRY(setfsuid(0));
	TRY(setfsgid(0));
	look();
}

/* The system calls themselves change one thread only, which is all there is. */
TEST(by_number)
{
	static const gid_t groups[] = {GROUP};

	prepare();
	TRY(syscall(SYS_setgroups, 1, groups));
	TRY(syscall(SYS_setresgid, -1, OTHER, -1));
	TRY(syscall(SYS_setresuid, -1, OTHER, -1));
	look();
	TRY(syscall(SYS_setreuid, -1, 0));
	look();
	TRY(syscall(SYS_setfsuid, OTHER));
	look();
}

/* Even a change of nothing takes set-id bits away, which is for the owner. */
TEST(chown_of_nothing)
{
	prepare();
	MUST(chmod("mine", 04755));
	MUST(seteuid(OTHER));
	TRY(chown("mine", -1, -1));
	TRY(chown("root", -1, -1));
	MUST(seteuid(0));
	TRY(chown("mine", -1, -1));
	{
		struct stat st;

		MUST(stat("mine", &st));
		SAY("mode %o", st.st_mode);
	}
}

TEST(child)
{
	pid_t pid;

	prepare();
	MUST(setegid(OTHER));
	MUST(seteuid(OTHER));
	pid = MUST(fork());
	if (pid == 0) {
		look();
		_exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

int
main(void)
{
	return parity_main();
}
