# SPDX-License-Identifier: BSD-2-Clause
"""usermem_rows.h, usermem_rows.c: which memory each call may read and write."""

from .ctext import banner, header, includes
from .rows import finder, rows

ABOUT = """
What each argument word of a call means for the caller's memory.

A call's ranges follow from its row, when the call starts and once:

	for each argument a of the row, not USERMEM_WORD, args[i] != 0:
		USERMEM_STRING: the NUL-terminated string at args[i], in
		USERMEM_MEM:    usermem_len() bytes at args[i], in or out as a->dir says; if a->len
		                is USERMEM_LEN_REF: as many as the uint32_t at args[a->len_arg]
		else:           ask the walker of the class; iovec: usermem_len() elements

A length by reference must not be read again later: the kernel may write there, and so would choose
its own range.
"""

TYPES = """
enum usermem_class {
	USERMEM_WORD, /* no memory */
	USERMEM_STRING,
	USERMEM_MEM,
	USERMEM_IOVEC, /* the others: pointers behind pointers, a walker each */
	USERMEM_MSGHDR,
	USERMEM_FCNTLARG, /* as the command in args[1] says */
	USERMEM_IOCTLARG, /* as the request in args[1] says */
};

#define USERMEM_IN  0x1u /* the kernel reads it */
#define USERMEM_OUT 0x2u /* the kernel writes it */

enum usermem_len {
	USERMEM_LEN_NONE,
	USERMEM_LEN_CONST, /* unit */
	USERMEM_LEN_ARG,   /* args[len_arg] * unit */
	USERMEM_LEN_REF,   /* the uint32_t that args[len_arg] points to */
};

struct usermem_arg {
	uint8_t class;
	uint8_t dir;
	uint8_t len;
	uint8_t len_arg;
	bool len_u32; /* args[len_arg] is a 32-bit value: its upper half means nothing */
	bool optional;
	uint32_t unit;
};

struct usermem_row {
	char name[24];
	uint8_t nargs;
	uint8_t counted; /* 1 + the argument whose bytes the result counts; 0: it may be any number */
	struct usermem_arg args[6];
};

/* The row of call `nr`; NULL if the table has no such call. */
const struct usermem_row *usermem_row(uint32_t nr);

/* The length that the words alone tell (CONST and ARG); false if it overflows. */
static inline bool
usermem_len(const struct usermem_arg *a, const uint64_t args[6], uint64_t *ret)
{
	uint64_t n = a->len_u32 ? (uint32_t)args[a->len_arg] : args[a->len_arg];

	if (a->len != USERMEM_LEN_ARG)
		n = a->len == USERMEM_LEN_CONST;
	return !__builtin_mul_overflow(n, (uint64_t)a->unit, ret);
}
"""

SHORTHANDS = """
#define WORD         {.class = USERMEM_WORD}
#define STRING       {.class = USERMEM_STRING, .dir = USERMEM_IN}
#define MEM(...)     {.class = USERMEM_MEM, __VA_ARGS__}
#define WALK(c, ...) {.class = USERMEM_##c, __VA_ARGS__}
#define IN           .dir = USERMEM_IN
#define OUT          .dir = USERMEM_OUT
#define INOUT        .dir = USERMEM_IN | USERMEM_OUT
#define OPT          .optional = true
#define CONST(n)     .len = USERMEM_LEN_CONST, .unit = n
#define ARG(i, n)    .len = USERMEM_LEN_ARG, .len_arg = i, .unit = n
#define ARG32(i, n)  .len = USERMEM_LEN_ARG, .len_arg = i, .unit = n, .len_u32 = true
#define REF(i)       .len = USERMEM_LEN_REF, .len_arg = i, .unit = 1
"""

NARROW = ("int", "unsigned int")


def emit_header(_table):
    body = includes(["<stdbool.h>", "<stdint.h>"]) + TYPES
    return header("SYSCALL_USERMEM_ROWS_H", ABOUT, body)


def memory(call, arg):
    if arg.kind.cls == "string":
        return "STRING"
    if arg.kind.cls not in ("mem", "walk"):
        return "WORD"
    fields = [arg.direction.upper()]
    if arg.length:
        fields.append(length(call, arg.length))
    if arg.optional:
        fields.append("OPT")
    walker = [arg.kind.name.upper()] if arg.kind.cls == "walk" else []
    return f"{'WALK' if walker else 'MEM'}({', '.join(walker + fields)})"


def length(call, l):
    if l.rule == "const":
        return f"CONST({l.unit})"
    if l.rule == "ref":
        return f"REF({l.index})"
    narrow = call.args[l.index].kind.ctype in NARROW
    return f"{'ARG32' if narrow else 'ARG'}({l.index}, {l.unit})"


def row(call):
    args = ", ".join(memory(call, a) for a in call.words) or "WORD"
    return [f'"{call.name}"', str(len(call.words)), str(counted(call)), f"{{{args}}}"]


def counted(call):
    """The memory that a count is about; with message flags (MSG_TRUNC) it may be about more."""
    if call.result.name != "count":
        return 0
    moved = [i for i, a in enumerate(call.words) if a.direction == "out" and a.length]
    if moved and any(a.kind.name == "msgflags" for a in call.words):
        return 0
    moved += [i for i, a in enumerate(call.words) if a.direction == "in" and a.length]
    return moved[0] + 1 if moved else 0


def emit_source(table):
    own = ["syscall/sysnum.h", "syscall/usermem_rows.h"]
    text = banner() + includes(["<stddef.h>"] + table.headers(pointers=True), own)
    text += SHORTHANDS
    return text + rows(table, "usermem_row", row) + finder("usermem_row", "usermem_row")
