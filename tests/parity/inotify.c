/* SPDX-License-Identifier: BSD-2-Clause */
/* inotify(7): which events which calls make, with which names. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/xattr.h>

#include "parity.h"

#define WATCHES 8

static int in = -1;
static int wds[WATCHES];
static const char *watched[WATCHES];
static unsigned nwatches;

static void
say_mask(const struct inotify_event *e, uint32_t first_cookie)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {{IN_ACCESS, "ACCESS"}, {IN_MODIFY, "MODIFY"}, {IN_ATTRIB, "ATTRIB"},
	    {IN_CLOSE_WRITE, "CLOSE_WRITE"}, {IN_CLOSE_NOWRITE, "CLOSE_NOWRITE"}, {IN_OPEN, "OPEN"},
	    {IN_MOVED_FROM, "MOVED_FROM"}, {IN_MOVED_TO, "MOVED_TO"}, {IN_CREATE, "CREATE"},
	    {IN_DELETE, "DELETE"}, {IN_DELETE_SELF, "DELETE_SELF"}, {IN_MOVE_SELF, "MOVE_SELF"},
	    {IN_IGNORED, "IGNORED"}, {IN_Q_OVERFLOW, "Q_OVERFLOW"}, {IN_ISDIR, "ISDIR"}};
	const char *which = "?";
	char text[200] = "";

	for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++)
		if ((e->mask & bits[i].bit) != 0) {
			strcat(text, " ");
			strcat(text, bits[i].name);
		}
	for (unsigned i = 0; i < nwatches; i++)
		if (wds[i] == e->wd)
			which = watched[i];
	SAY("  %s:%s '%s'%s", which, text, e->len > 0 ? e->name : "",
	    e->cookie == 0              ? ""
	    : e->cookie == first_cookie ? " first move"
					: " another move");
}

/* All events so far, in order. */
static void
drain(const char *call)
{
	_Alignas(struct inotify_event) char buf[16384];
	struct pollfd p = {.fd = in, .events = POLLIN};
	const struct inotify_event *e;
	uint32_t cookie = 0;
	ssize_t n;

	SAY("%s", call);
	while ((n = read(in, buf, sizeof buf)) > 0)
		for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof *e + e->len)) {
			e = (const struct inotify_event *)(const void *)(buf + at);
			if (cookie == 0)
				cookie = e->cookie;
			say_mask(e, cookie);
		}
	if (poll(&p, 1, 0) != 0)
		SAY("  readable?");
}

static void
watch(const char *path, uint32_t mask)
{
	if (in == -1)
		in = MUST(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	watched[nwatches] = path;
	wds[nwatches] = inotify_add_watch(in, path, mask);
	if (wds[nwatches] == -1)
		SAY("watch %s: %s", path, strerrorname_np(errno));
	nwatches++;
}

#define DO(call)                                                                                   \
	do {                                                                                       \
		TRY(call);                                                                         \
		drain(#call);                                                                      \
	} while (0)

static void
put(const char *path)
{
	MUST(close(MUST(open(path, O_CREAT | O_WRONLY, 0666))));
}

TEST(names)
{
	MUST(mkdir("d", 0777));
	MUST(mkdir("e", 0777));
	put("d/old");
	MUST(mkdir("d/olddir", 0777));
	put("out");
	watch("d", IN_ALL_EVENTS);
	watch("e", IN_ALL_EVENTS & ~IN_OPEN);
	DO(mkdir("d/sub", 0777));
	DO(mknod("d/f", S_IFREG | 0600, 0));
	DO(symlink("x", "d/l"));
	DO(link("d/f", "d/g"));
	DO(rename("d/f", "d/k"));
	DO(rename("d/k", "e/k"));
	DO(rename("e/k", "here"));
	DO(rename("here", "d/back"));
	DO(rename("out", "d/old"));
	DO(rename("d/sub", "e/sub"));
	DO(rename("e/sub", "sub"));
	DO(rename("sub", "d/olddir"));
	DO(unlink("d/old"));
	DO(unlink("d/g"));
	DO(rmdir("d/olddir"));
	DO(unlink("d/missing"));
	DO(renameat2(AT_FDCWD, "d/back", AT_FDCWD, "d/l", RENAME_EXCHANGE));
	DO(chmod("d/back", 0600));
	DO(chmod("d/l", 0600));
	DO(chmod("d", 0755));
	DO(truncate("d/l", 10));
	DO(setxattr("d/l", "user.a", "b", 1, 0));
	DO(utimensat(AT_FDCWD, "d/l", NULL, 0));
}

TEST(bytes)
{
	char buf[10];
	DIR *dir;
	int fd;

	MUST(mkdir("d", 0777));
	put("d/before");
	fd = MUST(open("d/before", O_RDWR));
	watch("d", IN_ALL_EVENTS);
	DO(write(fd, "text", 4));
	DO(pread(fd, buf, 4, 0));
	DO(ftruncate(fd, 2));
	DO(truncate("d/before", 9));
	DO(fchmod(fd, 0600));
	DO(close(fd));
	fd = FD(open("d/new", O_CREAT | O_RDWR, 0666));
	drain("open");
	DO(write(fd, "text", 4));
	DO(rename("d/new", "d/other"));
	DO(write(fd, "text", 4));
	DO(close(fd));
	fd = FD(open("d/other", O_RDONLY));
	DO(read(fd, buf, 4));
	DO(close(fd));
	fd = FD(open("d/other", O_PATH));
	DO(close(fd));
	dir = opendir("d");
	drain("opendir");
	while (readdir(dir) != NULL)
		;
	drain("readdir");
	DO(closedir(dir));
}

TEST(self)
{
	int fd;

	put("f");
	MUST(mkdir("d", 0777));
	MUST(mkdir("e", 0777));
	put("d/g");
	watch("f", IN_ALL_EVENTS);
	watch("d", IN_ALL_EVENTS);
	watch("d/g", IN_ALL_EVENTS);
	fd = FD(open("f", O_WRONLY));
	drain("open");
	DO(write(fd, "x", 1));
	DO(close(fd));
	DO(chmod("f", 0600));
	DO(link("f", "f2"));
	DO(unlink("f2"));
	DO(rename("f", "h"));
	DO(rename("h", "d/h"));
	DO(chmod("d/h", 0644));
	DO(rename("d/g", "g"));
	DO(chmod("g", 0644));
	DO(rename("d", "e/d"));
	DO(unlink("e/d/h"));
	DO(rmdir("e/d"));
	fd = FD(open("g", O_RDONLY));
	drain("open");
	DO(unlink("g"));
	DO(close(fd));
}

TEST(flags)
{
	int wd;

	MUST(mkdir("d", 0777));
	put("f");
	MUST(symlink("f", "l"));
	watch("f", IN_ONLYDIR | IN_MODIFY);
	watch("missing", IN_MODIFY);
	watch("d", IN_CREATE | IN_ONESHOT);
	DO(mkdir("d/1", 0755));
	DO(mkdir("d/2", 0755));
	watch("d", IN_CREATE);
	watch("d", IN_DELETE | IN_MASK_ADD);
	SAY("same watch %d", wds[3] == wds[4]);
	DO(mkdir("d/3", 0755));
	DO(rmdir("d/3"));
	watch("d", IN_DELETE);
	DO(mkdir("d/3", 0755));
	TRY(inotify_add_watch(in, "d", IN_DELETE | IN_MASK_CREATE));
	TRY(inotify_add_watch(in, "d", 0));
	TRY(inotify_add_watch(99, "d", IN_DELETE));
	TRY(inotify_add_watch(STDIN_FILENO, "d", IN_DELETE));
	wd = wds[3];
	DO(inotify_rm_watch(in, wd));
	TRY(inotify_rm_watch(in, wd));
	watch("l", IN_ATTRIB);
	DO(chmod("f", 0600));
	watch("l", IN_ATTRIB | IN_DONT_FOLLOW);
	DO(lchown("l", 0, 0));
	MUST(chmod("f", 0));
	MUST(seteuid(1001));
	watch("f", IN_ATTRIB);
}

/* Another process makes the events; this one waits for them. */
TEST(waiting)
{
	struct pollfd p;
	pid_t pid;

	MUST(mkdir("d", 0777));
	watch("d", IN_ALL_EVENTS);
	pid = MUST(fork());
	if (pid == 0) {
		int fd = MUST(open("d/f", O_CREAT | O_WRONLY, 0666));

		MUST(write(fd, "x", 1));
		MUST(close(fd));
		_exit(0);
	}
	p = (struct pollfd){.fd = in, .events = POLLIN};
	TRY(poll(&p, 1, 20000));
	MUST(waitpid(pid, NULL, 0));
	drain("child");
}

int
main(void)
{
	return parity_main();
}
