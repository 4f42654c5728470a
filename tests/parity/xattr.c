/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes, by path, through a symbolic link or not, and by descriptor. */
#include <fcntl.h>
#include <sys/xattr.h>

#include "parity.h"

static void
make_file(void)
{
	MUST(close(MUST(open("f", O_CREAT | O_RDWR, 0644))));
	MUST(symlink("f", "l"));
}

/* The order of a list is the file system's own business. */
static void
say_list(const char *call, const char *list, ssize_t len)
{
	bool one = false, two = false, other = false;

	for (const char *p = list; p < list + len; p += strlen(p) + 1) {
		if (strcmp(p, "user.one") == 0)
			one = true;
		else if (strcmp(p, "user.two") == 0)
			two = true;
		else if (strncmp(p, "user.", 5) == 0)
			other = true;
	}
	SAY("%s: one %d two %d other %d", call, one, two, other);
}

TEST(by_path)
{
	char buf[64] = "";

	make_file();
	TRY(setxattr("f", "user.one", "value", 5, 0));
	TRY(setxattr("l", "user.two", "", 0, 0));
	TRY(getxattr("f", "user.one", buf, sizeof buf));
	SAY("%s", buf);
	TRY(getxattr("l", "user.two", buf, sizeof buf));
	TRY(getxattr("f", "user.one", NULL, 0));
	TRY(getxattr("f", "user.one", buf, 2));
	TRY(getxattr("f", "user.none", buf, sizeof buf));
	TRY(getxattr("missing", "user.one", buf, sizeof buf));
	say_list("listxattr", buf, listxattr("l", buf, sizeof buf));
	TRY(listxattr("f", buf, 3));
	TRY(removexattr("l", "user.one"));
	TRY(removexattr("f", "user.one"));
	say_list("listxattr", buf, listxattr("f", buf, sizeof buf));
}

TEST(flags_and_limits)
{
	static char big[70000];
	char name[300];

	make_file();
	memset(name, 'x', sizeof name - 1);
	memcpy(name, "user.", 5);
	name[sizeof name - 1] = '\0';
	TRY(setxattr("f", "user.one", "a", 1, XATTR_REPLACE));
	TRY(setxattr("f", "user.one", "a", 1, XATTR_CREATE));
	TRY(setxattr("f", "user.one", "b", 1, XATTR_CREATE));
	TRY(setxattr("f", "user.one", "c", 1, XATTR_REPLACE));
	TRY(setxattr("f", "user.one", "c", 1, 77));
	TRY(setxattr("f", name, "c", 1, 0));
	TRY(setxattr("f", "user.one", big, sizeof big, 0));
	TRY(setxattr("f", "nonsense", "c", 1, 0));
	TRY(setxattr("f", "", "c", 1, 0));
}

TEST(links_themselves)
{
	char buf[64] = "";

	make_file();
	TRY(lsetxattr("f", "user.one", "v", 1, 0));
	TRY(lsetxattr("l", "user.one", "v", 1, 0));
	TRY(lgetxattr("f", "user.one", buf, sizeof buf));
	TRY(lgetxattr("l", "user.one", buf, sizeof buf));
	say_list("llistxattr", buf, llistxattr("f", buf, sizeof buf));
	TRY(lremovexattr("l", "user.one"));
	TRY(lremovexattr("f", "user.one"));
}

TEST(by_descriptor)
{
	char buf[64] = "";
	int fd;

	make_file();
	fd = MUST(open("f", O_RDWR));
	TRY(fsetxattr(fd, "user.one", "value", 5, 0));
	TRY(fgetxattr(fd, "user.one", buf, sizeof buf));
	TRY(getxattr("f", "user.one", buf, sizeof buf));
	say_list("flistxattr", buf, flistxattr(fd, buf, sizeof buf));
	TRY(fremovexattr(fd, "user.one"));
	TRY(fgetxattr(fd, "user.one", buf, sizeof buf));
	TRY(fgetxattr(-1, "user.one", buf, sizeof buf));
	TRY(unlink("f"));
	TRY(fsetxattr(fd, "user.two", "x", 1, 0));
	TRY(fgetxattr(fd, "user.two", buf, sizeof buf));
}

TEST(directories_keep_them)
{
	char buf[64] = "";
	int fd;

	MUST(mkdir("d", 0755));
	fd = MUST(open("d", O_RDONLY | O_DIRECTORY));
	TRY(setxattr("d", "user.one", "v", 1, 0));
	TRY(fgetxattr(fd, "user.one", buf, sizeof buf));
	TRY(rename("d", "e"));
	TRY(getxattr("e", "user.one", buf, sizeof buf));
}

int
main(void)
{
	return parity_main();
}
