# SPDX-License-Identifier: BSD-2-Clause
"""sysnum.h: the numbers."""

from .ctext import header
from .table import PUBLIC

ABOUT = "Numbers of the system calls, and the two constants that all sides share."

SHARED = """\
/* A descriptor in an argument word: a number of the process's own table (sign-extended, AT_FDCWD
 * stays itself) or, for delegated files, the inode number of the host object with this bit. */
#define RUMP_HANDLE (UINT64_C(1) << 62)

/* The result of a call that met an absolute symbolic link: no errno, never seen by programs. */
#define EREDIRECT 4096

"""


def emit_header(table):
    rows = ""
    for call in table.calls:
        value = f"SYS_{call.name}" if call.private is None else f"RUMP_SYS_PRIVATE + {call.private}"
        rows += f"\tRUMP_SYS_{call.name} = {value},\n"
    body = "#include <stdint.h>\n#include <sys/syscall.h>\n\n" + SHARED
    body += "/* The rump kernel's own calls have numbers that Linux never gives. */\n"
    body += "#define RUMP_SYS_PRIVATE 0x52000\n"
    body += "/* Those below this one are for the hijacker alone. */\n"
    body += f"#define RUMP_SYS_PUBLIC (RUMP_SYS_PRIVATE + {PUBLIC})\n\n"
    body += "enum rump_sysnum {\n" + rows + "};\n"
    return header("SYSCALL_SYSNUM_H", ABOUT, body)
