# SPDX-License-Identifier: BSD-2-Clause
"""syscalls.md: the page for readers.  words.txt: the names, for tests of coverage."""

ABOUT = """\
# System calls

Generated from `src/core/syscall/syscalls.master`, which explains the notation.

| route | how the hijacker chooses the kernel |
|---|---|
| at, at2 | by directory descriptor and path (two of each) |
| path | by the path |
| fd | by what the descriptor is |
| hand | a hand-written function in `src/hijack/*/call_*.c` |
| - | not interposed: a delegated descriptor is right by itself, or libc has no such function |

## Calls

| call | route | arguments | libc names | note |
|---|---|---|---|---|
"""


def argument(arg):
    text = ("... " if arg.variadic else "") + (arg.direction + " " if arg.direction else "")
    return text + f"{arg.kind.name} {arg.name}" + ("?" if arg.optional else "")


def emit_page(table):
    text = ABOUT
    for c in table.calls:
        args = ", ".join(argument(a) for a in c.args)
        names = " ".join(f"`{n}`" for n in c.libc)
        text += f"| `{c.name}` | {c.route} | ({args}) -> {c.result.name} | {names} | {c.note} |\n"
    text += "\n## Calls in disguise\n\n| function | call | libc names |\n|---|---|---|\n"
    for d in table.disguises:
        params = ", ".join(p.name for p in d.params)
        names = " ".join(f"`{n}`" for n in d.libc)
        values = ", ".join(d.values).replace("|", "\\|")
        text += f"| `{d.name}({params})` | `{d.target.name}`({values}) | {names} |\n"
    text += "\n## Hand-written libc functions\n\n| function | libc names |\n|---|---|\n"
    for f in table.functions:
        text += f"| `{f.name}` | {' '.join(f'`{n}`' for n in f.libc)} |\n"
    return text


def emit_words(table):
    """A line each: "call NAME" for calls, "libc NAME" for exported names."""
    words = [f"call {c.name}" for c in table.calls]
    for row in table.hijacked:
        words += [f"libc {name}" for name in row.libc]
    return "\n".join(words) + "\n"
