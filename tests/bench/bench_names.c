/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about names, the same on the host and hijacked:
 *
 *	PREFIX=dir bench_names stat | create | rename | readdir
 *
 * Prints one number: microseconds an operation; for readdir, an entry of a directory of 10,000.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS  10000
#define ENTRIES 10000

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
check(int rc, const char *what)
{
	if (rc == -1)
		err(111, "%s", what);
}

static void
create(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);

	check(fd, path);
	close(fd);
}

static double
stat_file(void)
{
	struct stat st;
	double start;

	create("f");
	start = now_us();
	for (int i = 0; i < ROUNDS; i++)
		check(stat("f", &st), "stat");
	return (now_us() - start) / ROUNDS;
}

static double
create_unlink(void)
{
	double start = now_us();

	for (int i = 0; i < ROUNDS; i++) {
		create("f");
		check(unlink("f"), "unlink");
	}
	return (now_us() - start) / ROUNDS;
}

static double
rename_file(void)
{
	double start;

	create("a");
	start = now_us();
	for (int i = 0; i < ROUNDS; i++)
		check(i % 2 == 0 ? rename("a", "b") : rename("b", "a"), "rename");
	return (now_us() - start) / ROUNDS;
}

static double
read_directory(void)
{
	const int rounds = 10;
	unsigned long seen = 0;
	char name[16];
	double start;
	DIR *dir;

	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof name, "%d", i);
		check(mknod(name, S_IFREG | 0644, 0), name);
	}
	start = now_us();
	for (int i = 0; i < rounds; i++) {
		dir = opendir(".");
		if (dir == NULL)
			err(111, ".");
		while (readdir(dir) != NULL)
			seen++;
		closedir(dir);
	}
	return (now_us() - start) / (double)seen;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		double (*run)(void);
	} benches[] = {
	    {"stat", stat_file},
	    {"create", create_unlink},
	    {"rename", rename_file},
	    {"readdir", read_directory},
	};
	const char *prefix = getenv("PREFIX");
	char dir[PATH_MAX];

	snprintf(dir, sizeof dir, "%s/names-XXXXXX", prefix == NULL ? "/dev/shm" : prefix);
	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		err(111, "%s", dir);
	for (size_t i = 0; argc == 2 && i < sizeof benches / sizeof benches[0]; i++) {
		if (strcmp(argv[1], benches[i].name) == 0) {
			printf("%.3f\n", benches[i].run());
			return 0;
		}
	}
	errx(100, "usage: bench_names stat | create | rename | readdir");
}
