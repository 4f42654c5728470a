# SPDX-License-Identifier: BSD-2-Clause
"""Checks the symbols of the hijack library, both ways.

usage: symbols.py BUILD ALLOWED
1. What librumphijack.so exports is what the generated map says: no more, no less.
2. No object that is linked into it refers to a name it exports, for that would be a call of itself:
   the host is called through the table in host.c only. ALLOWED lists exceptions: `object symbol`.
"""
import pathlib
import re
import subprocess
import sys

ARCHIVES = ("hijack", "client", "socket", "dcache", "trace", "wire", "base")


def nm(*args):
    out = subprocess.run(["nm", *map(str, args)], check=True, capture_output=True, text=True)
    return out.stdout.splitlines()


def mapped(build):
    text = (build / "src/core/syscall/hijack.map").read_text()
    names = re.search(r"global:(.*?)local:", text, re.S).group(1)
    return {n for n in re.split(r"[\s;]+", names) if n}


def exported(build):
    return {line.split()[-1].partition("@")[0]
            for line in nm("-D", "--defined-only", build / "librumphijack.so")}


def references(build):
    """(object, symbol) of all undefined references in what is linked into the library."""
    for name in ARCHIVES:
        archive = build / f"librump{name}.a"
        if archive.exists():
            for line in nm("-A", "--undefined-only", archive):
                where, symbol = line.split()[0], line.split()[-1]
                yield re.split(r"[/_]", where.rstrip(":").rpartition(":")[2])[-1], symbol


def allowed(path):
    lines = (line.partition("#")[0].split() for line in path.read_text().splitlines())
    return {tuple(fields) for fields in lines if fields}


def main(build, allowed_path):
    names, exports = mapped(build), exported(build)
    wrong = [f"{n}: in the map, not exported" for n in sorted(names - exports)]
    wrong += [f"{n}: exported, not in the map" for n in sorted(exports - names)]
    fine = allowed(allowed_path)
    wrong += [f"{obj}: refers to {symbol}, which is interposed"
              for obj, symbol in sorted(set(references(build)))
              if symbol in names and (obj, symbol) not in fine and (obj, "*") not in fine]
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
