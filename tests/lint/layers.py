# SPDX-License-Identifier: BSD-2-Clause
"""Checks every #include "..." of the sources against tests/lint/layers.

usage: layers.py TOP
Prints a line for each include that is not allowed; exits 1 if there is one.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"(?=[a-z_]+/)|<(?=rump/))([a-z_]+)/([^">]+)[">]', re.M)
ROOTS = ("src/core", "src/kernel", "src", "include", "")


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        line = line.partition("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            layers[folder] = {folder, *allowed.split()}
    return layers


def folder_path(top, folder):
    return next((p for r in ROOTS if (p := top / r / folder).is_dir()), None)


def check_file(path, folder, layers):
    for match in INCLUDE.finditer(path.read_text()):
        to = match.group(1)
        if to in layers and to not in layers[folder]:
            yield f"{path}: {folder} must not include {to}/{match.group(2)}"


def unlisted(top, layers):
    """Folders with sources that the table forgets."""
    for root in ("src/core", "src/kernel"):
        for folder in sorted((top / root).iterdir()):
            if folder.is_dir() and any(folder.rglob("*.[ch]")) and folder.name not in layers:
                yield f"{folder}: not in tests/lint/layers"


def main(top):
    layers = read_layers(top / "tests/lint/layers")
    wrong = list(unlisted(top, layers))
    for folder in layers:
        base = folder_path(top, folder)
        if base is None:
            wrong.append(f"tests/lint/layers: no folder {folder}")
            continue
        for path in sorted(base.rglob("*.[ch]")):
            wrong += check_file(path, folder, layers)
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main(pathlib.Path(sys.argv[1])))
