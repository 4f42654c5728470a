/* SPDX-License-Identifier: BSD-2-Clause */
/* The two worlds: setting up, notes, and what the file system needs of the rest of the kernel. */
#include "world.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "kern/hostdir.h"
#include "kern/usercopy.h"
#include "syscall/sys_proto.h"
#include "vfs/vfs.h"

/* The client's memory is ours. */
static int
copy_in(struct lwp *l, uaddr_t addr, void *dst, size_t len)
{
	(void)l;
	memcpy(dst, (const void *)(uintptr_t)addr, len);
	return 0;
}

static int
copy_instr(struct lwp *l, uaddr_t addr, char *dst, size_t size, size_t *ret_len)
{
	const char *s = (const char *)(uintptr_t)addr;
	size_t len = strnlen(s, size);

	(void)l;
	if (len == size)
		return ENAMETOOLONG;
	memcpy(dst, s, len + 1);
	*ret_len = len;
	return 0;
}

static int
copy_out(struct lwp *l, uaddr_t addr, const void *src, size_t len)
{
	(void)l;
	memcpy((void *)(uintptr_t)addr, src, len);
	return 0;
}

static const struct usercopy own_memory = {.in = copy_in, .instr = copy_instr, .out = copy_out};

/* The giant lock: a test holds it from world_rump_begin() to world_rump_end(). */
pthread_mutex_t world_giant = PTHREAD_MUTEX_INITIALIZER;

int
kern_poll_firmly(struct lwp *l, struct pollfd *fds, unsigned nfds, const struct timespec *deadline,
    bool *interrupted)
{
	int n;

	(void)l;
	(void)interrupted;
	pthread_mutex_unlock(&world_giant);
	n = poll(fds, nfds, deadline == NULL ? 5000 : 5);
	pthread_mutex_lock(&world_giant);
	return n == 0 ? ETIMEDOUT : 0;
}

void
kern_release(void)
{
	pthread_mutex_unlock(&world_giant);
}

void
kern_reacquire(void)
{
	pthread_mutex_lock(&world_giant);
}

struct start {
	void (*main)(void *);
	void *arg;
};

static void *
run(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	pthread_mutex_lock(&world_giant);
	start.main(start.arg);
	pthread_mutex_unlock(&world_giant);
	return NULL;
}

int
kthread_start(void (*main)(void *), void *arg)
{
	struct start *start = malloc(sizeof *start);
	pthread_t thread;

	*start = (struct start){main, arg};
	pthread_create(&thread, NULL, run, start);
	pthread_detach(thread);
	return 0;
}

int
kern_watch(int fd, void (*ready)(void))
{
	(void)fd;
	(void)ready;
	return 0;
}

int
kern_wait(struct lwp *l, int fd, short events, const struct timespec *deadline)
{
	struct pollfd p[2] = {
	    {.fd = fd, .events = events}, {.fd = l->interrupt_fd, .events = POLLIN}};
	int n;

	pthread_mutex_unlock(&world_giant);
	n = poll(p, 2, deadline == NULL ? 5000 : 5);
	pthread_mutex_lock(&world_giant);
	if (n == 0)
		return ETIMEDOUT;
	return p[1].revents != 0 ? EINTR : 0;
}

static char hostdir[HOSTDIR_PATH_MAX];

const char *
server_names_dir(void)
{
	return hostdir;
}

void
world_rump_begin(struct world *w)
{
	*w = (struct world){
	    .l = {.copy = &own_memory, .interrupt_fd = -1, .in_fd = -1, .out_fd = -1}};
	pthread_mutex_lock(&world_giant);
	strcpy(hostdir, "/tmp/rumpvfs.XXXXXX");
	assert_non_null(mkdtemp(hostdir));
	assert_int_equal(vfs_init(), 0);
	assert_int_equal(proc_init(), 0);
	assert_int_equal(proc_new(proc_init_p, false, &w->l.proc), 0);
	w->l.proc->umask = 022;
	assert_int_equal(w_mkdir(w, "/tmp/base", 0777), 0);
	assert_int_equal(w_chmod(w, "/tmp/base", 0777), 0);
	assert_int_equal(w_chdir(w, "/tmp/base"), 0);
}

void
world_rump_end(struct world *w)
{
	proc_exit(w->l.proc);
	proc_exit(proc_init_p);
	vfs_fini();
	assert_int_equal(rmdir(hostdir), 0);
	pthread_mutex_unlock(&world_giant);
}

static void
run_in_rump(void (*scenario)(struct world *), struct world *w)
{
	world_rump_begin(w);
	w->out = open_memstream(&w->notes, &w->notes_len);
	scenario(w);
	fclose(w->out);
	world_rump_end(w);
}

static void
run_on_host(void (*scenario)(struct world *), struct world *w)
{
	char dir[] = "/dev/shm/rumpvfs.XXXXXX", command[64];

	*w = (struct world){.host = true};
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(chdir(dir), 0);
	umask(022);
	w->out = open_memstream(&w->notes, &w->notes_len);
	scenario(w);
	fclose(w->out);
	as_root(w);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

/* Fails with the first line that differs. */
static void
compare(const char *rump, const char *host)
{
	const char *r = rump, *h = host;
	size_t rn, hn;

	for (; *r != '\0' || *h != '\0'; r += rn + (r[rn] != '\0'), h += hn + (h[hn] != '\0')) {
		rn = strcspn(r, "\n");
		hn = strcspn(h, "\n");
		if (rn != hn || memcmp(r, h, rn) != 0)
			fail_msg("rump: %.*s    host: %.*s", (int)rn, r, (int)hn, h);
	}
}

void
world_compare(void (*scenario)(struct world *))
{
	struct world rump, host;

	if (getuid() != 0) {
		skip();
		return;
	}
	run_on_host(scenario, &host);
	run_in_rump(scenario, &rump);
	compare(rump.notes, host.notes);
	free(rump.notes);
	free(host.notes);
}

void
world_note(struct world *w, const char *text, long value)
{
	if (value < 0 && value > -4096)
		fprintf(w->out, "%s = %s\n", text, strerrorname_np((int)-value));
	else
		fprintf(w->out, "%s = %ld\n", text, value);
}

void
world_note_text(struct world *w, const char *what, const char *text)
{
	fprintf(w->out, "%s = \"%s\"\n", what, text);
}

void
world_note_stat(struct world *w, const char *path)
{
	struct stat st;
	long r = w_lstat(w, path, &st);

	if (r != 0) {
		world_note(w, path, r);
		return;
	}
	fprintf(w->out, "%s: %o links %lu owner %u:%u size %ld blocks %ld blksize %ld rdev %u:%u\n",
	    path, st.st_mode, (unsigned long)st.st_nlink, st.st_uid, st.st_gid, (long)st.st_size,
	    (long)st.st_blocks, (long)st.st_blksize, major(st.st_rdev), minor(st.st_rdev));
}

void
as_user(struct world *w, uid_t uid, gid_t gid)
{
	as_root(w);
	if (w->host) {
		syscall(SYS_setgroups, 0, NULL);
		assert_int_equal(syscall(SYS_setresgid, gid, gid, -1), 0);
		assert_int_equal(syscall(SYS_setresuid, uid, uid, 0), 0);
		return;
	}
	w->l.proc->cred = (struct cred){
	    .ruid = uid, .euid = uid, .fsuid = uid, .rgid = gid, .egid = gid, .fsgid = gid};
}

void
as_root(struct world *w)
{
	if (w->host) {
		syscall(SYS_setresuid, 0, 0, 0);
		syscall(SYS_setresgid, 0, 0, 0);
		prctl(PR_SET_DUMPABLE, 1); /* leak checkers want to look at us */
		return;
	}
	w->l.proc->cred = (struct cred){.ruid = 0};
}

long
w_try_open(struct world *w, const char *path, int flags, mode_t mode)
{
	long fd = w_open(w, path, flags, mode);

	return fd < 0 ? fd : w_close(w, (int)fd);
}

void
w_make_file(struct world *w, const char *path, const char *contents)
{
	long fd = w_open(w, path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	assert_true(fd >= 0);
	assert_int_equal(w_write(w, (int)fd, contents, strlen(contents)), strlen(contents));
	assert_int_equal(w_close(w, (int)fd), 0);
}

int
world_setup(void **state)
{
	struct world *w = malloc(sizeof *w);

	world_rump_begin(w);
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	world_rump_end(*state);
	free(*state);
	return 0;
}

struct upath
world_path(const char *s)
{
	return (struct upath){(uaddr_t)(uintptr_t)s};
}

int
world_deleg_open(struct world *w, uint64_t dir, const char *path, int flags, int *ret_fd)
{
	int error = sys_deleg_open(&w->l, dir, world_path(path), flags, 0644);

	*ret_fd = w->l.out_fd;
	w->l.out_fd = -1;
	return error;
}
