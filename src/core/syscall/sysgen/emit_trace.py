# SPDX-License-Identifier: BSD-2-Clause
"""trace_rows.h, trace_rows.c: how the tracer prints each argument."""

from .ctext import banner, header, includes
from .rows import finder, rows

# A printer each in src/core/trace: call.c has the table.  "count" says that the result is the
# number of bytes that the call moved.
PRINTERS = (
    "int", "long", "count", "uint", "hex", "mode", "fd", "hostfd", "atfd", "oflags", "atflags",
    "whence", "af", "socktype", "msgflags", "sollevel", "accmode", "fcntlcmd", "fcntlarg", "addr",
    "string", "bytes", "intp", "iovec", "stat", "timespec", "sockaddr", "msghdr", "pollfd",
)

ABOUT = "How the tracer prints the arguments and the result of each call."

ROW = """\
struct trace_row {
	char name[24];
	uint8_t result;
	uint8_t args[6]; /* where the memory is: usermem_rows.h */
};

/* NULL: no such call. */
const struct trace_row *trace_row(uint32_t nr);
"""


def emit_header(_table):
    body = "#include <stdint.h>\n\nenum trace_printer {\n"
    body += "".join(f"\tTRACE_{p.upper()},\n" for p in PRINTERS)
    body += "\tTRACE_NPRINTERS\n};\n\n" + ROW
    return header("SYSCALL_TRACE_ROWS_H", ABOUT, body)


def row(call):
    printers = ", ".join(f"TRACE_{a.kind.printer.upper()}" for a in call.words)
    return [f'"{call.name}"', f"TRACE_{call.result.printer.upper()}", f"{{{printers or 0}}}"]


def emit_source(table):
    own = ["syscall/sysnum.h", "syscall/trace_rows.h"]
    text = banner() + includes(["<stddef.h>"], own)
    return text + rows(table, "trace_row", row) + finder("trace_row", "trace_row")
