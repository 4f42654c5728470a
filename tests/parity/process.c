/* SPDX-License-Identifier: BSD-2-Clause */
/* fork, exec and spawn with open files and directories. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>

#include "parity.h"

extern char **environ;
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

static void
put(const char *path, const char *text, mode_t mode)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));

	MUST(write(fd, text, strlen(text)));
	MUST(close(fd));
}

/* What programs print between the two goes to a file, and then out line by line. */
static int
capture(void)
{
	int saved = MUST(dup(1));
	int fd = MUST(open("output", O_CREAT | O_TRUNC | O_RDWR, 0644));

	MUST(dup2(fd, 1));
	MUST(close(fd));
	return saved;
}

static void
release(int saved)
{
	char text[4096];
	char *rest = text;
	const char *line;
	ssize_t n = MUST(pread(1, text, sizeof text - 1, 0));

	MUST(dup2(saved, 1));
	MUST(close(saved));
	text[n] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		SAY("printed: %s", line);
}

/* Of posix_spawn, with *pid set by it. */
static void
say_spawned(int error, const pid_t *pid)
{
	if (error == 0)
		say_end(*pid);
	else
		SAY("not spawned: %s", strerrorname_np(error));
}

TEST(inherited_descriptors)
{
	char buf[16] = "";
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	pid_t pid;

	MUST(write(fd, "parent ", 7));
	pid = MUST(fork());
	if (pid == 0) {
		TRY(write(fd, "child", 5));
		TRY(access("f", F_OK));
		TRY(close(fd));
		_exit(7);
	}
	say_end(pid);
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(pread(fd, buf, 12, 0));
	SAY("%s", buf);
}

TEST(many_children)
{
	int bad = 0, status;

	MUST(mkdir("d", 0755));
	for (int i = 0; i < 20; i++) {
		char name[16];

		sprintf(name, "d/%d", i);
		if (MUST(fork()) == 0)
			_exit(mkdir(name, 0755) == 0 ? 0 : 1);
	}
	for (int i = 0; i < 20; i++) {
		MUST(wait(&status));
		bad += status != 0;
	}
	SAY("failed %d", bad);
	TRY(rmdir("d"));
}

TEST(grandchildren)
{
	pid_t pid = MUST(fork());

	if (pid == 0) {
		pid = MUST(fork());
		if (pid == 0) {
			TRY(mkdir("deep", 0755));
			_exit(3);
		}
		say_end(pid);
		TRY(rmdir("deep"));
		_exit(4);
	}
	say_end(pid);
}

TEST(vforking)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execlp("sh", "sh", "-c", "echo made >f", NULL);
		_exit(1);
	}
	say_end(pid);
	TRY(access("f", F_OK));
}

TEST(exec_keeps_descriptors)
{
	int fd = MUST(open("f", O_CREAT | O_RDWR, 0644));
	int hidden = MUST(open("g", O_CREAT | O_RDWR | O_CLOEXEC, 0644));
	pid_t pid;
	int saved = capture();

	MUST(dup2(fd, 8));
	MUST(dup3(hidden, 9, O_CLOEXEC));
	pid = MUST(fork());
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c",
		    "echo through >&8; (echo x >&9) 2>/dev/null && echo leaked; cat f; ls | sort",
		    NULL);
		_exit(1);
	}
	say_end(pid);
	release(saved);
}

TEST(exec_in_directory)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"echo content >f && cat ./f", NULL};
	pid_t pid;
	int saved = capture();

	MUST(mkdir("d", 0755));
	MUST(chdir("d"));
	pid = MUST(fork());
	if (pid == 0) {
		execv("/bin/sh", argv);
		_exit(1);
	}
	say_end(pid);
	say_spawned(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), &pid);
	release(saved);
}

TEST(exec_errors)
{
	char *argv[] = {(char *)"x", NULL};

	put("plain", "echo not a program\n", 0755);
	put("noexec", "#!/bin/sh\n", 0644);
	put("lost", "#!/missing/interpreter\n", 0755);
	MUST(mkdir("d", 0755));
	TRY(execv("missing", argv));
	TRY(execv("noexec", argv));
	TRY(execv("d", argv));
	TRY(execv("plain", argv));
	TRY(execv("lost", argv));
	TRY(execv("", argv));
	TRY(execvp("no-such-program", argv));
	TRY(execvp("", argv));
	SAY("still works %d", access("plain", F_OK));
}

TEST(scripts)
{
	char *argv[] = {(char *)"script", (char *)"one", (char *)"two", NULL};
	pid_t pid;
	int saved = capture();

	put("script", "#!/bin/sh -e\necho \"$0\" \"$@\"\n", 0755);
	put("meta", "#!./script  with an argument \n", 0755);
	put("plain", "echo plain \"$0\" \"$@\"\n", 0755);
	pid = MUST(fork());
	if (pid == 0) {
		execv("./script", argv);
		_exit(1);
	}
	say_end(pid);
	pid = MUST(fork());
	if (pid == 0) {
		execv("./meta", argv);
		_exit(1);
	}
	say_end(pid);
	pid = MUST(fork());
	if (pid == 0) {
		execvp("./plain", argv);
		_exit(1);
	}
	say_end(pid);
	say_spawned(posix_spawn(&pid, "./script", NULL, NULL, argv, environ), &pid);
	release(saved);
}

TEST(programs)
{
	char *argv[] = {(char *)"echo", (char *)"from a copy", NULL};
	char buf[65536];
	int from = MUST(open("/bin/echo", O_RDONLY));
	int to = MUST(open("echo", O_CREAT | O_WRONLY, 0755));
	ssize_t n;
	pid_t pid;
	int saved = capture();

	while ((n = MUST(read(from, buf, sizeof buf))) > 0)
		MUST(write(to, buf, (size_t)n));
	MUST(close(to));
	pid = MUST(fork());
	if (pid == 0) {
		execv("./echo", argv);
		_exit(1);
	}
	say_end(pid);
	setenv("PATH", ".:/bin:/usr/bin", 1);
	say_spawned(posix_spawnp(&pid, "echo", NULL, NULL, argv, environ), &pid);
	pid = MUST(fork());
	if (pid == 0) {
		fexecve(MUST(open("echo", O_RDONLY)), argv, environ);
		_exit(1);
	}
	say_end(pid);
	release(saved);
}

TEST(spawn_actions)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"cat; echo done", NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int saved = capture();

	put("f", "from the file\n", 0644);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, MUST(open("f", O_RDONLY | O_CLOEXEC)), 0);
	say_spawned(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, environ), &pid);
	release(saved);
}

static void *
make_directories(void *prefix)
{
	char name[32];

	for (int i = 0; i < 50; i++) {
		sprintf(name, "%s%d", (char *)prefix, i);
		if (mkdir(name, 0755) != 0 || rmdir(name) != 0)
			return prefix;
	}
	return NULL;
}

TEST(threads)
{
	pthread_t threads[4];
	char names[4][4] = {"a", "b", "c", "d"};
	void *result;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, make_directories, names[i]);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		SAY("thread %d: %s", i, result == NULL ? "well" : "failed");
	}
}

TEST(redirection)
{
	int saved = capture();

	MUST(system("echo one >f; echo two >>f; cat <f; cat f f >g; wc -l <g | tr -d ' '") < 0 ? -1
											       : 0);
	MUST(system("exec 5>h; echo five >&5; exec 5>&-; cat h; : >h; test -s h || echo empty"));
	release(saved);
}

static int
cloned(void *arg)
{
	TRY(mkdir(arg, 0755));
	TRY(chdir(arg));
	return 5;
}

TEST(cloning)
{
	static char stack[65536] __attribute__((aligned(16)));
	char name[] = "d";
	pid_t pid = MUST(clone(cloned, stack + sizeof stack, SIGCHLD, name));

	say_end(pid);
	TRY(access("d", F_OK));
	TRY(clone(NULL, stack + sizeof stack, SIGCHLD, NULL));
	pid = MUST(__clone(cloned, stack + sizeof stack, SIGCHLD | CLONE_VFORK, name));
	say_end(pid);
	pid = MUST(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0));
	if (pid == 0) {
		TRY(rmdir("d"));
		_exit(6);
	}
	say_end(pid);
}

static int prepared, parents, children;

static void
on_prepare(void)
{
	prepared++;
}

static void
on_parent(void)
{
	parents++;
}

static void
on_child(void)
{
	children++;
	TRY(access("f", F_OK));
}

TEST(atfork)
{
	pid_t (*const forks[])(void) = {fork, vfork, _Fork};

	put("f", "x", 0644);
	MUST(pthread_atfork(on_prepare, on_parent, on_child));
	for (int i = 0; i < 3; i++) {
		pid_t pid = MUST(forks[i]());

		if (pid == 0)
			_exit(children);
		say_end(pid);
		SAY("%d: prepared %d parents %d children %d", i, prepared, parents, children);
	}
}

/* The parent of vfork goes on only after the child's exec or end. */
TEST(vfork_waits)
{
	struct stat st;
	pid_t pid = vfork();

	if (pid == 0) {
		usleep(100000);
		_exit(mkdir("done", 0755));
	}
	SAY("done %d", stat("done", &st));
	say_end(pid);
}

/* A process is named by a descriptor: one made for that, or its directory in /proc. */
TEST(signal_by_descriptor)
{
	char path[32];
	int fd, made = MUST(open("f", O_CREAT | O_RDWR, 0644));
	pid_t pid = MUST(fork());

	if (pid == 0) {
		pause();
		_exit(1);
	}
	snprintf(path, sizeof path, "/proc/%d", pid);
	fd = MUST(open(path, O_RDONLY | O_DIRECTORY));
	TRY(pidfd_send_signal(fd, 0, NULL, 0));
	TRY(pidfd_send_signal(made, 0, NULL, 0));
	TRY(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 9));
	close(fd);
	fd = MUST((int)syscall(SYS_pidfd_open, pid, 0));
	TRY(pidfd_send_signal(fd, SIGTERM, NULL, 0));
	say_end(pid);
	TRY(pidfd_send_signal(fd, SIGTERM, NULL, 0));
}

TEST(buffers)
{
	int saved = capture();
	pid_t pid;

	setvbuf(stdout, NULL, _IOFBF, 4096);
	printf("once or twice\n");
	pid = MUST(fork());
	if (pid == 0)
		exit(3);
	waitpid(pid, NULL, 0);
	printf("before\n");
	fflush(stdout);
	TRY(system("echo shell"));
	printf("after\n");
	fflush(stdout);
	release(saved);
}

TEST(shells)
{
	char line[100];
	FILE *in, *out;

	MUST(mkdir("d", 0755));
	MUST(chdir("d"));
	put("f", "content\n", 0644);
	TRY(system("basename $(pwd); cat f >g; exit 3"));
	TRY(system("kill -TERM $$"));
	TRY(system(NULL));
	in = popen("cat f; basename $(pwd)", "r");
	while (fgets(line, sizeof line, in) != NULL)
		SAY("read %s", strtok(line, "\n"));
	TRY(pclose(in));
	out = popen("cat >h", "we");
	in = popen("! (: >&9) 2>/dev/null; echo $?; exit 4", "r");
	fprintf(out, "through the pipe\n");
	SAY("flags %d %d", fcntl(fileno(out), F_GETFD), fcntl(fileno(in), F_GETFD));
	SAY("read %s", fgets(line, sizeof line, in) != NULL ? strtok(line, "\n") : "nothing");
	TRY(pclose(out));
	TRY(pclose(in));
	TRY(system("cat h g >i; test -s i"));
	TRY(popen("true", "x") == NULL);
	TRY(popen("true", "rw") == NULL);
	TRY(popen("true", "") == NULL);
}

/* A stream of popen that another shell inherits never ends for its reader. */
TEST(streams_of_others)
{
	FILE *first = popen("cat >f", "w"), *second = popen("cat >g", "w");

	fprintf(first, "one\n");
	fprintf(second, "two\n");
	TRY(pclose(first));
	TRY(pclose(second));
	TRY(system("cat f g >h; test $(wc -l <h) = 2"));
}

TEST(names)
{
	pid_t pid;
	int saved = capture();

	put("script-name", "#!/bin/sh\ncat /proc/$$/comm\n", 0755);
	MUST(system("cp /bin/cat my-cat; ./my-cat /proc/self/comm; ./script-name"));
	pid = MUST(fork());
	if (pid == 0) {
		execl("./my-cat", "another", "/proc/self/comm", NULL);
		_exit(1);
	}
	say_end(pid);
	release(saved);
}

/* A script of the host whose interpreter is not. */
TEST(interpreters)
{
	char script[] = "/tmp/parity.XXXXXX", cwd[4096], line[5000];
	char *argv[] = {script, (char *)"arg", NULL};
	int fd = MUST(mkstemp(script));
	pid_t pid;
	int saved = capture();

	MUST(system("cp /bin/echo my-echo"));
	getcwd(cwd, sizeof cwd);
	snprintf(line, sizeof line, "#!%s/my-echo ran by\n", cwd);
	MUST(write(fd, line, strlen(line)));
	MUST(fchmod(fd, 0755));
	MUST(close(fd));
	MUST(rename(script, "/tmp/parity-script"));
	argv[0] = strcpy(script, "/tmp/parity-script");
	say_spawned(posix_spawn(&pid, script, NULL, NULL, argv, environ), &pid);
	pid = MUST(fork());
	if (pid == 0) {
		execv(script, argv);
		_exit(1);
	}
	say_end(pid);
	unlink(script);
	release(saved);
}

int
main(void)
{
	return parity_main();
}
