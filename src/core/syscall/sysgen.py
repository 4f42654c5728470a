#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Generates everything that enumerates system calls from the three .master files.

usage: sysgen.py -o DIRECTORY SYSCALLS.MASTER KINDS.MASTER LIBC.MASTER [ARTEFACT...]

Writes the named artefacts (all of them if none is named) into the directory.  A mistake in a table
is one line "file:line: message" and exit status 1.
"""

import argparse
import os
import sys

sys.dont_write_bytecode = True

from sysgen import emit_calls, emit_docs, emit_exports, emit_hijack, emit_host  # noqa: E402
from sysgen import emit_public, emit_sysent, emit_sysnum, emit_trace  # noqa: E402
from sysgen import emit_usermem, parse  # noqa: E402

ARTEFACTS = {
    "sysnum.h": emit_sysnum.emit_header,
    "calls.h": emit_calls.emit_header,
    "calls.c": emit_calls.emit_source,
    "rump_syscalls.h": emit_public.emit_header,
    "rump_syscalls.c": emit_public.emit_source,
    "usermem_rows.h": emit_usermem.emit_header,
    "usermem_rows.c": emit_usermem.emit_source,
    "sys_proto.h": emit_sysent.emit_proto,
    "sysent.h": emit_sysent.emit_header,
    "sysent.c": emit_sysent.emit_source,
    "host.h": emit_host.emit_header,
    "host.c": emit_host.emit_source,
    "hijack_calls.c": emit_hijack.emit_source,
    "hijack_exports.h": emit_exports.emit_header,
    "hijack.map": emit_exports.emit_map,
    "trace_rows.h": emit_trace.emit_header,
    "trace_rows.c": emit_trace.emit_source,
    "syscalls.md": emit_docs.emit_page,
    "words.txt": emit_docs.emit_words,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", dest="directory", required=True)
    parser.add_argument("syscalls")
    parser.add_argument("kinds")
    parser.add_argument("libc")
    parser.add_argument("artefacts", nargs="*", metavar="ARTEFACT")
    options = parser.parse_args()
    unknown = [name for name in options.artefacts if name not in ARTEFACTS]
    if unknown:
        parser.error(f"unknown artefact '{unknown[0]}'; known are {' '.join(ARTEFACTS)}")
    try:
        table = parse.parse(options.syscalls, options.kinds, options.libc)
    except (parse.TableError, OSError) as error:
        sys.exit(str(error))
    for name in options.artefacts or ARTEFACTS:
        with open(os.path.join(options.directory, name), "w", encoding="utf-8") as file:
            file.write(ARTEFACTS[name](table))


if __name__ == "__main__":
    main()
