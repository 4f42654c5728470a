/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which kernel has a path.  The kernel, and what descriptors are, is made up here: descriptor
 * RUMP_FD is a directory of the rump kernel, and so is what a path through a descriptor leads to.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "ident/ident.h"
#include "ident/lookup.h"
#include "process/process.h"
#include "route/route.h"

#define RUMP_FD 777
#define INODE   0xabcu

static const char *redirect_to;

void
lookup_cwd_changed(void)
{
}

bool
ident_file(int fd, uint64_t *ret_word)
{
	*ret_word = RUMP_HANDLE | INODE;
	return fd == RUMP_FD;
}

bool
ident_path(int dirfd, const char *path, uint64_t *ret_word)
{
	(void)dirfd;
	(void)path;
	*ret_word = RUMP_HANDLE | INODE;
	return true;
}

void
process_start(void)
{
}

const char *
client_redirect(unsigned *ret_which)
{
	*ret_which = 0;
	return redirect_to;
}

/* The rump kernel's name of path as seen from dirfd, or NULL. */
static const char *
name_from(int dirfd, const char *path, int flags)
{
	static struct route r;

	return route_at(&r, dirfd, path, flags) ? r.path : NULL;
}

static const char *
name_of(const char *path)
{
	return name_from(AT_FDCWD, path, 0);
}

static void
test_absolute(void **state)
{
	(void)state;
	assert_string_equal(name_of("/rump/a"), "/a");
	assert_string_equal(name_of("/rump"), "/");
	assert_string_equal(name_of("/rump//a"), "/a");
	assert_string_equal(name_of("/rump//"), "/");
	assert_null(name_of("/rumpus"));
	assert_null(name_of("/tmp"));
	assert_null(name_of(""));
	assert_null(name_of(NULL));
}

static void
test_blankets(void **state)
{
	(void)state;
	assert_string_equal(name_of("/usr/local/etc/x"), "/usr/local/etc/x");
	assert_string_equal(name_of("//usr/local/etc"), "/usr/local/etc");
	assert_string_equal(name_of("/usr/local/etc/deep/y"), "/usr/local/etc/deep/y");
	assert_null(name_of("/usr/local"));
	assert_null(name_of("/usr/local/etcetera"));
	assert_string_equal(name_of("/bin/../opt"), "/opt");
}

static void
test_relative_from_above(void **state)
{
	int root = open("/", O_PATH | O_DIRECTORY), usr = open("/usr", O_PATH | O_DIRECTORY);

	(void)state;
	assert_int_equal(chdir("/"), 0);
	assert_string_equal(name_of("rump/x"), "/x");
	assert_string_equal(name_of("./rump"), "/");
	assert_string_equal(name_of("opt/y"), "/opt/y");
	assert_null(name_of("tmp"));
	assert_null(name_of("."));
	assert_int_equal(chdir("/usr"), 0);
	assert_string_equal(name_of("../rump/x"), "/x");
	assert_string_equal(name_of("local/etc"), "/usr/local/etc");
	assert_null(name_of("rump"));
	assert_null(name_of(".."));
	assert_string_equal(name_from(root, "rump/z", 0), "/z");
	assert_string_equal(name_from(usr, "local/etc/f", 0), "/usr/local/etc/f");
	assert_null(name_from(usr, "bin", 0));
	close(root);
	close(usr);
}

static void
test_current_directory(void **state)
{
	(void)state;
	route_set_cwd(true);
	assert_string_equal(name_of("x"), "x");
	assert_string_equal(name_of("../x"), "../x");
	assert_null(name_of("/tmp/x"));
	route_set_cwd(false);
	assert_null(name_of("x"));
}

static void
test_descriptors(void **state)
{
	struct route r;

	(void)state;
	assert_true(route_at(&r, RUMP_FD, "x", 0));
	assert_int_equal(r.dir, RUMP_HANDLE | INODE);
	assert_string_equal(r.path, "x");
	assert_true(route_at(&r, RUMP_FD, NULL, 0));
	assert_null(name_from(RUMP_FD, "/tmp", 0));
	assert_string_equal(name_of("/dev/fd/3"), "//abc");
	assert_string_equal(name_of("/proc/self/fd/3/x/"), "//abc/x/");
	assert_null(name_from(AT_FDCWD, "/dev/fd/3", AT_SYMLINK_NOFOLLOW));
	assert_string_equal(name_from(AT_FDCWD, "/dev/fd/3/", AT_SYMLINK_NOFOLLOW), "//abc/");
}

static void
test_two_paths(void **state)
{
	struct route a, b;

	(void)state;
	assert_int_equal(route_at2(&a, AT_FDCWD, "/rump/a", &b, RUMP_FD, "b", 0), 1);
	assert_int_equal(route_at2(&a, AT_FDCWD, "/a", &b, AT_FDCWD, "/b", 0), 0);
	assert_int_equal(route_at2(&a, AT_FDCWD, "/rump/a", &b, AT_FDCWD, "/b", 0), -1);
	assert_int_equal(route_at2(&a, AT_FDCWD, "/dev/fd/3", &b, AT_FDCWD, "/rump/b", 0), -1);
	assert_int_equal(
	    route_at2(&a, AT_FDCWD, "/dev/fd/3", &b, AT_FDCWD, "/rump/b", AT_SYMLINK_FOLLOW), 1);
}

static void
test_redirects(void **state)
{
	struct route r;

	(void)state;
	assert_true(route_at(&r, AT_FDCWD, "/rump/link", 0));
	redirect_to = "/rump/target";
	assert_true(route_again(&r));
	assert_string_equal(r.path, "/target");
	redirect_to = "/etc/target";
	assert_false(route_again(&r));
	assert_string_equal(r.path, "/etc/target");
	redirect_to = "/rump/loop";
	for (int i = 0; i < 38; i++)
		assert_true(route_again(&r));
	assert_false(route_again(&r));
	assert_null(r.path);
}

/* The rump kernel's name of a path that the host's links may lead there, or NULL. */
static const char *
stray_name(const char *path, int flags)
{
	static struct route r;

	assert_false(route_at(&r, AT_FDCWD, path, flags));
	errno = ENOENT;
	if (!route_strays(&r, AT_FDCWD, path, flags))
		return NULL;
	assert_int_equal(errno, ENOENT);
	return r.path;
}

static void
test_strays(void **state)
{
	char dir[] = "/tmp/route.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(symlink("/rump/target", "in"), 0);
	assert_int_equal(symlink("../in/deeper", "d/twice"), 0);
	assert_int_equal(symlink("../../rump/up", "relative"), 0);
	assert_int_equal(symlink("missing", "dangling"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_string_equal(stray_name("in", 0), "/target");
	assert_string_equal(stray_name("in/x", 0), "/target/x");
	assert_string_equal(stray_name("./d/../in/x/", 0), "/target/x/");
	assert_string_equal(stray_name("d/twice/y", 0), "/target/deeper/y");
	assert_string_equal(stray_name("relative", 0), "/up");
	assert_string_equal(stray_name("in/x", AT_SYMLINK_NOFOLLOW), "/target/x");
	assert_string_equal(stray_name("in/", AT_SYMLINK_NOFOLLOW), "/target/");
	assert_null(stray_name("in", AT_SYMLINK_NOFOLLOW));
	assert_null(stray_name("dangling", 0));
	assert_null(stray_name("loop/x", 0));
	assert_null(stray_name("missing/x", 0));
	assert_null(stray_name("d/missing", 0));
	assert_null(stray_name("", 0));
	assert_int_equal(unlink("in") | unlink("d/twice") | unlink("relative"), 0);
	assert_int_equal(unlink("dangling") | unlink("loop") | rmdir("d") | rmdir(dir), 0);
	assert_int_equal(chdir("/"), 0);
}

static void
test_shown(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(route_show("/", buf, sizeof buf), 0);
	assert_string_equal(buf, "/rump");
	assert_int_equal(route_show("/a/b", buf, sizeof buf), 0);
	assert_string_equal(buf, "/rump/a/b");
	assert_int_equal(route_show("/opt/x", buf, sizeof buf), 0);
	assert_string_equal(buf, "/opt/x");
	assert_int_equal(route_show("/a/b", buf, 9), ERANGE);
	assert_int_equal(route_show("/a/b", buf, 10), 0);
}

static void
test_sockets(void **state)
{
	(void)state;
	assert_true(route_socket(AF_INET, SOCK_STREAM));
	assert_false(route_socket(AF_UNIX, SOCK_STREAM));
	assert_false(route_local());
	assert_false(route_socket(-1, SOCK_STREAM));
	assert_false(route_socket(1000, SOCK_STREAM));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_absolute),
	    cmocka_unit_test(test_blankets),
	    cmocka_unit_test(test_relative_from_above),
	    cmocka_unit_test(test_current_directory),
	    cmocka_unit_test(test_descriptors),
	    cmocka_unit_test(test_two_paths),
	    cmocka_unit_test(test_redirects),
	    cmocka_unit_test(test_strays),
	    cmocka_unit_test(test_shown),
	    cmocka_unit_test(test_sockets),
	};

	setenv("RUMPHIJACK",
	    "path=/rump,blanket=/usr/local/etc:/usr/local/etc/deep:/opt,socket=inet", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
