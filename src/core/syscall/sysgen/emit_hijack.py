# SPDX-License-Identifier: BSD-2-Clause
"""hijack_calls.c: the interposed functions that follow a pattern, and all disguises."""

from .ctext import banner, call_statement, definition, fetch_variadic, includes, libc_params


def host_call(call, **replaced):
    return f"host.{call.host_name}", [replaced.get(a.name, a.name) for a in call.args]


def rump_call(call, **replaced):
    values = [replaced.get(a.name, a.name) for a in call.args]
    way = "look" if call.route == "look" else "call"
    return f"{way}_{call.name}", values + ["&retval"] * call.has_retval


def result(call):
    value = "retval" if call.has_retval else "0"
    return f"\treturn ({call.result.ctype})hijack_ret(error, {value});\n"


def locals_of(call):
    return ("\tint64_t retval = 0;\n" if call.has_retval else "") + "\tint error;\n\n"


def atflags(call):
    if call.of_kind("name"):
        return "AT_SYMLINK_NOFOLLOW"
    return next((a.name for a in call.of_kind("atflags")), "0")


def follow(again):
    return f"\twhile (error == EREDIRECT && {again});\n"


def on_host(call):
    """The host's call inside a block, its result kept."""
    return call_statement(f"{call.result.ctype} result = ", *host_call(call), lead="\t\t") + "\n"


def body_at(call):
    """Routes at, look and path: route.h says why it is so."""
    arg = call.of_kind("path", "name")[0]
    path = arg.name
    dirs = [a.name for a in call.of_kind("atfd")]
    start = dirs[0] if dirs else "AT_FDCWD"
    here, there = {path: "r.path"}, {path: "r.path"}
    if dirs:
        here[start], there[start] = "r.dir", "AT_FDCWD"
    where = f"(&r, {start}, {path}, {atflags(call)})"
    text = "\tstruct route r;\n" + locals_of(call)
    if arg.optional:
        text += f"\tif ({path} == NULL)\n\t\treturn hijack_fail(EINVAL);\n"
    text += f"\tif (!route_at{where}) {{\n"
    text += on_host(call) + f"\t\tif (result != -1 || !route_strays{where})\n"
    text += "\t\t\treturn result;\n\t}\n\tdo\n" + call_statement("error = ", *rump_call(call, **here), lead="\t\t")
    text += follow("route_again(&r)")
    text += "\tif (error == EREDIRECT && r.path == NULL)\n\t\treturn hijack_fail(ELOOP);\n"
    text += "\tif (error == EREDIRECT)\n"
    return text + call_statement("return ", *host_call(call, **there), lead="\t\t") + result(call)


def body_at2(call):
    (from_dir, to_dir), (from_path, to_path) = call.of_kind("atfd"), call.of_kind("path")
    from_dir, to_dir, from_path, to_path = from_dir.name, to_dir.name, from_path.name, to_path.name
    words = {from_dir: "a.dir", from_path: "a.path", to_dir: "b.dir", to_path: "b.path"}
    values = ["&a", from_dir, from_path, "&b", to_dir, to_path, atflags(call)]
    text = "\tstruct route a, b;\n" + locals_of(call).rstrip() + "\n"
    text += call_statement("int world = ", "route_at2", values) + "\n\tif (world == 0) {\n"
    text += on_host(call) + "\t\tif (result != -1)\n\t\t\treturn result;\n"
    text += call_statement("world = ", "route_strays2", values, lead="\t\t")
    text += "\t\tif (world == 0)\n\t\t\treturn result;\n\t}\n"
    across = f"across_{call.name}({from_dir}, {from_path}, {to_dir}, {to_path}, flags)"
    text += f"\tif (world < 0)\n\t\treturn hijack_fail({across});\n"
    text += "\tdo\n" + call_statement("error = ", *rump_call(call, **words), lead="\t\t")
    return text + follow("route_again2(&a, &b, &error)") + result(call)


def body_fd(call):
    fd = call.args[0].name
    ident = "ident_file" if call.route == "pathfd" else "ident_open_file"
    text = "\tuint64_t word;\n" + locals_of(call) + f"\tif (!{ident}({fd}, &word))\n"
    hidden = f"return client_owns_fd({fd}) ? hijack_fail(EBADF) : "
    text += call_statement(hidden, *host_call(call), lead="\t\t")
    return text + call_statement("error = ", *rump_call(call, **{fd: "word"})) + result(call)


BODIES = {"at": body_at, "look": body_at, "path": body_at, "at2": body_at2, "fd": body_fd,
          "pathfd": body_fd}


def function(name, ctype, args, body):
    text = definition(ctype, f"hijack_{name}", libc_params(args), body)
    return "\n" + text + f"HIJACK_EXPORTS({name})\n"


def disguise_body(d):
    declare_ap, fetch = fetch_variadic(d.params)
    text = declare_ap + "\n" + fetch if fetch else ""
    text += "".join(f"\t(void){name};\n" for name in d.unused)
    return text + call_statement("return ", f"hijack_{d.target.name}", d.values)


def emit_source(table):
    own = ["route/across.h", "client/client.h", "hijack.h", "ident/ident.h", "ident/look.h", "route/route.h"]
    own += ["syscall/calls.h", "syscall/hijack_exports.h", "syscall/host.h"]
    text = banner() + includes(["<errno.h>", "<fcntl.h>", "<stdarg.h>"], own)
    for c in table.interposed:
        if c.route in BODIES:
            text += function(c.name, c.result.ctype, c.args, BODIES[c.route](c))
    for d in table.hijacked_disguises:
        text += function(d.name, d.target.result.ctype, d.params, disguise_body(d))
    return text
