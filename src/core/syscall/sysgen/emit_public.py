# SPDX-License-Identifier: BSD-2-Clause
"""rump_syscalls.h, rump_syscalls.c: the public functions rump_sys_*, errors as -1 and errno."""

from .ctext import banner, call_statement, definition, fetch_variadic, header, includes
from .ctext import libc_params, prototype

ABOUT = """
System calls to the rump kernel that rumpclient_init() connected to.  Each has the signature and
the result of the libc function of its name, but descriptors, paths and sockets are the kernel's.
"""

PUBLIC_HEADER = """\
/* What it declares is what the library exports. */
#pragma GCC visibility push(default)
#include "rump/rump_syscalls.h"
#pragma GCC visibility pop

"""

SYSRET = """\
/* One of the places that set errno. */
static int64_t
sysret(int error, int64_t value)
{
	if (error == 0)
		return value;
	errno = error;
	return -1;
}
"""


def public(table):
    calls = [c for c in table.calls if c.is_public]
    disguises = [d for d in table.disguises if not d.name.startswith("__")]
    return calls, disguises


def emit_header(table):
    calls, disguises = public(table)
    body = includes(["<stdint.h>"] + table.headers(pointers=False)) + "\n"
    body += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
    body += "".join(f"{s};\n" for s in table.structs()) + "\n"
    for c in calls:
        body += prototype(c.result.ctype, f"rump_sys_{c.name}", libc_params(c.args))
    body += "\n/* The same calls under other names. */\n"
    for d in disguises:
        body += prototype(d.target.result.ctype, f"rump_sys_{d.name}", libc_params(d.params))
    body += "\n#ifdef __cplusplus\n}\n#endif\n"
    return header("RUMP_RUMP_SYSCALLS_H", ABOUT, body)


def call_body(call):
    declare_ap, fetch = fetch_variadic(call.args)
    values = [f"(uint64_t){a.name}" if a.kind.cls == "fd" else a.name for a in call.args]
    body = "\tint64_t retval = 0;\n" if call.has_retval else ""
    body += declare_ap + "\tint error;\n\n" + fetch
    body += call_statement("error = ", f"call_{call.name}", values + ["&retval"] * call.has_retval)
    value = "retval" if call.has_retval else "0"
    return body + f"\treturn ({call.result.ctype})sysret(error, {value});\n"


def disguise_body(d):
    declare_ap, fetch = fetch_variadic(d.params)
    body = declare_ap + "\n" + fetch if fetch else ""
    return body + call_statement("return ", f"rump_sys_{d.target.name}", d.values)


def emit_source(table):
    calls, disguises = public(table)
    system = ["<errno.h>", "<fcntl.h>", "<stdarg.h>"] + table.headers(pointers=True)
    text = banner() + includes(system) + "\n" + PUBLIC_HEADER
    text += includes([], ["syscall/calls.h"]) + "\n" + SYSRET
    for c in calls:
        text += "\n" + definition(
            c.result.ctype, f"rump_sys_{c.name}", libc_params(c.args), call_body(c))
    for d in disguises:
        text += "\n" + definition(
            d.target.result.ctype, f"rump_sys_{d.name}", libc_params(d.params), disguise_body(d))
    return text
