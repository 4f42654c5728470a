# SPDX-License-Identifier: BSD-2-Clause
"""host.h, host.c: the host's own functions behind the interposed names."""

from .ctext import banner, call_statement, declare, definition, fetch_variadic, fill, header
from .ctext import includes, libc_params

SOURCE = "syscalls.master and libc.master"

ABOUT = """
The host's functions behind the names that the hijacker interposes, by their first name.

Valid at any time: a function that is a bare system call starts as that system call, the others
start by looking themselves up; host_init() makes all of them the next definition in link order,
which is usually libc's.
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

/* The next definition of `name` into the table; ENOSYS and the old one stays if there is none. */
static bool
lookup(const char *name, size_t offset)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL) {
		errno = ENOSYS;
		return false;
	}
	memcpy((char *)&host + offset, &function, sizeof function);
	return true;
}
"""

INIT = """
void
host_init(void)
{
	int saved = errno;

	for (size_t i = 0; i < sizeof host_names / sizeof host_names[0]; i++)
		lookup(host_names[i].name, host_names[i].offset);
	errno = saved;
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
    body += "};\n\nextern struct host_ops host;\n\n/* For the constructor.  errno stays. */\n"
    body += "void host_init(void);\n"
    return header("SYSCALL_HOST_H", ABOUT, body, SOURCE)


def bare(call):
    declare_ap, fetch = fetch_variadic(call.args)
    body = declare_ap + "\n" + fetch if fetch else ""
    values = [f"SYS_{call.name}"] + [a.name for a in call.args]
    prefix = f"return ({call.result.ctype})bare_ret("
    body += call_statement(prefix, f"raw_call{len(call.args)}", values)
    return definition(
        call.result.ctype, f"bare_{call.host_name}", libc_params(call.args), body, static=True)


def resolver(f):
    params, names = [text for text, _ in f.params], [name for _, name in f.params]
    body = fill("if (!lookup(", [f'"{f.name}"', f"offsetof(struct host_ops, {f.name})"], "))", "\t")
    if f.result == "void":
        body += "\t\treturn;\n" + call_statement("", f"host.{f.name}", names)
    else:
        failure = "NULL" if f.result.endswith("*") else "-1"
        body += f"\t\treturn {failure};\n" + call_statement("return ", f"host.{f.name}", names)
    return definition(f.result, f"find_{f.name}", params, body, static=True)


def emit_source(table):
    rows = [(c.host_name, "bare") for c in table.interposed]
    rows += [(f.name, "find") for f in functions(table)]
    system = ["<dlfcn.h>", "<errno.h>", "<stdarg.h>", "<stdbool.h>", "<stddef.h>", "<string.h>"]
    text = banner(SOURCE)
    text += includes(system, ["base/raw.h", "syscall/host.h"]) + HELPERS
    text += "".join("\n" + bare(c) for c in table.interposed)
    text += "".join("\n" + resolver(f) for f in functions(table))
    text += "\nstruct host_ops host = {\n"
    text += "".join(f"    .{name} = {start}_{name},\n" for name, start in rows) + "};\n"
    text += "\nstatic const struct {\n\tconst char *name;\n\tsize_t offset;\n} host_names[] = {\n"
    text += "".join(f'    {{"{name}", offsetof(struct host_ops, {name})}},\n' for name, _ in rows)
    return text + "};\n" + INIT
