/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Run with lib.c preloaded; built with _FORTIFY_SOURCE and 64-bit offsets, which choose
 * other libc names (__open64_2, fopen64 ...) than the source shows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int count, failed;

static void
is(int condition, const char *what)
{
	printf("%sok %d - %s\n", condition ? "" : "not ", ++count, what);
	failed += !condition;
}

int
main(int argc, char **argv)
{
	int flags = argc > 5 ? O_WRONLY : O_RDONLY; /* no constant: fortify takes __open64_2 */
	char buf[16] = "", link[16];
	FILE *null;

	(void)argv;
	is(getenv("INTERPOSE_LIB") != NULL, "library is there; its host table worked before main");
	is(open("/interposed", O_RDONLY) == 777, "open");
	is(open("/interposed", flags) == 777, "open, flags not constant");
	is(open("/interposed", O_RDWR | O_CREAT, 0644) == 777, "open with a mode");
	is(openat(AT_FDCWD, "/interposed", O_RDONLY) == 777, "openat");
	is(read(777, buf, 4) == 4 && buf[3] == 'x' && buf[4] == '\0', "read");
	is(readlink("/interposed", link, sizeof link) == 0, "readlink");
	null = fopen("/interposed", "r");
	is(null != NULL && fgetc(null) == EOF, "fopen");
	is(open("/no/such/file", O_RDONLY) == -1, "the rest goes to the host");
	printf("1..%d\n", count);
	return failed != 0;
}
