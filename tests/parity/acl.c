/* SPDX-License-Identifier: BSD-2-Clause */
/* Access control lists, as the attributes that setfacl(1) sets. */
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/xattr.h>

#include "parity.h"

#define ACCESS  "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"

struct list {
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry e[8];
};

enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };

/* From the text "tag:id:perm,..."; gives the length of the attribute. */
static size_t
parse(struct list *list, const char *text)
{
	size_t n = 0;
	unsigned tag, perm;
	int id;

	list->head.a_version = POSIX_ACL_XATTR_VERSION;
	for (; sscanf(text, "%u:%d:%u", &tag, &id, &perm) == 3; n++) {
		list->e[n] =
		    (struct posix_acl_xattr_entry){(uint16_t)tag, (uint16_t)perm, (uint32_t)id};
		text = strchr(text, ',');
		if (text == NULL)
			return sizeof list->head + (n + 1) * sizeof list->e[0];
		text++;
	}
	return sizeof list->head + n * sizeof list->e[0];
}

static int
set(const char *path, const char *name, const char *text)
{
	struct list list;
	size_t len = parse(&list, text);

	return setxattr(path, name, &list, len, 0);
}

static void
show(const char *path, const char *name)
{
	struct list list;
	ssize_t n = getxattr(path, name, &list, sizeof list);
	struct stat st;

	MUST(stat(path, &st));
	SAY("%s %s: mode %o, %s", path, name, st.st_mode, n < 0 ? strerrorname_np(errno) : "list");
	for (ssize_t i = 0; n > 0 && i < (n - 4) / 8; i++)
		SAY("  %u:%d:%u", list.e[i].e_tag, (int)list.e[i].e_id, list.e[i].e_perm);
}

static void
make(const char *path, mode_t mode)
{
	MUST(close(MUST(open(path, O_CREAT | O_EXCL | O_WRONLY, mode))));
}

/* May a user of these ids do so? */
static void
ask(const char *path, uid_t uid, gid_t gid)
{
	MUST(setegid(gid));
	MUST(seteuid(uid));
	SAY("%u:%u read %d write %d", uid, gid, faccessat(AT_FDCWD, path, R_OK, AT_EACCESS),
	    faccessat(AT_FDCWD, path, W_OK, AT_EACCESS));
	MUST(seteuid(0));
	MUST(setegid(0));
}

TEST(access)
{
	char names[100];

	make("f", 0640);
	TRY(set("f", ACCESS, "1:-1:6,2:1001:6,4:-1:4,8:1003:6,16:-1:6,32:-1:0"));
	show("f", ACCESS);
	ask("f", 1001, 1);
	ask("f", 1002, 1003);
	ask("f", 1002, 1002);
	ask("f", 1002, 0);
	TRY(chmod("f", 0604));
	show("f", ACCESS);
	ask("f", 1001, 1);
	ask("f", 1002, 1002);
	TRY(listxattr("f", names, sizeof names));
	TRY(set("f", ACCESS, "1:-1:7,4:-1:5,32:-1:1"));
	show("f", ACCESS);
	TRY(removexattr("f", ACCESS));
}

TEST(wrong)
{
	make("f", 0644);
	MUST(mkdir("d", 0755));
	MUST(symlink("f", "l"));
	TRY(set("f", ACCESS, "1:-1:6,2:1001:6,4:-1:4,32:-1:0"));
	TRY(set("f", ACCESS, "4:-1:6,1:-1:4,32:-1:0"));
	TRY(set("f", ACCESS, "1:-1:6,32:-1:0"));
	TRY(set("f", ACCESS, "1:-1:8,4:-1:4,32:-1:0"));
	TRY(set("f", DEFAULT, "1:-1:6,4:-1:4,32:-1:0"));
	TRY(setxattr("f", ACCESS, "abc", 3, 0));
	TRY(setxattr("f", ACCESS, "abcd", 4, 0));
	TRY(setxattr("f", ACCESS, "", 0, 0));
	TRY(lsetxattr("l", ACCESS, "", 0, 0));
	TRY(removexattr("f", DEFAULT));
	TRY(removexattr("d", DEFAULT));
	TRY(getxattr("d", DEFAULT, NULL, 0));
	MUST(seteuid(1001));
	TRY(set("f", ACCESS, "1:-1:6,4:-1:4,32:-1:0"));
	TRY(removexattr("f", ACCESS));
}

TEST(inherited)
{
	char names[100];

	MUST(mkdir("d", 0755));
	TRY(set("d", DEFAULT, "1:-1:7,2:1001:7,4:-1:5,16:-1:7,32:-1:0"));
	make("d/f", 0666);
	show("d/f", ACCESS);
	MUST(mkdir("d/e", 0777));
	show("d/e", ACCESS);
	show("d/e", DEFAULT);
	MUST(mkfifo("d/e/p", 0644));
	show("d/e/p", ACCESS);
	TRY(set("d", DEFAULT, "1:-1:6,4:-1:6,32:-1:4"));
	make("d/plain", 0666);
	show("d/plain", ACCESS);
	TRY(setxattr("d", "user.x", "y", 1, 0));
	TRY(setxattr("d", "security.x", "y", 1, 0));
	SAY("%zd bytes, first %s", listxattr("d", names, sizeof names), names);
}

TEST(set_by_member)
{
	make("f", 0644);
	MUST(chmod("f", 02755));
	MUST(chown("f", 1001, 1003));
	MUST(chmod("f", 02755));
	MUST(seteuid(1001));
	TRY(set("f", ACCESS, "1:-1:7,2:1002:7,4:-1:5,16:-1:7,32:-1:0"));
	show("f", ACCESS);
}

int
main(void)
{
	return parity_main();
}
