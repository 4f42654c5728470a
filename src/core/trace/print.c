/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printers of values that are in the argument word itself.
 */
#include "trace/print.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "syscall/sysnum.h"
#include "trace/xlat.h"

void
print_int(struct line *out, const struct printed *v)
{
	line_int(out, (int32_t)v->value);
}

void
print_long(struct line *out, const struct printed *v)
{
	line_int(out, (int64_t)v->value);
}

void
print_uint(struct line *out, const struct printed *v)
{
	line_uint(out, v->value);
}

void
print_hex(struct line *out, const struct printed *v)
{
	line_hex(out, v->value);
}

void
print_mode(struct line *out, const struct printed *v)
{
	uint32_t mode = (uint32_t)v->value;
	const char *type = xlat_name(xlat_file_type, mode & S_IFMT);

	if (type != NULL) {
		line_str(out, type);
		line_char(out, '|');
		mode &= ~(uint32_t)S_IFMT;
	}
	line_octal(out, mode);
}

/* Handles have one of the top bits set and are positive; numbers are small, AT_FDCWD is negative.
 */
void
print_fd(struct line *out, const struct printed *v)
{
	if ((int64_t)v->value >= 0 && (v->value & RUMP_HANDLE) != 0) {
		line_str(out, "file:");
		line_uint(out, v->value & ~RUMP_HANDLE);
	} else {
		line_int(out, (int32_t)v->value);
	}
}

void
print_hostfd(struct line *out, const struct printed *v)
{
	line_int(out, v->fd);
}

void
print_atfd(struct line *out, const struct printed *v)
{
	if ((int32_t)v->value == AT_FDCWD)
		line_str(out, "AT_FDCWD");
	else
		print_fd(out, v);
}

void
print_oflags(struct line *out, const struct printed *v)
{
	uint32_t flags = (uint32_t)v->value;

	line_name(out, xlat_open_access, flags & O_ACCMODE);
	line_more_flags(out, xlat_open_flags, flags & ~(uint32_t)O_ACCMODE);
}

void
print_atflags(struct line *out, const struct printed *v)
{
	line_flags(out, xlat_at_flags, (uint32_t)v->value);
}

void
print_whence(struct line *out, const struct printed *v)
{
	line_name(out, xlat_whence, v->value);
}

void
print_af(struct line *out, const struct printed *v)
{
	line_name(out, xlat_af, v->value);
}

/* socket() has a type and flags, accept4() flags only. */
void
print_socktype(struct line *out, const struct printed *v)
{
	const uint32_t all_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
	uint32_t flags = (uint32_t)v->value & all_flags, type = (uint32_t)v->value & ~all_flags;

	if (type == 0) {
		line_flags(out, xlat_sock_flags, flags);
		return;
	}
	line_name(out, xlat_sock_type, type);
	line_more_flags(out, xlat_sock_flags, flags);
}

void
print_msgflags(struct line *out, const struct printed *v)
{
	line_flags(out, xlat_msg_flags, (uint32_t)v->value);
}

void
print_sollevel(struct line *out, const struct printed *v)
{
	line_name(out, xlat_sol, v->value);
}

void
print_accmode(struct line *out, const struct printed *v)
{
	if (v->value == 0)
		line_str(out, "F_OK");
	else
		line_flags(out, xlat_accmode, (uint32_t)v->value);
}

void
print_fcntlcmd(struct line *out, const struct printed *v)
{
	line_name(out, xlat_fcntl, v->value);
}

/* What the commands take that do not take an address. */
void
print_fcntlarg(struct line *out, const struct printed *v)
{
	static const struct {
		int cmd;
		trace_printer *print;
	} rows[] = {
	    {F_DUPFD, print_int},
	    {F_DUPFD_CLOEXEC, print_int},
	    {F_SETFD, print_int},
	    {F_SETFL, print_oflags},
	    {F_SETOWN, print_int},
	    {F_SETSIG, print_int},
	    {F_SETLEASE, print_int},
	    {F_SETPIPE_SZ, print_int},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].cmd == (int)v->args[1]) {
			rows[i].print(out, v);
			return;
		}
	}
	print_hex(out, v);
}
