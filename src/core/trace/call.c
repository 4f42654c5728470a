/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call as one line: which printer for which argument (trace_rows.h), and how much of the memory
 * behind it means something now that the call has returned (usermem_rows.h).
 */
#include "trace/call.h"

#include <fcntl.h>
#include <string.h>

#include "syscall/sysnum.h"
#include "syscall/trace_rows.h"
#include "syscall/usermem_rows.h"
#include "trace/peek.h"
#include "trace/print.h"

static trace_printer *const printers[TRACE_NPRINTERS] = {
    [TRACE_INT] = print_int,
    [TRACE_LONG] = print_long,
    [TRACE_COUNT] = print_long,
    [TRACE_UINT] = print_uint,
    [TRACE_HEX] = print_hex,
    [TRACE_MODE] = print_mode,
    [TRACE_FD] = print_fd,
    [TRACE_HOSTFD] = print_hostfd,
    [TRACE_ATFD] = print_atfd,
    [TRACE_OFLAGS] = print_oflags,
    [TRACE_ATFLAGS] = print_atflags,
    [TRACE_WHENCE] = print_whence,
    [TRACE_AF] = print_af,
    [TRACE_SOCKTYPE] = print_socktype,
    [TRACE_MSGFLAGS] = print_msgflags,
    [TRACE_SOLLEVEL] = print_sollevel,
    [TRACE_ACCMODE] = print_accmode,
    [TRACE_FCNTLCMD] = print_fcntlcmd,
    [TRACE_FCNTLARG] = print_fcntlarg,
    [TRACE_ADDR] = print_addr,
    [TRACE_STRING] = print_string,
    [TRACE_BYTES] = print_bytes,
    [TRACE_INTP] = print_intp,
    [TRACE_IOVEC] = print_iovec,
    [TRACE_STAT] = print_stat,
    [TRACE_TIMESPEC] = print_timespec,
    [TRACE_SOCKADDR] = print_sockaddr,
    [TRACE_MSGHDR] = print_msghdr,
    [TRACE_POLLFD] = print_pollfd,
};

/* Bytes (elements of a vector) at argument i; a length by reference is what the call left there. */
static uint64_t
arg_len(const struct usermem_arg *a, const uint64_t args[6])
{
	uint32_t by_reference;
	uint64_t len;

	if (a->len == USERMEM_LEN_REF)
		return peek(args[a->len_arg], &by_reference, sizeof by_reference) ? by_reference
										  : 0;
	return usermem_len(a, args, &len) ? len : 0;
}

/* Arguments that libc's function was not given and whose words mean nothing. */
static bool
is_absent(const struct trace_row *row, const uint64_t args[6], unsigned i)
{
	if (row->args[i] == TRACE_MODE && i > 0 && row->args[i - 1] == TRACE_OFLAGS)
		return (args[i - 1] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) == 0;
	if (row->args[i] == TRACE_FCNTLARG)
		return args[1] == F_GETFD || args[1] == F_GETFL || args[1] == F_GETOWN;
	return false;
}

static void
put_arg(struct line *out, const struct trace_row *row, const struct usermem_arg *a,
    const struct trace_result *res, const uint64_t args[6], unsigned i)
{
	struct printed v = {.value = args[i], .moved = UINT64_MAX, .args = args, .fd = res->fd};
	trace_printer *print = printers[row->args[i]];

	if (a->class != USERMEM_WORD)
		v.len = arg_len(a, args);
	if ((a->dir & USERMEM_OUT) != 0 && row->result == TRACE_COUNT && res->error == 0)
		v.moved = (uint64_t)res->retval;
	if (a->dir == USERMEM_OUT && row->args[i] == TRACE_BYTES && v.len > v.moved)
		v.len = v.moved;
	if (a->dir == USERMEM_OUT && res->error != 0)
		print = print_addr;
	print(out, &v);
}

static void
put_error(struct line *out, int error)
{
	const char *name = strerrorname_np(error), *text = strerrordesc_np(error);

	line_str(out, " = -1 ");
	if (error == EREDIRECT) {
		line_str(out, "EREDIRECT (symbolic link leads elsewhere)");
	} else if (name == NULL || text == NULL) {
		line_int(out, error);
	} else {
		line_str(out, name);
		line_str(out, " (");
		line_str(out, text);
		line_char(out, ')');
	}
}

static void
put_unknown(struct line *out, unsigned nr, const uint64_t args[6])
{
	line_str(out, "syscall_");
	line_hex(out, nr);
	for (unsigned i = 0; i < 6; i++) {
		line_str(out, i == 0 ? "(" : ", ");
		line_hex(out, args[i]);
	}
	line_char(out, ')');
}

static void
put_known(struct line *out, const struct trace_row *row, const struct usermem_row *mem,
    const uint64_t args[6], const struct trace_result *res)
{
	line_str(out, row->name);
	line_char(out, '(');
	for (unsigned i = 0; i < mem->nargs; i++) {
		if (is_absent(row, args, i))
			continue;
		line_str(out, i > 0 ? ", " : "");
		put_arg(out, row, &mem->args[i], res, args, i);
	}
	line_char(out, ')');
}

void
line_call(struct line *out, unsigned nr, const uint64_t args[6], const struct trace_result *res)
{
	const struct trace_row *row = trace_row(nr);
	const struct usermem_row *mem = usermem_row(nr);
	trace_printer *print = row != NULL ? printers[row->result] : print_long;

	if (row != NULL && mem != NULL)
		put_known(out, row, mem, args, res);
	else
		put_unknown(out, nr, args);
	if (res->error != 0) {
		put_error(out, res->error);
		return;
	}
	line_str(out, " = ");
	print(out, &(struct printed){.value = (uint64_t)res->retval, .args = args, .fd = res->fd});
}
