# SPDX-License-Identifier: BSD-2-Clause
"""host.h, host.c: the host's own functions behind the interposed names."""

from .ctext import banner, call_statement, declare, definition, fetch_variadic, fill, header
from .ctext import includes, libc_params

SOURCE = "syscalls.master and libc.master"

ABOUT = """
The host's functions behind the names that the hijacker interposes, by their first name.

Valid at any time: each starts by looking itself up, the next definition in link order, which is
usually libc's.  What libc does not have is the bare system call.
"""

HELPERS = """
static long
bare_ret(long ret)
{
	if (ret < 0) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

/* The next definition of `name` into the table; false: there is none. */
static bool
lookup(const char *name, size_t offset)
{
	void *function = next_definition(name);

	if (function != NULL)
		memcpy((char *)&host + offset, &function, sizeof function);
	return function != NULL;
}

static bool
is_missing(const char *name, size_t offset)
{
	if (lookup(name, offset))
		return false;
	errno = ENOSYS;
	return true;
}
"""


def functions(table):
    """A variadic libc function cannot be passed on, so it has no member."""
    return [f for f in table.functions if not f.variadic]


def member(result, name, params):
    return fill(declare(result, f"(*{name})("), params or ["void"], ");", "\t")


def emit_header(table):
    body = includes(table.headers(pointers=True) + table.libc_headers) + "\nstruct host_ops {\n"
    for c in table.interposed:
        body += member(c.result.ctype, c.host_name, libc_params(c.args))
    for f in functions(table):
        body += member(f.result, f.name, [text for text, _ in f.params])
    body += "};\n\nextern struct host_ops host;\n"
    return header("SYSCALL_HOST_H", ABOUT, body, SOURCE)


def condition(function, name):
    values = [f'"{name}"', f"offsetof(struct host_ops, {name})"]
    return fill(f"if ({function}(", values, "))", "\t")


def starter(call):
    declare_ap, fetch = fetch_variadic(call.args)
    names = [a.name for a in call.args]
    body = (declare_ap + "\n" + fetch if fetch else "") + condition("lookup", call.host_name)
    body += call_statement("return ", f"host.{call.host_name}", names, "\t\t")
    body += call_statement(
        f"return ({call.result.ctype})bare_ret(", f"raw_call{len(names)}",
        [f"SYS_{call.name}"] + names)
    return definition(
        call.result.ctype, f"find_{call.host_name}", libc_params(call.args), body, static=True)


def resolver(f):
    params, names = [text for text, _ in f.params], [name for _, name in f.params]
    body = condition("is_missing", f.name)
    if f.result == "void":
        body += "\t\treturn;\n" + call_statement("", f"host.{f.name}", names)
    else:
        failure = "NULL" if f.result.endswith("*") else "-1"
        body += f"\t\treturn {failure};\n" + call_statement("return ", f"host.{f.name}", names)
    return definition(f.result, f"find_{f.name}", params, body, static=True)


def emit_source(table):
    names = [c.host_name for c in table.interposed] + [f.name for f in functions(table)]
    system = ["<errno.h>", "<stdarg.h>", "<stdbool.h>", "<stddef.h>", "<string.h>"]
    text = banner(SOURCE)
    text += includes(system, ["base/next.h", "base/raw.h", "syscall/host.h"]) + HELPERS
    text += "".join("\n" + starter(c) for c in table.interposed)
    text += "".join("\n" + resolver(f) for f in functions(table))
    text += "\nstruct host_ops host = {\n"
    return text + "".join(f"    .{name} = find_{name},\n" for name in names) + "};\n"
