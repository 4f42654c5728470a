/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of constants: the tables, and how values are printed with them.
 */
#include "trace/xlat.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME(constant)                                                                             \
	{                                                                                          \
		(uint64_t)(constant), #constant                                                    \
	}
#define END                                                                                        \
	{                                                                                          \
		0, NULL                                                                            \
	}

const struct xlat xlat_accmode[] = {NAME(R_OK), NAME(W_OK), NAME(X_OK), END};

const struct xlat xlat_af[] = {NAME(AF_UNSPEC), NAME(AF_UNIX), NAME(AF_INET), NAME(AF_INET6),
    NAME(AF_NETLINK), NAME(AF_PACKET), END};

const struct xlat xlat_at_flags[] = {NAME(AT_SYMLINK_NOFOLLOW), NAME(AT_EACCESS),
    NAME(AT_SYMLINK_FOLLOW), NAME(AT_NO_AUTOMOUNT), NAME(AT_EMPTY_PATH), NAME(AT_STATX_FORCE_SYNC),
    NAME(AT_STATX_DONT_SYNC), END};

const struct xlat xlat_fcntl[] = {NAME(F_DUPFD), NAME(F_DUPFD_CLOEXEC), NAME(F_GETFD),
    NAME(F_SETFD), NAME(F_GETFL), NAME(F_SETFL), NAME(F_GETLK), NAME(F_SETLK), NAME(F_SETLKW),
    NAME(F_OFD_GETLK), NAME(F_OFD_SETLK), NAME(F_OFD_SETLKW), NAME(F_GETOWN), NAME(F_SETOWN),
    NAME(F_GETSIG), NAME(F_SETSIG), NAME(F_GETLEASE), NAME(F_SETLEASE), NAME(F_GETPIPE_SZ),
    NAME(F_SETPIPE_SZ), NAME(F_ADD_SEALS), NAME(F_GET_SEALS), END};

const struct xlat xlat_fd_flags[] = {NAME(FD_CLOEXEC), END};

const struct xlat xlat_file_type[] = {NAME(S_IFREG), NAME(S_IFDIR), NAME(S_IFLNK), NAME(S_IFCHR),
    NAME(S_IFBLK), NAME(S_IFIFO), NAME(S_IFSOCK), END};

const struct xlat xlat_msg_flags[] = {NAME(MSG_OOB), NAME(MSG_PEEK), NAME(MSG_DONTROUTE),
    NAME(MSG_CTRUNC), NAME(MSG_TRUNC), NAME(MSG_DONTWAIT), NAME(MSG_EOR), NAME(MSG_WAITALL),
    NAME(MSG_NOSIGNAL), NAME(MSG_MORE), NAME(MSG_CMSG_CLOEXEC), END};

const struct xlat xlat_open_access[] = {NAME(O_RDONLY), NAME(O_WRONLY), NAME(O_RDWR), END};

const struct xlat xlat_open_flags[] = {NAME(O_CREAT), NAME(O_EXCL), NAME(O_NOCTTY), NAME(O_TRUNC),
    NAME(O_APPEND), NAME(O_NONBLOCK), NAME(O_SYNC), NAME(O_DSYNC), NAME(O_ASYNC), NAME(O_DIRECT),
    NAME(O_TMPFILE), NAME(O_DIRECTORY), NAME(O_NOFOLLOW), NAME(O_NOATIME), NAME(O_CLOEXEC),
    NAME(O_PATH), END};

const struct xlat xlat_poll_events[] = {NAME(POLLIN), NAME(POLLPRI), NAME(POLLOUT), NAME(POLLERR),
    NAME(POLLHUP), NAME(POLLNVAL), NAME(POLLRDNORM), NAME(POLLWRNORM), NAME(POLLRDHUP), END};

const struct xlat xlat_sock_flags[] = {NAME(SOCK_CLOEXEC), NAME(SOCK_NONBLOCK), END};

const struct xlat xlat_sock_type[] = {
    NAME(SOCK_STREAM), NAME(SOCK_DGRAM), NAME(SOCK_RAW), NAME(SOCK_SEQPACKET), END};

const struct xlat xlat_sol[] = {NAME(SOL_SOCKET), {IPPROTO_IP, "SOL_IP"}, {IPPROTO_TCP, "SOL_TCP"},
    {IPPROTO_UDP, "SOL_UDP"}, {IPPROTO_IPV6, "SOL_IPV6"}, END};

const struct xlat xlat_utime[] = {NAME(UTIME_NOW), NAME(UTIME_OMIT), END};

const struct xlat xlat_whence[] = {
    NAME(SEEK_SET), NAME(SEEK_CUR), NAME(SEEK_END), NAME(SEEK_DATA), NAME(SEEK_HOLE), END};

const char *
xlat_name(const struct xlat *table, uint64_t value)
{
	for (; table->name != NULL; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

void
line_name(struct line *out, const struct xlat *table, uint64_t value)
{
	const char *name = xlat_name(table, value);

	if (name != NULL)
		line_str(out, name);
	else
		line_int(out, (int64_t)value);
}

/* A bar before each part but the first, which has one only if `bar` says so. */
static void
put_flags(struct line *out, const struct xlat *table, uint64_t value, bool bar)
{
	for (; table->name != NULL; table++) {
		if ((value & table->value) != table->value)
			continue;
		line_str(out, bar ? "|" : "");
		line_str(out, table->name);
		value &= ~table->value;
		bar = true;
	}
	if (value != 0) {
		line_str(out, bar ? "|" : "");
		line_hex(out, value);
	}
}

void
line_flags(struct line *out, const struct xlat *table, uint64_t value)
{
	if (value == 0)
		line_char(out, '0');
	else
		put_flags(out, table, value, false);
}

void
line_more_flags(struct line *out, const struct xlat *table, uint64_t value)
{
	put_flags(out, table, value, true);
}
