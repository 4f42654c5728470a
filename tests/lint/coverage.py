# SPDX-License-Identifier: BSD-2-Clause
"""Checks that every function the hijack library exports is called by some parity program.

usage: coverage.py BUILD TOP ALLOWED
Spellings of one function count as one: open64, __open_2 and __open are open. ALLOWED lists the
names that parity programs do not call, one a line, each with the reason.
"""
import pathlib
import re
import sys


def exports(build):
    text = (build / "src/core/syscall/hijack.map").read_text()
    names = re.search(r"global:(.*?)local:", text, re.S).group(1)
    return {n for n in re.split(r"[\s;]+", names) if n}


def plain(name):
    """The name as a program spells it: without what _FORTIFY_SOURCE and large files add."""
    name = re.sub(r"(_chk|_2)$", "", name.lstrip("_"))
    return re.sub(r"^([fl]?)x(stat)", r"\1\2", name.replace("64", ""))


def words(top):
    text = "".join(p.read_text() for p in (top / "tests/parity").glob("*.[ch]"))
    return {plain(w) for w in re.findall(r"\b\w+(?=\s*\()", text)}


def allowed(path):
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return {line for line in lines if line}


def main(build, top, allowed_path):
    called = words(top) | {plain(n) for n in allowed(allowed_path)}
    missing = sorted(n for n in exports(build) if plain(n) not in called)
    print("\n".join(f"{name}: no parity program calls it" for name in missing))
    return bool(missing)


sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
