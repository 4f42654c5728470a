/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump.mount: mounts a file system inside the rump kernel named by RUMP_SERVER.  Without arguments:
 * lists what is mounted.
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "rump/rump_syscalls.h"
#include "rump_client_tool.h"
#include "rump_fuse.h"

struct request {
	const char *type;
	unsigned long set, clear; /* flags of mount(2) that are asked for, and asked not to be */
	char options[4096];       /* of the file system */
};

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: rump.mount [-r] [-o OPTION[,OPTION ...]] -t TYPE SOURCE DIRECTORY\n"
	      "       rump.mount [-r] [-o OPTION[,OPTION ...]] -t fuse PROGRAM [ARGUMENT ...] "
	      "DIRECTORY\n"
	      "       rump.mount [-r] --bind|--move DIRECTORY DIRECTORY\n"
	      "       rump.mount -o remount[,OPTION ...] DIRECTORY\n"
	      "       rump.mount\n"
	      "\n"
	      "Mounts inside the rump kernel named by RUMP_SERVER; paths are that kernel's.\n"
	      "TYPE is tmpfs, devtmpfs, proc, or hostfs with a directory of the host as SOURCE.\n"
	      "A file system of type fuse is served by PROGRAM, which runs on the host; the "
	      "argument\n"
	      "{}, or one more at the end, is replaced by its mount point.\n",
	    to);
	exit(status);
}

/* Options that are flags of the mount; the others are the file system's. */
static const struct {
	const char *name;
	unsigned long set, clear;
} flag_options[] = {
    {"defaults", 0, 0},
    {"rw", 0, MS_RDONLY},
    {"ro", MS_RDONLY, 0},
    {"suid", 0, MS_NOSUID},
    {"nosuid", MS_NOSUID, 0},
    {"dev", 0, MS_NODEV},
    {"nodev", MS_NODEV, 0},
    {"exec", 0, MS_NOEXEC},
    {"noexec", MS_NOEXEC, 0},
    {"async", 0, MS_SYNCHRONOUS},
    {"sync", MS_SYNCHRONOUS, 0},
    {"atime", 0, MS_NOATIME},
    {"noatime", MS_NOATIME, 0},
    {"diratime", 0, MS_NODIRATIME},
    {"nodiratime", MS_NODIRATIME, 0},
    {"relatime", MS_RELATIME, 0},
    {"remount", MS_REMOUNT, 0},
    {"bind", MS_BIND, 0},
};

static void
set_flags(struct request *r, unsigned long set, unsigned long clear)
{
	r->set = (r->set | set) & ~clear;
	r->clear = (r->clear | clear) & ~set;
}

static void
add_option(struct request *r, const char *option)
{
	size_t len = strlen(r->options);

	for (size_t i = 0; i < sizeof flag_options / sizeof flag_options[0]; i++) {
		if (strcmp(option, flag_options[i].name) == 0) {
			set_flags(r, flag_options[i].set, flag_options[i].clear);
			return;
		}
	}
	if (len + strlen(option) + 2 > sizeof r->options)
		errx(EXIT_USAGE, "the options are too long");
	sprintf(r->options + len, "%s%s", len == 0 ? "" : ",", option);
}

static void
add_options(struct request *r, char *list)
{
	char *option;

	while ((option = strsep(&list, ",")) != NULL)
		if (*option != '\0')
			add_option(r, option);
}

static int
list(void)
{
	char buf[4096];
	ssize_t n;
	int fd = rump_sys_open("/proc/mounts", O_RDONLY, 0);

	if (fd == -1)
		err(EXIT_SYSTEM, "/proc/mounts");
	while ((n = rump_sys_read(fd, buf, sizeof buf)) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	return n == 0 ? EXIT_SUCCESS : EXIT_SYSTEM;
}

/* The flags that the mount at dir has. */
static unsigned long
flags_of(const char *dir)
{
	static const unsigned long same = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC |
					  MS_SYNCHRONOUS | MS_NOATIME | MS_NODIRATIME;
	struct statfs st;

	if (rump_sys_statfs(dir, &st) != 0)
		err(EXIT_SYSTEM, "%s", dir);
	return (unsigned long)st.f_flags & same;
}

static int
mount_one(const struct request *r, const char *source, const char *dir)
{
	unsigned long flags = r->set;

	/* A remount changes the flags that are named and leaves the others. */
	if ((flags & MS_REMOUNT) != 0)
		flags |= flags_of(dir) & ~r->clear;
	if (rump_sys_mount(source, dir, r->type, flags, r->options) != 0)
		err(EXIT_SYSTEM, "%s on %s", source, dir);
	/* A bind mount has the flags of what it shows until it is told others. */
	if ((flags & MS_BIND) != 0 && (flags & ~(unsigned long)MS_BIND) != 0 &&
	    rump_sys_mount(NULL, dir, NULL, flags | MS_REMOUNT, NULL) != 0)
		err(EXIT_SYSTEM, "%s", dir);
	return EXIT_SUCCESS;
}

/* Those that are for the kernel. */
static void
check_fuse_options(const char *options)
{
	char copy[sizeof((struct request *)0)->options], *rest = copy, *option;

	strcpy(copy, options);
	while ((option = strsep(&rest, ",")) != NULL)
		if (*option != '\0' && strcmp(option, "allow_other") != 0 &&
		    strcmp(option, "default_permissions") != 0)
			errx(EXIT_USAGE, "option %s: options of the program are its arguments",
			    option);
}

/* argv: the program's arguments, and the directory after them. */
static int
mount_fuse(const struct request *r, char *argv[], int argc)
{
	const char *dir = argv[argc - 1];
	struct fuse_program p;
	char options[sizeof r->options + sizeof p.options];
	int failed;

	argv[argc - 1] = NULL;
	check_fuse_options(r->options);
	fuse_program_start(&p, argv);
	sprintf(options, "%s,%s", p.options, r->options);
	tool_connect();
	failed = rump_sys_mount(argv[0], dir, "fuse", r->set, options);
	if (failed)
		warn("%s on %s", argv[0], dir);
	fuse_program_mounted(&p, failed);
	return failed ? EXIT_SYSTEM : EXIT_SUCCESS;
}

static struct request
parse(int argc, char *argv[])
{
	static const struct option longs[] = {
	    {"bind", no_argument, NULL, 'B'},
	    {"move", no_argument, NULL, 'M'},
	    {"options", required_argument, NULL, 'o'},
	    {"read-only", no_argument, NULL, 'r'},
	    {"types", required_argument, NULL, 't'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct request r = {.type = NULL};
	int c;

	while ((c = getopt_long(argc, argv, "+BMho:rt:", longs, NULL)) != -1) {
		switch (c) {
		case 'B':
			set_flags(&r, MS_BIND, 0);
			break;
		case 'M':
			set_flags(&r, MS_MOVE, 0);
			break;
		case 'o':
			add_options(&r, optarg);
			break;
		case 'r':
			set_flags(&r, MS_RDONLY, 0);
			break;
		case 't':
			r.type = optarg;
			break;
		case 'h':
			usage(stdout, EXIT_SUCCESS);
		default:
			usage(stderr, EXIT_USAGE);
		}
	}
	return r;
}

int
main(int argc, char *argv[])
{
	struct request r = parse(argc, argv);
	bool named = (r.set & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0;
	bool fuse = r.type != NULL && strcmp(r.type, "fuse") == 0 && !named;

	argv += optind;
	argc -= optind;
	if (fuse && argc >= 2)
		return mount_fuse(&r, argv, argc);
	if (argc == 0 && optind > 1)
		usage(stderr, EXIT_USAGE);
	if (argc != 0 && argc != ((r.set & MS_REMOUNT) != 0 ? 1 : 2))
		usage(stderr, EXIT_USAGE);
	if (argc != 0 && (r.type != NULL) == named)
		usage(stderr, EXIT_USAGE);
	tool_connect();
	if (argc == 0)
		return list();
	return mount_one(&r, argc == 1 ? "none" : argv[0], argv[argc - 1]);
}
