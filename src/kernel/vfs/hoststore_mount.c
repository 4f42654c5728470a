/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounting a host store.  Root may do it here and now.  Others may in a user namespace of their
 * own, which a child makes for the purpose; it passes the mount back and ends.  The namespace is
 * kept, for the size can only be changed from there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "vfs/hoststore.h"

/* The mount's root directory, with the mount hanging on the descriptor; -1 with errno set. */
static int
mount_here(uint64_t bytes)
{
	CLEANUP_FD int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	char size[24];

	snprintf(size, sizeof size, "%" PRIu64, bytes);
	if (fs == -1 || fsconfig(fs, FSCONFIG_SET_STRING, "size", size, 0) == -1 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "nr_inodes", "0", 0) == -1 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "mode", "0700", 0) == -1 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == -1)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID);
}

static int
remount_here(int dir, uint64_t bytes)
{
	CLEANUP_FD int fs = fspick(dir, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
	char size[24];

	snprintf(size, sizeof size, "%" PRIu64, bytes);
	if (fs == -1 || fsconfig(fs, FSCONFIG_SET_STRING, "size", size, 0) == -1)
		return -1;
	return fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
}

/* --- in the child: of a process with threads, so nothing that could take a lock of libc's --- */

struct message {
	int error;
	struct iovec iov;
	struct msghdr m;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))];
};

static struct msghdr *
message_init(struct message *msg)
{
	msg->iov = (struct iovec){&msg->error, sizeof msg->error};
	msg->m = (struct msghdr){.msg_iov = &msg->iov,
	    .msg_iovlen = 1,
	    .msg_control = msg->control,
	    .msg_controllen = sizeof msg->control};
	return &msg->m;
}

static bool
write_file(const char *path, const char *text)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* A user namespace in which our ids are what they are outside, and we may mount. */
static bool
enter_namespace(uid_t uid, gid_t gid)
{
	char users[64], groups[64];

	snprintf(users, sizeof users, "%u %u 1", (unsigned)uid, (unsigned)uid);
	snprintf(groups, sizeof groups, "%u %u 1", (unsigned)gid, (unsigned)gid);
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/gid_map", groups) && write_file("/proc/self/uid_map", users);
}

static void
mount_in_child(int out, uint64_t bytes)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct message msg = {.error = 0};
	struct msghdr *m = message_init(&msg);
	int fds[2] = {-1, -1};

	if (enter_namespace(uid, gid)) {
		fds[0] = mount_here(bytes);
		fds[1] = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	}
	if (fds[0] == -1 || fds[1] == -1) {
		msg.error = errno;
		m->msg_controllen = 0;
	} else {
		*CMSG_FIRSTHDR(m) = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
		    .cmsg_type = SCM_RIGHTS,
		    .cmsg_len = CMSG_LEN(sizeof fds)};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(m)), fds, sizeof fds);
	}
	sendmsg(out, m, MSG_NOSIGNAL);
}

static void
remount_in_child(int out, int dir, int userns, uint64_t bytes)
{
	int error = 0;

	if (setns(userns, CLONE_NEWUSER) == -1 || unshare(CLONE_NEWNS) == -1 ||
	    remount_here(dir, bytes) == -1)
		error = errno;
	send(out, &error, sizeof error, MSG_NOSIGNAL);
}

/* --- here --- */

/* What a child said; ret_fds gets what it passed. */
static int
hear(int in, int ret_fds[2])
{
	struct message msg = {.error = EIO};
	struct msghdr *m = message_init(&msg);
	const struct cmsghdr *c;

	while (recvmsg(in, m, MSG_CMSG_CLOEXEC) == -1)
		if (errno != EINTR)
			return errno;
	c = CMSG_FIRSTHDR(m);
	if (c != NULL && c->cmsg_len == CMSG_LEN(2 * sizeof(int)))
		memcpy(ret_fds, CMSG_DATA(c), 2 * sizeof(int));
	return msg.error;
}

/* Has a child mount (dir -1), or mount anew. */
static int
have_done(int dir, int userns, uint64_t bytes, int ret_fds[2])
{
	CLEANUP_FD int in = -1, out = -1;
	int ends[2], error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return errno;
	in = ends[0];
	out = ends[1];
	pid = fork();
	if (pid == -1)
		return errno;
	if (pid == 0) {
		if (dir == -1)
			mount_in_child(out, bytes);
		else
			remount_in_child(out, dir, userns, bytes);
		_exit(0);
	}
	close(take_fd(&out));
	error = hear(in, ret_fds);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	return error;
}

int
hoststore_mount(uint64_t bytes, int *ret_dir, int *ret_userns)
{
	int fds[2] = {-1, -1}, error;

	fds[0] = mount_here(bytes);
	error = fds[0] != -1 ? 0 : errno;
	if (error == EPERM)
		error = have_done(-1, -1, bytes, fds);
	if (error == 0 && fds[0] == -1)
		error = EIO;
	*ret_dir = fds[0];
	*ret_userns = fds[1];
	return error;
}

int
hoststore_remount(int dir, int userns, uint64_t bytes)
{
	int fds[2];

	if (userns != -1)
		return have_done(dir, userns, bytes, fds);
	return remount_here(dir, bytes) == -1 ? errno : 0;
}
