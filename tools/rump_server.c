/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump_server: a rump kernel in a process of its own.
 *
 * Detaches once clients are served; until then the parent waits, so that its exit status says
 * whether there is a kernel.  The child tells it through a pipe: nothing but end-of-file after a
 * byte means success, a line means failure.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rump/rumpserver.h"
#include "rump_fuse.h"

#define EXIT_USAGE  100
#define EXIT_SYSTEM 111

#define BINDS_MAX 64
#define FUSES_MAX 64
#define NETS_MAX  64

/* A directory of the host in the kernel. */
struct bind {
	char *source;
	const char *directory;
	unsigned long flags; /* of mount(2) */
};

struct options {
	bool foreground;
	unsigned flags;
	unsigned nbinds;
	struct bind binds[BINDS_MAX];
	unsigned nfuses;
	char *fuses[FUSES_MAX];
	unsigned nnets;
	const char *nets[NETS_MAX];
	const char *size;
};

static void
usage(FILE *to)
{
	fputs("usage: rump_server [-asv] [-b HOSTDIR:DIR[:ro]] ... [-f DIR=COMMAND] ...\n"
	      "                   [-n INTERFACE] ... [--size SIZE] url ...\n"
	      "  url                  unix://path or tcp://address:port\n"
	      "  -a                   allow tcp addresses that others can reach\n"
	      "  -b, --bind HOSTDIR:DIR[:ro]\n"
	      "                       the host's HOSTDIR is DIR in the kernel (ro: read-only)\n"
	      "  -f, --fuse DIR=PROGRAM ARGUMENT ...\n"
	      "                       DIR in the kernel is what a FUSE program serves\n"
	      "  -n, --net bus=NAME,addr=ADDRESS/PREFIX[,...]\n"
	      "                       a network interface, as rump_server(1) says\n"
	      "  --size SIZE          how much files in the kernel's root may hold: 64m, 1g, 10%\n"
	      "  -s                   stay in the foreground\n"
	      "  -v                   log to standard error\n",
	    to);
}

static _Noreturn void
refuse_bind(const char *spec, const char *why)
{
	errx(EXIT_USAGE, "--bind %s: %s", spec, why);
}

/* HOSTDIR:DIR[:ro], from its end, for HOSTDIR may have colons in it. */
static struct bind
parse_bind(const char *spec)
{
	char *copy = strdup(spec), *colon;
	struct bind b = {.flags = 0};

	if (copy == NULL)
		err(EXIT_SYSTEM, "--bind");
	colon = strrchr(copy, ':');
	if (colon != NULL && strcmp(colon, ":ro") == 0) {
		b.flags = MS_RDONLY;
		*colon = '\0';
		colon = strrchr(copy, ':');
	}
	if (colon == NULL || colon == copy || colon[1] != '/')
		refuse_bind(spec, "not of the form HOSTDIR:/DIR or HOSTDIR:/DIR:ro");
	*colon = '\0';
	b.directory = colon + 1;
	/* The kernel has no current directory on the host. */
	b.source = realpath(copy, NULL);
	if (b.source == NULL)
		refuse_bind(spec, strerror(errno));
	return b;
}

/* As tmpfs's option size= takes it. */
static const char *
parse_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;

	if (digits == 0 || digits > 18 || strspn(unit, "kKmMgG%") != strlen(unit) ||
	    strlen(unit) > 1)
		errx(EXIT_USAGE, "--size %s: not a size like 64m, 1g or 10%%", text);
	return text;
}

static struct options
parse_options(int argc, char *argv[])
{
	enum { SIZE = 256 };
	static const struct option longs[] = {
	    {"bind", required_argument, NULL, 'b'},
	    {"fuse", required_argument, NULL, 'f'},
	    {"net", required_argument, NULL, 'n'},
	    {"size", required_argument, NULL, SIZE},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {0};
	int c;

	while ((c = getopt_long(argc, argv, "ab:f:hn:sv", longs, NULL)) != -1) {
		switch (c) {
		case 'a':
			o.flags |= RUMP_SERVER_ANY_ADDRESS;
			break;
		case 'b':
			if (o.nbinds == BINDS_MAX)
				refuse_bind(optarg, "too many");
			o.binds[o.nbinds++] = parse_bind(optarg);
			break;
		case 'f':
			if (o.nfuses == FUSES_MAX)
				errx(EXIT_USAGE, "--fuse: too many");
			o.fuses[o.nfuses++] = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		case 'n':
			if (o.nnets == NETS_MAX)
				errx(EXIT_USAGE, "more than %d interfaces", NETS_MAX);
			o.nets[o.nnets++] = optarg;
			break;
		case SIZE:
			o.size = parse_size(optarg);
			break;
		case 's':
			o.foreground = true;
			break;
		case 'v':
			o.flags |= RUMP_SERVER_VERBOSE;
			break;
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind == argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
	return o;
}

static void
on_signal(int signo)
{
	int saved = errno;

	(void)signo;
	rump_server_halt();
	errno = saved;
}

static void
catch_signals(void)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		sigaction(ends[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(
	    SIGIO, SIG_IGN); /* somebody opens a file while the kernel looks whether it is open */
}

/* DIR=PROGRAM ARGUMENT ... */
static int
mount_fuse(char *spec)
{
	char *words[FUSE_ARGS_MAX], *command = strchr(spec, '=');
	struct fuse_program p;
	int error;

	if (command == NULL || *spec != '/')
		errx(EXIT_USAGE, "--fuse %s: not of the form /DIR=PROGRAM ARGUMENT ...", spec);
	*command++ = '\0';
	if (fuse_split(command, words) != 0 || words[0] == NULL)
		errx(EXIT_USAGE, "--fuse %s: no program, or a quote that does not end", spec);
	fuse_program_start(&p, words);
	error = rump_server_mount("fuse", words[0], spec, 0, p.options);
	fuse_program_mounted(&p, error != 0);
	return error;
}

/* Of the root file system. */
static int
set_size(const char *size)
{
	char options[64];

	snprintf(options, sizeof options, "size=%s", size);
	return rump_server_mount("tmpfs", "none", "/", MS_REMOUNT, options);
}

/* The kernel, up to the moment when clients are served. */
static int
start(const struct options *o, char *const urls[])
{
	int error = rump_server_init(o->flags);

	if (error == 0 && o->size != NULL)
		error = set_size(o->size);
	for (unsigned i = 0; error == 0 && i < o->nbinds; i++)
		error = rump_server_mount(
		    "hostfs", o->binds[i].source, o->binds[i].directory, o->binds[i].flags, NULL);
	for (unsigned i = 0; error == 0 && i < o->nnets; i++)
		error = rump_server_net(o->nets[i]);
	for (unsigned i = 0; error == 0 && i < o->nfuses; i++)
		error = mount_fuse(o->fuses[i]);
	for (; error == 0 && *urls != NULL; urls++)
		error = rump_server_listen(*urls, o->flags);
	if (error == 0) {
		catch_signals();
		error = rump_server_start();
	}
	return error;
}

static _Noreturn void
run_foreground(const struct options *o, char *const urls[])
{
	if (start(o, urls) != 0)
		errx(EXIT_SYSTEM, "%s", rump_server_message());
	rump_server_wait();
	exit(EXIT_SUCCESS);
}

/* The detached process has no terminal, no directory, and standard error only for the log. */
static void
let_go(const struct options *o, int null)
{
	if (chdir("/") != 0)
		warn("/");
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if ((o->flags & RUMP_SERVER_VERBOSE) == 0)
		dup2(null, STDERR_FILENO);
	close(null);
}

/* What the caller had open and did not mean for us would stay open as long as the kernel lives. */
static void
close_inherited(int spared)
{
	if (spared > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)spared - 1, 0);
	close_range((unsigned)spared + 1, ~0U, 0);
}

static _Noreturn void
run_detached(const struct options *o, char *const urls[], int report)
{
	int null;

	setsid();
	close_inherited(report);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0) {
		dprintf(report, "/dev/null: %m");
		exit(EXIT_SYSTEM);
	}
	if (start(o, urls) != 0) {
		dprintf(report, "%s", rump_server_message());
		exit(EXIT_SYSTEM);
	}
	let_go(o, null);
	if (write(report, "", 1) != 1)
		exit(EXIT_SYSTEM);
	close(report);
	rump_server_wait();
	exit(EXIT_SUCCESS);
}

/* In the parent: what became of it. */
static int
await_start(int report)
{
	char line[512] = "";
	size_t len = 0;
	ssize_t n;

	while (
	    len < sizeof line - 1 && (n = read(report, line + len, sizeof line - 1 - len)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	if (len == 1 && line[0] == '\0')
		return EXIT_SUCCESS;
	warnx("%s", len > 0 ? line : "the kernel died while it started");
	return EXIT_SYSTEM;
}

/* Pipes and files made below 3 would be in the way of what let_go() does. */
static void
fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char *argv[])
{
	struct options o = parse_options(argc, argv);
	char *const *urls = argv + optind;
	int report[2];

	fill_standard_fds();
	if (o.foreground)
		run_foreground(&o, urls);
	if (pipe2(report, O_CLOEXEC) != 0)
		err(EXIT_SYSTEM, "pipe");
	switch (fork()) {
	case -1:
		err(EXIT_SYSTEM, "fork");
	case 0:
		close(report[0]);
		run_detached(&o, urls, report[1]);
	default:
		close(report[1]);
		return await_start(report[0]);
	}
}
