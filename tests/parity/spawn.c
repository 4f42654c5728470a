/* SPDX-License-Identifier: BSD-2-Clause */
/* posix_spawn: every file action and attribute, in both kernels, and what it says when it fails. */
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <utmp.h>

#include "parity.h"

extern char **environ;

static posix_spawn_file_actions_t actions;
static posix_spawnattr_t attr;

/* `prog arg` with what was added to the actions and attributes; they are empty again after it. */
static void
spawn_as(const char *how, const char *file, const char *arg, bool search)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)arg, NULL};
	int status, error;
	pid_t pid = -7;

	error = (search ? posix_spawnp : posix_spawn)(&pid, file, &actions, &attr, argv, environ);
	if (error != 0) {
		SAY("%s: not spawned: %s%s", how, strerrorname_np(error),
		    pid == -7 ? "" : ", pid!");
	} else {
		MUST(waitpid(pid, &status, 0));
		SAY("%s: exit %d signal %d", how, WEXITSTATUS(status),
		    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
}

static void
shell(const char *how, const char *script)
{
	spawn_as(how, "/bin/sh", script, false);
}

static void
begin(void)
{
	MUST(posix_spawn_file_actions_init(&actions));
	MUST(posix_spawnattr_init(&attr));
}

static void
put(const char *path, const char *text, mode_t mode)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));

	MUST(write(fd, text, strlen(text)));
	MUST(close(fd));
}

static void
show(const char *path)
{
	char text[512];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (n < 0) {
		SAY("%s: %s", path, strerrorname_np(errno));
		return;
	}
	text[n] = '\0';
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		SAY("%s: %s", path, line);
	close(fd);
}

/* The test's directory, absolute. */
static const char *
here(const char *name)
{
	static char path[4096];

	if (getcwd(path, sizeof path) == NULL)
		exit(1);
	strcat(strcat(path, "/"), name);
	return path;
}

TEST(open_and_redirect)
{
	begin();
	put("in", "one\ntwo\n", 0644);
	posix_spawn_file_actions_addopen(&actions, 0, "in", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
	    &actions, 1, here("out"), O_WRONLY | O_CREAT | O_EXCL, 0640);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	shell("both", "cat; echo error >&2");
	show("out");
	posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT | O_EXCL, 0640);
	shell("exists", ":");
	posix_spawn_file_actions_addopen(&actions, 0, "missing", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "never", O_WRONLY | O_CREAT, 0644);
	shell("missing", ":");
	show("never");
	posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_APPEND, 0);
	shell("append", "echo three");
	show("out");
	posix_spawn_file_actions_addopen(&actions, 9, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 8, "in", O_RDONLY | O_CLOEXEC, 0);
	shell("cloexec", "(: >&9) && ! (: <&8) 2>&9");
}

TEST(umask_of_the_child)
{
	struct stat st;

	begin();
	umask(027);
	posix_spawn_file_actions_addopen(&actions, 1, "made", O_WRONLY | O_CREAT, 0666);
	shell("umask", "umask");
	show("made");
	MUST(stat("made", &st));
	SAY("mode %o", st.st_mode & 07777);
}

TEST(close_and_dup)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644));

	begin();
	MUST(dup2(fd, 9));
	posix_spawn_file_actions_addclose(&actions, 9);
	posix_spawn_file_actions_addclose(&actions, 47);
	shell("close", "(: >&9) 2>/dev/null");
	posix_spawn_file_actions_adddup2(&actions, 9, 9);
	shell("same", "echo through >&9");
	MUST(dup3(fd, 8, O_CLOEXEC));
	posix_spawn_file_actions_adddup2(&actions, 8, 8);
	shell("cleared", "echo twice >&8");
	shell("kept in the parent", "(: >&8) 2>/dev/null");
	posix_spawn_file_actions_adddup2(&actions, 47, 1);
	shell("from nothing", ":");
	show("f");
	for (int to = 3; to < 40; to++)
		posix_spawn_file_actions_adddup2(&actions, fd, to);
	shell("everywhere", "echo again >&3; echo high >>/proc/self/fd/39; echo x >f2; cat f2 >&4");
	show("f");
}

TEST(closefrom)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	begin();
	MUST(dup2(fd, 9));
	MUST(dup2(fd, 50));
	posix_spawn_file_actions_addclosefrom_np(&actions, 10);
	shell(
	    "from 10", "echo kept >&9; echo made >g; ls -1 /proc/self/fd | grep -cE '^[0-9]$' >>g");
	show("f");
	show("g");
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	posix_spawn_file_actions_addopen(&actions, 9, "h", O_WRONLY | O_CREAT, 0644);
	shell("from 3", "echo opened >&9; cat h >i");
	show("i");
}

TEST(directories)
{
	int d;

	begin();
	MUST(mkdir("d", 0755));
	MUST(mkdir("d/e", 0755));
	put("d/s", "echo script in $(basename \"$PWD\") >>out", 0755);
	posix_spawn_file_actions_addchdir_np(&actions, "d");
	shell("chdir", "basename $(pwd) >out; . ./s");
	show("d/out");
	posix_spawn_file_actions_addchdir_np(&actions, here("d"));
	posix_spawn_file_actions_addchdir_np(&actions, "e");
	posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT, 0644);
	shell("twice", "basename $(pwd)");
	show("d/e/out");
	d = MUST(open("d", O_RDONLY | O_DIRECTORY));
	posix_spawn_file_actions_addfchdir_np(&actions, d);
	posix_spawn_file_actions_addopen(&actions, 1, "out2", O_WRONLY | O_CREAT, 0644);
	shell("fchdir", "basename $(pwd); ls");
	show("d/out2");
	posix_spawn_file_actions_addchdir_np(&actions, "/usr");
	posix_spawn_file_actions_addopen(&actions, 1, here("out3"), O_WRONLY | O_CREAT, 0644);
	shell("the host's", "pwd; cd bin; pwd");
	show("out3");
	posix_spawn_file_actions_addchdir_np(&actions, "missing");
	shell("missing", ":");
	posix_spawn_file_actions_addchdir_np(&actions, "d/s");
	shell("a file", ":");
	posix_spawn_file_actions_addfchdir_np(&actions, 47);
	shell("nothing", ":");
	posix_spawn_file_actions_addchdir_np(&actions, "d");
	posix_spawn_file_actions_addchdir_np(&actions, "..");
	shell("and back", "ls >list");
	show("list");
	SAY("own directory still here: %d", access("d/e", F_OK));
}

TEST(program_in_directory)
{
	begin();
	MUST(mkdir("d", 0755));
	put("d/prog", "#!/bin/sh\necho ran \"$@\" >result\n", 0755);
	posix_spawn_file_actions_addchdir_np(&actions, "d");
	spawn_as("relative", "./prog", "x", false);
	show("d/result");
	spawn_as("not here", "./prog", "x", false);
	setenv("PATH", "/bin:.:/usr/bin", 1);
	posix_spawn_file_actions_addchdir_np(&actions, "d");
	spawn_as("searched", "prog", "y", true);
	show("d/result");
	spawn_as("searched not here", "prog", "y", true);
	setenv("PATH", here("d"), 1);
	spawn_as("searched there", "prog", "z", true);
	show("result");
	put("d/plain", "echo no interpreter\n", 0755);
	spawn_as("no format", "plain", "z", true);
	MUST(chmod("d/prog", 0644));
	spawn_as("not executable", "prog", "z", true);
	spawn_as("nowhere", "nowhere", "z", true);
	spawn_as("empty", "", "z", true);
	spawn_as("directory", "d", "z", false);
	spawn_as("below a file", "d/prog/x", "z", false);
	unsetenv("PATH");
	spawn_as("default path", "true", "z", true);
}

TEST(bad_descriptors)
{
	begin();
	TRY(posix_spawn_file_actions_addopen(&actions, -1, "f", O_RDONLY, 0) == EBADF);
	TRY(posix_spawn_file_actions_addclose(&actions, -1) == EBADF);
	TRY(posix_spawn_file_actions_adddup2(&actions, -1, 1) == EBADF);
	TRY(posix_spawn_file_actions_adddup2(&actions, 1, 1 << 30) == EBADF);
	TRY(posix_spawn_file_actions_addclosefrom_np(&actions, -1) == EBADF);
	TRY(posix_spawn_file_actions_addtcsetpgrp_np(&actions, -1) == EBADF);
	shell("nothing was added", ":");
}

static void
on_signal(int sig)
{
	(void)sig;
}

TEST(signals)
{
	sigset_t set;

	begin();
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	posix_spawn_file_actions_addopen(&actions, 1, "plain", O_WRONLY | O_CREAT, 0644);
	shell("plain", "sed -nE 's/^(Sig(Blk|Ign|Cgt)).*(.{7})$/\\1 \\3/p' /proc/self/status");
	show("plain");
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	posix_spawnattr_setsigdefault(&attr, &set);
	sigaddset(&set, SIGTERM);
	posix_spawnattr_setsigmask(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_addopen(&actions, 1, "set", O_WRONLY | O_CREAT, 0644);
	shell("set", "sed -nE 's/^(Sig(Blk|Ign|Cgt)).*(.{7})$/\\1 \\3/p' /proc/self/status");
	show("set");
	sigprocmask(SIG_SETMASK, NULL, &set);
	SAY("parent: WINCH blocked %d TERM blocked %d", sigismember(&set, SIGWINCH),
	    sigismember(&set, SIGTERM));
}

TEST(groups_and_sessions)
{
	begin();
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	shell("own group", "set -- $(cat /proc/$$/stat); [ $1 = $5 ] && [ $1 != $6 ]");
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
	shell("own session", "set -- $(cat /proc/$$/stat); [ $1 = $5 ] && [ $1 = $6 ]");
	posix_spawnattr_setpgroup(&attr, 1 << 22);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	shell("no such group", ":");
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_RESETIDS | POSIX_SPAWN_USEVFORK);
	shell("same ids", "id -u >id; test -s id");
	TRY(posix_spawnattr_setflags(&attr, 0x4000) == EINVAL);
}

TEST(effective_ids)
{
	begin();
	if (geteuid() != 0)
		return;
	MUST(chmod(".", 0777));
	MUST(seteuid(1234));
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_RESETIDS);
	shell("reset", "id -u >reset; test -O reset");
	show("reset");
	SAY("parent %d", (int)geteuid());
}

TEST(scheduling)
{
	struct sched_param param = {0};

	begin();
	posix_spawnattr_setschedparam(&attr, &param);
	posix_spawnattr_setschedpolicy(&attr, SCHED_BATCH);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSCHEDULER);
	shell("batch", "set -- $(cat /proc/$$/stat); exit ${41}");
	param.sched_priority = 12345;
	posix_spawnattr_setschedparam(&attr, &param);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSCHEDPARAM);
	shell("bad priority", ":");
}

TEST(terminal)
{
	int master, slave;

	begin();
	MUST(openpty(&master, &slave, NULL, NULL, NULL));
	if (MUST(fork()) == 0) {
		MUST(setsid());
		TRY(login_tty(slave));
		posix_spawnattr_setpgroup(&attr, 0);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
		posix_spawn_file_actions_addtcsetpgrp_np(&actions, 0);
		_exit(posix_spawn(&(pid_t){0}, "/bin/sh", &actions, &attr,
			  (char *[]){(char *)"sh", (char *)"-c",
			      (char *)"set -- $(cat /proc/$$/stat); [ $5 = $8 ] && echo yes >f",
			      NULL},
			  environ) != 0 ||
		      wait(NULL) < 0);
	}
	MUST(wait(NULL));
	posix_spawn_file_actions_addtcsetpgrp_np(&actions, master);
	shell("not ours", ":");
	posix_spawn_file_actions_addtcsetpgrp_np(&actions, 47);
	shell("not open", ":");
}

/* The program need not be hijacked to use what it inherits, and no environment is needed. */
TEST(environments)
{
	char *argv[] = {
	    (char *)"sh", (char *)"-c", (char *)"cat <&7; pwd >/dev/null; echo $A", NULL};
	char *empty[] = {NULL}, *one[] = {(char *)"A=value", NULL};
	pid_t pid;
	int status;

	begin();
	put("in", "input\n", 0644);
	posix_spawn_file_actions_addopen(&actions, 7, "in", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT, 0644);
	TRY(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, empty));
	MUST(waitpid(pid, &status, 0));
	SAY("status %d", status);
	show("out");
	posix_spawn_file_actions_addopen(&actions, 7, "in", O_RDONLY, 0);
	TRY(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, one));
	MUST(waitpid(pid, &status, 0));
	SAY("status %d", status);
	show("out");
}

TEST(children_of_ours)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"echo $PPID >ppid; mkdir m", NULL};
	pid_t pid;
	int status, fd;
	char text[20] = "";

	for (int i = 0; i < 20; i++) {
		TRY(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ));
		MUST(waitpid(pid, &status, 0));
		TRY(rmdir("m"));
	}
	fd = MUST(open("ppid", O_RDONLY));
	MUST(read(fd, text, sizeof text - 1));
	SAY("our child: %d", atoi(text) == getpid());
}

int
main(void)
{
	return parity_main();
}
