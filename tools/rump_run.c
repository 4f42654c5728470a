/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rump run: a program in a rump kernel of its own, or in a running one.
 *
 * With --server nothing is left to do after the environment is set, so the program takes our place.
 * Otherwise we stay: every signal is blocked and taken one at a time by sigwaitinfo(2), so there
 * are no handlers and no races.  Signals that somebody sent us go on to the program; those that the
 * terminal sent reached it already.  When the program has ended the kernel is halted and we end
 * as the program did.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rump_tool.h"

/* What a shell says of a program that cannot be run. */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

struct options {
	const char *server;
	const char *hijack;
	const char *trace;
	struct kernel_options kernel;
};

static void
usage(FILE *out)
{
	fprintf(out,
	    "usage: rump run [-b HOSTDIR:DIR[:ro]] ... [-e SPEC] [-n NET] ... [-s URL]\n"
	    "                [-t FILE] [--] PROGRAM [ARGUMENT ...]\n\n"
	    "Runs PROGRAM in a kernel that is started for it and halted after it.\n\n"
	    "  -b, --bind HOSTDIR:DIR[:ro]\n"
	    "                      the host's HOSTDIR is DIR in the kernel (ro: read-only)\n"
	    "  -e, --hijack SPEC   what goes to the rump kernel: sets RUMPHIJACK\n"
	    "  -n, --net NET       give the kernel a network interface, as rump_server(1) says\n"
	    "  -s, --server URL    join the running kernel at URL instead\n"
	    "  -t, --trace FILE    write the calls that go to the rump kernel to FILE\n"
	    "  -h, --help          this text\n\n"
	    "Exit status: PROGRAM's; 128 + N if signal N killed it; 126 or 127 if it could not be\n"
	    "run or found; 100 for wrong usage; 111 if there is no kernel.\n");
}

static void
add_option(struct kernel_options *o, const char *option, const char *value)
{
	if (o->nwords + 2 > KERNEL_OPTIONS_MAX)
		errx(EXIT_USAGE, "too many options for the kernel");
	o->words[o->nwords++] = option;
	o->words[o->nwords++] = value;
}

/* Returns the index of the program in argv. */
static int
parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"bind", required_argument, NULL, 'b'},
	    {"hijack", required_argument, NULL, 'e'},
	    {"net", required_argument, NULL, 'n'},
	    {"server", required_argument, NULL, 's'},
	    {"trace", required_argument, NULL, 't'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "+b:e:n:s:t:h", longs, NULL)) != -1) {
		switch (c) {
		case 'b':
			add_option(&o->kernel, "--bind", optarg);
			break;
		case 'e':
			o->hijack = optarg;
			break;
		case 'n':
			add_option(&o->kernel, "--net", optarg);
			break;
		case 's':
			o->server = optarg;
			break;
		case 't':
			o->trace = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind == argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
	return optind;
}

static void
set_env(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		err(EXIT_SYSTEM, "%s", name);
}

/* The program may change its directory before it opens the file. */
static void
set_trace(const char *file)
{
	char path[PATH_MAX], cwd[PATH_MAX];

	if (file[0] == '/') {
		set_env("RUMP_TRACE", file);
		return;
	}
	if (getcwd(cwd, sizeof cwd) == NULL)
		err(EXIT_SYSTEM, "getcwd");
	if (snprintf(path, sizeof path, "%s/%s", cwd, file) >= (int)sizeof path)
		errx(EXIT_SYSTEM, "%s: path too long", file);
	set_env("RUMP_TRACE", path);
}

/* Ours comes first; what was preloaded before is kept. */
static void
set_preload(const char *lib)
{
	const char *others = getenv("LD_PRELOAD");
	char *value;

	if (others == NULL || *others == '\0') {
		set_env("LD_PRELOAD", lib);
		return;
	}
	if (asprintf(&value, "%s:%s", lib, others) == -1)
		err(EXIT_SYSTEM, "LD_PRELOAD");
	set_env("LD_PRELOAD", value);
	free(value);
}

/* The last thing done before the program runs: from here on nothing else may be started. */
static void
set_environment(const struct options *o, const char *url)
{
	char lib[PATH_MAX];

	tool_find_hijack(lib);
	set_env("RUMP_SERVER", url);
	if (o->hijack != NULL)
		set_env("RUMPHIJACK", o->hijack);
	if (o->trace != NULL)
		set_trace(o->trace);
	set_preload(lib);
}

static _Noreturn void
exec_program(char **argv)
{
	int error;

	execvp(argv[0], argv);
	error = errno;
	warn("%s", argv[0]);
	_exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

static int
status_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* Waits for the program to end, handing signals on. */
static int
supervise(pid_t program, const struct kernel *k, const sigset_t *all)
{
	siginfo_t si;
	int status;

	for (;;) {
		if (sigwaitinfo(all, &si) == -1)
			continue;
		if (si.si_signo != SIGCHLD) {
			if (si.si_code <= 0)
				kill(program, si.si_signo);
			continue;
		}
		if (waitpid(program, &status, WNOHANG) == program)
			return status_of(status);
		if (si.si_pid == k->pid && si.si_code != CLD_STOPPED && si.si_code != CLD_CONTINUED)
			warnx("the kernel has ended while the program runs");
	}
}

/* Signals that a stop of the job needs stay as they are. */
static void
block_signals(sigset_t *ret_all, sigset_t *ret_before)
{
	sigfillset(ret_all);
	sigdelset(ret_all, SIGTSTP);
	sigdelset(ret_all, SIGTTIN);
	sigdelset(ret_all, SIGTTOU);
	sigdelset(ret_all, SIGCONT);
	sigprocmask(SIG_BLOCK, ret_all, ret_before);
}

static int
run_in_own_kernel(const struct options *o, char **argv)
{
	struct kernel k;
	sigset_t all, before;
	pid_t program;
	int status;

	block_signals(&all, &before);
	kernel_start(&k, &o->kernel);
	program = fork();
	if (program == 0) {
		set_environment(o, k.url);
		sigprocmask(SIG_SETMASK, &before, NULL);
		exec_program(argv);
	}
	if (program == -1) {
		warn("fork");
		status = EXIT_SYSTEM;
	} else {
		status = supervise(program, &k, &all);
	}
	kernel_stop(&k);
	return status;
}

int
rump_run(int argc, char **argv)
{
	struct options o = {0};
	int first = parse(argc, argv, &o);
	const char *why = check_program(argv[first]);

	if (why != NULL)
		warnx("%s cannot be hijacked: %s; it runs on the host's kernel", argv[first], why);
	if (o.server != NULL && o.kernel.nwords > 0)
		errx(EXIT_USAGE, "%s is for a kernel that is started, not for a running one",
		    o.kernel.words[0]);
	if (o.server == NULL)
		return run_in_own_kernel(&o, argv + first);
	set_environment(&o, o.server);
	exec_program(argv + first);
}
