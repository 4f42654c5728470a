# SPDX-License-Identifier: BSD-2-Clause
"""sys_proto.h, sysent.h, sysent.c: the kernel's functions and how a call's words reach them."""

from .ctext import banner, call_statement, declare, definition, fill, header
from .ctext import includes, prototype
from .rows import finder, rows

PROTO_ABOUT = """
The system calls, as the kernel implements them (kern/sys_*.c): 0 or a positive errno.

A descriptor is a word: a number of the process's table or a handle.  Memory is a range that
cannot be exceeded (kern/usercopy.h); a NULL argument has address 0 and length 0.  *retval is to
be set on success.  A call that gives a host descriptor sets l->out_fd; one that is given a host
descriptor finds it in l->in_fd.
"""

SYSENT_ABOUT = "Dispatch: from the number and words of a call to the kernel's typed function."

SYSENT_BODY = """\
#include <stdint.h>

struct lwp;

struct sysent {
	char name[24];
	int (*call)(struct lwp *l, const uint64_t args[6], int64_t retval[2]);
};

/* NULL: no such call, ENOSYS. */
const struct sysent *sysent_find(uint32_t nr);
"""

HELPERS = """
/* n objects of `unit` bytes at addr; EINVAL if no memory is that large.  NULL has no length. */
static int
range_len(uaddr_t addr, uint64_t n, size_t unit, size_t *ret_len)
{
	*ret_len = 0;
	if (addr != 0 && (__builtin_mul_overflow(n, unit, ret_len) || *ret_len > PTRDIFF_MAX))
		return EINVAL;
	return 0;
}

/* A length by reference, read this once. */
static int
range_ref(struct lwp *l, uaddr_t addr, uaddr_t len_addr, size_t *ret_len)
{
	uint32_t len = 0;
	int error = 0;

	if (addr != 0)
		error = uptr_get(l, len_addr, &len, sizeof len);
	if (error == 0 && len > INT_MAX)
		error = EINVAL;
	*ret_len = len;
	return error;
}
"""

ADDRESS = {"fd": "uint64_t", "string": "struct upath", "walk": "struct uptr"}
RANGE = {"in": "struct uin", "out": "struct uout", "inout": "struct uinout"}


def param_type(arg):
    if arg.kind.cls == "mem":
        return RANGE[arg.direction]
    return ADDRESS.get(arg.kind.cls, arg.kind.ctype)


def emit_proto(table):
    body = includes(["<stdint.h>"] + table.headers(pointers=False), ["kern/usercopy.h"]) + "\n"
    body += "struct lwp;\n\n"
    for c in table.calls:
        params = ["struct lwp *l"] + [declare(param_type(a), a.name) for a in c.words]
        body += prototype("int", f"sys_{c.name}", params + ["int64_t *retval"] * c.has_retval)
    return header("SYSCALL_SYS_PROTO_H", PROTO_ABOUT, body)


def emit_header(_table):
    return header("SYSCALL_SYSENT_H", SYSENT_ABOUT, SYSENT_BODY)


def range_setup(call, index):
    """The statement that computes the length of argument `index`, or "" if it is constant."""
    arg = call.words[index]
    length = arg.length
    if length is None or length.rule == "const":
        return ""
    if length.rule == "ref":
        head, values = "range_ref(", ["l", f"a[{index}]", f"a[{length.index}]"]
    else:
        number = call.args[length.index].kind.ctype
        values = [f"a[{index}]", f"(uint64_t)({number})a[{length.index}]", length.unit]
        head = "range_len("
    text = fill("if ((error = " + head, values + [f"&{arg.name}_len"], ")) != 0)", "\t")
    return text + "\t\treturn error;\n"


def value(index, arg):
    word, cls = f"a[{index}]", arg.kind.cls
    if cls == "fd":
        return word
    if cls == "word":
        return f"({arg.kind.ctype}){word}"
    if cls == "string":
        return f"(struct upath){{{word}}}"
    if arg.length is None:
        return f"(struct uptr){{{word}, 0}}"
    if arg.length.rule == "const":
        length = f"{word} == 0 ? 0 : {arg.length.unit}"
    else:
        length = f"{arg.name}_len"
    return f"({param_type(arg)}){{{word}, {length}}}"


def thunk(call):
    setups = [range_setup(call, i) for i in range(len(call.words))]
    lengths = [f"{a.name}_len" for a, setup in zip(call.words, setups) if setup]
    body = ""
    if lengths:
        body += f"\tsize_t {', '.join(lengths)};\n\tint error;\n\n"
    body += "" if call.words else "\t(void)a;\n"
    body += "" if call.has_retval else "\t(void)retval;\n"
    body += "".join(setups)
    values = ["l"] + [value(i, a) for i, a in enumerate(call.words)] + ["retval"] * call.has_retval
    body += call_statement("return ", f"sys_{call.name}", values)
    params = ["struct lwp *l", "const uint64_t a[6]", "int64_t retval[2]"]
    return definition("int", f"do_{call.name}", params, body, static=True)


def emit_source(table):
    own = ["syscall/sys_proto.h", "syscall/sysent.h", "syscall/sysnum.h"]
    system = ["<errno.h>", "<limits.h>", "<stddef.h>", "<stdint.h>"] + table.headers(pointers=True)
    text = banner() + includes(system, own) + HELPERS
    text += "".join("\n" + thunk(c) for c in table.calls)
    text += rows(table, "sysent", lambda c: [f'"{c.name}"', f"do_{c.name}"])
    return text + finder("sysent", "sysent_find")
