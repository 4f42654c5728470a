# SPDX-License-Identifier: BSD-2-Clause
"""calls.h, calls.c: the client's internal stubs, errors as positive errnos."""

from .ctext import banner, call_statement, declare, definition, fill, header
from .ctext import includes, prototype

ABOUT = """
System calls of the rump kernel: 0, a positive errno or EREDIRECT (client/client.h).

A descriptor is a word: (uint64_t)number or a handle.  *retval is set on success only.  A call
that gives a descriptor of the host sets *ret_fd: close-on-exec, the caller's.  A host descriptor
as last argument travels with the call and stays the caller's.
"""

HELPERS = """\
/* No descriptor was asked for: one that comes all the same is not kept. */
static int
call_words(unsigned nr, const uint64_t args[6], int pass_fd, int64_t *retval)
{
	struct client_result res = {.fd = -1};
	int error = client_call(nr, args, pass_fd, &res);

	if (res.fd >= 0)
		raw_close(res.fd);
	if (error == 0 && retval != NULL)
		*retval = res.retval[0];
	return error;
}

/* The reply must carry a descriptor. */
static int
call_hostfd(unsigned nr, const uint64_t args[6], int pass_fd, int *ret_fd)
{
	struct client_result res = {.fd = -1};
	int error = client_call(nr, args, pass_fd >= 0 ? pass_fd : CLIENT_FD_BACK, &res);

	if (error == 0 && res.fd < 0)
		return EPROTO;
	if (error == 0)
		*ret_fd = res.fd;
	else if (res.fd >= 0)
		raw_close(res.fd);
	return error;
}
"""


def params(call):
    result = []
    if call.has_retval:
        result = ["int64_t *retval"]
    elif call.result.name == "hostfd":
        result = ["int *ret_fd"]
    return [declare(a.word_type, a.name) for a in call.args] + result


def word(arg):
    if arg.kind.cls == "fd":
        return arg.name
    return f"(uintptr_t){arg.name}" if arg.kind.pointer else f"(uint64_t){arg.name}"


def emit_header(table):
    body = includes(["<stdint.h>"] + table.headers(pointers=False)) + "\n"
    body += "".join(f"{s};\n" for s in table.structs()) + "\n"
    body += "".join(prototype("int", f"call_{c.name}", params(c)) for c in table.calls)
    return header("SYSCALL_CALLS_H", ABOUT, body)


def stub(call):
    body = fill("const uint64_t args[6] = {", [word(a) for a in call.words] or ["0"], "};", "\t")
    passed = next((a.name for a in call.args if a.kind.cls == "hostfd"), "-1")
    result = "retval" if call.has_retval else "NULL"
    helper = "call_words"
    if call.result.name == "hostfd":
        helper, result = "call_hostfd", "ret_fd"
    values = [f"RUMP_SYS_{call.name}", "args", passed, result]
    body += "\n" + call_statement("return ", helper, values)
    return definition("int", f"call_{call.name}", params(call), body)


def emit_source(table):
    own = ["base/raw.h", "client/client.h", "syscall/calls.h", "syscall/sysnum.h"]
    text = banner() + includes(["<errno.h>", "<stddef.h>"], own) + "\n" + HELPERS
    return text + "".join("\n" + stub(call) for call in table.calls)
