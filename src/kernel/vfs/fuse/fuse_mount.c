/* SPDX-License-Identifier: BSD-2-Clause */
/* A mount's beginning, when the two sides agree on what they can do, and its end. */
#include "vfs/fuse/fuse_mount.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/scope.h"
#include "kern/proc.h"
#include "vfs/fuse/fuse.h"
#include "vfs/hostobj.h"

#define IO_MIN           (128u << 10) /* what a socket of an ordinary user carries */
#define IO_MAX           (1u << 20)
#define PAGE             4096u
#define FUSE_SUPER_MAGIC 0x65735546

#define WANTED_FLAGS                                                                               \
	(FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS |          \
	    FUSE_READDIRPLUS_AUTO | FUSE_PARALLEL_DIROPS | FUSE_WRITEBACK_CACHE | FUSE_MAX_PAGES | \
	    FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT | FUSE_DONT_MASK |                      \
	    FUSE_CACHE_SYMLINKS | FUSE_ASYNC_DIO)

static int
fuse_statfs(struct mount *mp, struct statfs *st)
{
	struct fuse_mount *fm = (struct fuse_mount *)mp;
	struct fuse_request r = fuse_request(FUSE_STATFS, FUSE_ROOT_ID);
	struct fuse_statfs_out out = {.st = {.namelen = NAME_MAX}};
	int error;

	st->f_type = FUSE_SUPER_MAGIC;
	if (fuse_check_user(fm) != 0)
		return 0; /* Linux says no more to strangers, but no error */
	r.out = &out;
	r.out_min = FUSE_COMPAT_STATFS_SIZE;
	r.out_size = sizeof out;
	error = fuse_call(fm, &r);
	if (error != 0 && error != ENOSYS)
		return error;
	st->f_bsize = out.st.bsize;
	st->f_frsize = out.st.frsize != 0 ? out.st.frsize : out.st.bsize;
	st->f_blocks = out.st.blocks;
	st->f_bfree = out.st.bfree;
	st->f_bavail = out.st.bavail;
	st->f_files = out.st.files;
	st->f_ffree = out.st.ffree;
	st->f_namelen = out.st.namelen;
	return 0;
}

/* --- the end --- */

static void
free_mount(struct fuse_mount *fm)
{
	fuse_conn_fini(fm);
	free(fm->mount.source); /* set by us, if the mount came to nothing */
	free(fm);
}

/* As long as requests are with the program, its threads may be at work: ended now, some of them
 * would begin to take down what others still use. */
static void
await_replies(struct fuse_mount *fm)
{
	struct pollfd p = {.fd = fm->fd};
	bool interrupted = false;

	while (fm->ended == 0 && !(LIST_EMPTY(&fm->abandoned) && STAILQ_EMPTY(&fm->posts))) {
		p.events = STAILQ_EMPTY(&fm->posts) ? POLLIN : POLLIN | POLLOUT;
		if (kern_poll_firmly(NULL, &p, 1, &fm->deadline, &interrupted) != 0)
			return;
		fuse_receive(fm);
		fuse_send_posts(fm);
	}
}

/* As in Linux, only file systems on block devices are told; others see the connection end. */
static void
tell_end(struct fuse_mount *fm)
{
	struct fuse_request destroy = fuse_request(FUSE_DESTROY, 0);

	if (strncmp(fm->type, "fuseblk", strlen("fuseblk")) == 0)
		fuse_call(fm, &destroy);
}

/* The program has the socket until it exits; until then it may still be writing to its disk. */
static int
await_exit(struct fuse_mount *fm)
{
	struct pollfd p = {.fd = fm->fd, .events = POLLIN};
	bool interrupted = false;
	ssize_t n = 1;
	int error;

	shutdown(fm->fd, SHUT_WR);
	fuse_deadline_renew(fm);
	while (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR))) {
		error = kern_poll_firmly(NULL, &p, 1, &fm->deadline, &interrupted);
		if (error != 0)
			return error;
		n = recv(fm->fd, fm->buf, fm->buf_size, MSG_DONTWAIT);
	}
	return 0;
}

void
fuse_finish(struct fuse_mount *fm)
{
	struct fuse_node *n, *next;
	int told = fm->finished, error;

	fuse_sync(&fm->mount);
	fuse_names_drop_all(fm);
	HASH_ITER (hh, fm->nodes, n, next)
		fuse_node_free(n);
	await_replies(fm);
	tell_end(fm);
	error = fm->forced ? 0 : await_exit(fm);
	raw_close(fm->thread_wake);
	free_mount(fm);
	if (told != -1)
		eventfd_write(told, 1 + (eventfd_t)error);
}

/* The mount's thread does it, so that it is done even if the caller is killed meanwhile. */
static int
fuse_unmount(struct mount *mp)
{
	struct fuse_mount *fm = (struct fuse_mount *)mp;
	int told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct pollfd p = {.fd = told, .events = POLLIN};
	bool interrupted = false;
	eventfd_t result = 1;
	int error;

	fm->finished = told;
	fuse_thread_stop(fm);
	if (told == -1)
		return ENFILE; /* it is not known how it ends */
	do
		error = kern_poll_firmly(curlwp, &p, 1, NULL, &interrupted);
	while (error == EINTR);
	if (error != 0)
		return error; /* the thread still has it: one descriptor is the price */
	eventfd_read(told, &result);
	raw_close(told);
	return (int)(result - 1);
}

static void
fuse_abort(struct mount *mp)
{
	struct fuse_mount *fm = (struct fuse_mount *)mp;

	fm->forced = true;
	fuse_end(fm);
}

/* References besides those of names, of the mount to its root, and of the mount's thread. */
static bool
is_referred_to(const struct fuse_node *n)
{
	const struct fuse_mount *fm = fuse_of(n);
	unsigned own = HASH_COUNT(n->children) + (&n->v == fm->mount.root) + (n == fm->looking);
	const struct fuse_name *nm;

	LIST_FOREACH (nm, &n->names, of_node)
		own++;
	return n->v.refs > own;
}

static bool
fuse_busy(struct mount *mp, bool writers)
{
	struct fuse_mount *fm = (struct fuse_mount *)mp;
	struct fuse_node *n, *next;

	TAILQ_FOREACH (n, &fm->opened, opened)
		if (writers ? hostobj_has_writer(n->hostfd) : !hostobj_is_alone(n->hostfd))
			return true;
	if (!writers)
		HASH_ITER (hh, fm->nodes, n, next)
			if (is_referred_to(n))
				return true;
	return false;
}

static void
fuse_show(const struct mount *mp, char *buf, size_t size)
{
	const struct fuse_options *o = &((const struct fuse_mount *)mp)->options;

	snprintf(buf, size, ",user_id=%u,group_id=%u%s%s", o->user, o->group,
	    o->default_permissions ? ",default_permissions" : "",
	    o->allow_other ? ",allow_other" : "");
}

static const struct mount_ops fuse_mount_ops = {
    .statfs = fuse_statfs,
    .sync = fuse_sync,
    .busy = fuse_busy,
    .show = fuse_show,
    .abort = fuse_abort,
    .unmount = fuse_unmount,
};

/* --- the beginning --- */

/* The larger the messages that the sockets take, the better; root may have what it wants. */
static size_t
io_size(int fd)
{
	int size = 4 * (int)IO_MAX;
	socklen_t len = sizeof size;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) == -1)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len) == -1)
		return IO_MIN;
	return (size_t)size >= 3 * (size_t)IO_MAX ? IO_MAX : IO_MIN;
}

static int
agree(struct fuse_mount *fm, const struct fuse_init_out *out)
{
	uint32_t pages = (out->flags & FUSE_MAX_PAGES) != 0 ? out->max_pages : 32;
	size_t most;

	if (out->major != FUSE_KERNEL_VERSION)
		return EPROTO;
	fm->agreed = true;
	fm->minor = out->minor;
	fm->flags = out->flags & WANTED_FLAGS;
	most = pages == 0 ? PAGE : (size_t)pages * PAGE;
	if (out->minor < 5 || (out->flags & FUSE_BIG_WRITES) == 0)
		most = PAGE;
	else if (out->max_write >= PAGE && out->max_write < most)
		most = out->max_write;
	if (fm->options.max_read < most)
		most = fm->options.max_read < PAGE ? PAGE : fm->options.max_read / PAGE * PAGE;
	if (most < fm->io_max)
		fm->io_max = most;
	if (fm->type[0] != '\0')
		fm->mount.type = fm->type;
	fm->mount.own_rights = !fm->options.default_permissions;
	fm->mount.own_groups = true;
	fm->mount.own_umask = (fm->flags & FUSE_DONT_MASK) != 0;
	return 0;
}

static int
init(struct fuse_mount *fm)
{
	struct fuse_request r = fuse_request(FUSE_INIT, 0);
	struct fuse_init_in in = {
	    .major = FUSE_KERNEL_VERSION,
	    .minor = FUSE_KERNEL_MINOR_VERSION,
	    .max_readahead = IO_MAX,
	    .flags = WANTED_FLAGS,
	};
	struct fuse_init_out out;
	char buf[sizeof out];
	int error;

	/* Without FUSE_INIT_EXT the extension is not sent. */
	fuse_in(&r, &in, offsetof(struct fuse_init_in, flags2));
	r.out = buf;
	r.out_min = FUSE_COMPAT_INIT_OUT_SIZE;
	r.out_size = sizeof buf;
	error = fuse_call(fm, &r);
	if (error != 0)
		return error;
	return fuse_reply_init(buf, r.out_len, &out) ? agree(fm, &out) : EPROTO;
}

/* Takes fd over. */
static int
mount_new(int fd, struct fuse_mount **ret)
{
	struct fuse_mount *fm = calloc(1, sizeof *fm);
	int error;

	if (fm == NULL) {
		close(fd);
		return ENOMEM;
	}
	fm->mount = (struct mount){.ops = &fuse_mount_ops, .dev = mount_anonymous_dev()};
	fm->finished = -1;
	TAILQ_INIT(&fm->lru);
	TAILQ_INIT(&fm->opened);
	TAILQ_INIT(&fm->settled);
	LIST_INIT(&fm->waiters);
	fm->io_max = io_size(fd);
	error = fuse_conn_init(fm, fd);
	if (error == 0)
		error = fuse_thread_start(fm);
	if (error != 0)
		free_mount(fm);
	else
		*ret = fm;
	return error;
}

static int
connect_to(const char *path, int *ret_fd)
{
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (fd == -1)
		return errno;
	if (strlen(path) >= sizeof sun.sun_path)
		return ENAMETOOLONG;
	strcpy(sun.sun_path, path);
	if (connect(fd, (struct sockaddr *)&sun, sizeof sun) == -1)
		return errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int
fuse_mount(const struct mount_args *args, struct mount **ret)
{
	struct fuse_node *root;
	struct fuse_mount *fm;
	char socket[PATH_MAX];
	struct fuse_options o;
	int error = fuse_options_parse(args, &o, socket), fd = -1;

	if (error == 0)
		error = connect_to(socket, &fd);
	if (error == 0)
		error = mount_new(fd, &fm);
	if (error != 0)
		return error;
	fm->options = o;
	error = init(fm);
	if (error == 0)
		error = fuse_node_root(fm, &root);
	if (error != 0) {
		fuse_end(fm);
		fuse_thread_stop(fm);
		return error;
	}
	fm->mount.root = &root->v;
	*ret = &fm->mount;
	return 0;
}

const struct fstype fuse_type = {.name = "fuse", .mount = fuse_mount};
