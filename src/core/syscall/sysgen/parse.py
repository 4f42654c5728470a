# SPDX-License-Identifier: BSD-2-Clause
"""The .master files -> a Table.  Every mistake in them is a TableError with file and line."""

import re

from .emit_trace import PRINTERS
from .table import CLASSES, MAX_ARGS, ROUTES
from .table import Arg, Call, Disguise, Kind, Length, LibcFunction, Table

CALL = re.compile(r"(\S+)\s+(\w+)(?:@(\d+))?\s+(\w+)\s*\((.*?)\)\s*([\w\s]*?)\s*(?:;\s*(.*))?$")
DISGUISE = re.compile(r"(\w+)\s*\((.*?)\)\s*=\s*(\w+)\s*\((.*?)\)\s*([\w\s]*)$")
ARG = re.compile(r"(\.\.\.\s*)?(?:(in|out|inout)\s+)?(\w+)\s+(\w+)\s*(?:\[(.*)\])?\s*(\?)?$")
PARAM = re.compile(r"(\.\.\.\s*)?(?:(\w+)\s+)?(\w+)$")
LENGTH = re.compile(
    r"(?:(?P<const>\d+)|\*(?P<ref>\w+)|(?P<arg>[a-zA-Z_]\w*)(?:\s*\*\s*(?P<unit>\d+))?)$")
FUNCTION = re.compile(r"(.*?[\s*])(\w+)\s*\((.*)\)\s*:\s*([\w\s]+)$")
INCLUDE = re.compile(r"include\s+(<[\w./]+>)$")


class TableError(Exception):
    """str() is "file:line: message"."""


class Lines:
    """The lines of a file that say something; knows where it is for error messages."""

    def __init__(self, path):
        self.path, self.number = path, 0

    def __iter__(self):
        with open(self.path, encoding="utf-8") as file:
            for self.number, line in enumerate(file, 1):
                line = line.strip()
                if line and not line.startswith("#"):
                    yield line

    def fail(self, message):
        raise TableError(f"{self.path}:{self.number}: {message}")


def split(text):
    """At the commas that are not inside parentheses."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return parts + [last] if last else parts


def parse_kinds(lines, table):
    for line in lines:
        header = re.search(r"\s(<[\w./]+>)$", line)
        words = line[: header.start()].split() if header else line.split()
        if len(words) < 4:
            lines.fail("a kind has four columns: kind, class, C type, printer")
        name, cls, ctype, printer = words[0], words[1], " ".join(words[2:-1]), words[-1]
        if cls not in CLASSES:
            lines.fail(f"unknown class '{cls}'")
        if printer not in PRINTERS:
            lines.fail(f"unknown printer '{printer}'")
        if name in table.kinds:
            lines.fail(f"kind '{name}' is there twice")
        table.kinds[name] = Kind(name, cls, ctype, printer, header.group(1) if header else "")


def parse_length(lines, text, arg, args):
    """The Length of arg; args are all arguments of the call."""
    if text is None:
        if arg.kind.cls == "mem":
            if arg.kind.pointee in ("void", "char"):
                lines.fail(f"argument '{arg.name}': a {arg.kind.name} buffer needs a length")
            return Length("const", f"sizeof({arg.kind.pointee})")
        return None
    found = LENGTH.match(text.strip())
    if found is None:
        lines.fail(f"bad length '[{text}]' of argument '{arg.name}'")
    if found["const"]:
        return Length("const", found["const"])
    name = found["ref"] or found["arg"]
    index = next((i for i, a in enumerate(args) if a.name == name), None)
    if index is None:
        lines.fail(f"length of argument '{arg.name}': no argument '{name}'")
    kind = args[index].kind
    if found["ref"] and kind.name != "socklen":
        lines.fail(f"length of argument '{arg.name}': '{name}' is no socklen")
    if found["arg"] and kind.cls != "word":
        lines.fail(f"length of argument '{arg.name}': '{name}' is no number")
    return Length("ref" if found["ref"] else "arg", found["unit"] or "1", index)


def parse_args(lines, text, table):
    args, lengths = [], []
    for part in split(text):
        found = ARG.match(part)
        if found is None:
            lines.fail(f"bad argument '{part}'")
        dots, direction, kind_name, name, length, optional = found.groups()
        kind = table.kinds.get(kind_name)
        if kind is None:
            lines.fail(f"argument '{name}': unknown kind '{kind_name}'")
        if kind.cls == "result":
            lines.fail(f"argument '{name}': '{kind_name}' is a kind of result")
        if kind.cls in ("mem", "walk") and not direction:
            lines.fail(f"argument '{name}': say in, out or inout")
        if kind.cls not in ("mem", "walk") and (direction or length is not None):
            lines.fail(f"argument '{name}': '{kind_name}' has no direction and no length")
        if any(a.name == name for a in args):
            lines.fail(f"argument '{name}' is there twice")
        args.append(Arg(name, kind, direction or "", None, bool(optional), bool(dots)))
        lengths.append(length)
    for arg, length in zip(args, lengths):
        arg.length = parse_length(lines, length, arg, args)
    check_args(lines, args)
    return args


def check_args(lines, args):
    if sum(a.kind.cls != "hostfd" for a in args) > MAX_ARGS:
        lines.fail(f"{len(args)} arguments; a call has at most {MAX_ARGS}")
    if any(a.variadic for a in args[:-1]):
        lines.fail("only the last argument may be optional in the prototype")
    if any(a.kind.cls == "hostfd" for a in args[:-1]):
        lines.fail("a descriptor to pass must be the last argument")


def parse_call(lines, found, table):
    route, name, private, result_name, args, libc, note = found.groups()
    if route not in ROUTES:
        lines.fail(f"unknown route '{route}'")
    result = table.kinds.get(result_name)
    if result is None or result.cls not in ("result", "hostfd", "word"):
        lines.fail(f"unknown result '{result_name}'")
    number = None if private is None else int(private)
    args = parse_args(lines, args, table)
    call = Call(name, number, route, result, args, libc.split(), note or "")
    if any(c.name == name for c in table.calls):
        lines.fail(f"call '{name}' is there twice")
    if number is not None and any(c.private == number for c in table.calls):
        lines.fail(f"number @{number} is there twice")
    check_route(lines, call)
    table.calls.append(call)


def check_route(lines, call):
    """Does the call have the arguments that the pattern of its route needs?"""
    dirs, paths = len(call.of_kind("atfd")), len(call.of_kind("path", "name"))
    want = {"at": (1, 1), "look": (1, 1), "path": (0, 1), "at2": (2, 2)}.get(call.route)
    if want is not None and want != (dirs, paths):
        wanted = f"{want[0]} atfd and {want[1]} path"
        lines.fail(f"route '{call.route}' needs {wanted}, not {dirs} and {paths}")
    is_fd = call.args and call.args[0].kind.name == "fd"
    if call.route in ("fd", "pathfd") and not is_fd:
        lines.fail(f"route '{call.route}' needs an fd as first argument")
    if (call.route == "-") == bool(call.libc):
        lines.fail("a call has libc names if, and only if, it has a route")


def parse_params(lines, text, target, table):
    params = []
    for part in split(text):
        found = PARAM.match(part)
        if found is None:
            lines.fail(f"bad parameter '{part}'")
        dots, kind_name, name = found.groups()
        same = next((a for a in target.args if a.name == name), None)
        if kind_name is None and same is None:
            lines.fail(f"'{target.name}' has no argument '{name}'")
        if kind_name is not None and kind_name not in table.kinds:
            lines.fail(f"parameter '{name}': unknown kind '{kind_name}'")
        if kind_name:
            params.append(Arg(name, table.kinds[kind_name], variadic=bool(dots)))
        else:
            params.append(Arg(name, same.kind, same.direction, variadic=bool(dots)))
    return params


def parse_disguise(lines, found, table):
    name, params_text, target_name, values_text, libc = found.groups()
    target = next((c for c in table.calls if c.name == target_name), None)
    if target is None:
        lines.fail(f"'{name}' is '{target_name}' in disguise, but there is no such call above")
    if target.route == "-" and libc:
        lines.fail(f"'{name}' is '{target_name}' in disguise, which is not interposed")
    if any(d.name == name for d in table.calls + table.disguises):
        lines.fail(f"call '{name}' is there twice")
    params = parse_params(lines, params_text, target, table)
    values = [re.sub(r"\s*\|\s*", " | ", value) for value in split(values_text)]
    if len(values) != len(target.args):
        lines.fail(f"'{target_name}' has {len(target.args)} arguments, not {len(values)}")
    for word in re.findall(r"\b[a-z_]\w*", values_text):
        if not any(p.name == word for p in params):
            lines.fail(f"'{name}' has no parameter '{word}'")
    table.disguises.append(Disguise(name, params, target, values, libc.split()))


def parse_syscalls(lines, table):
    for line in lines:
        disguise, call = DISGUISE.match(line), CALL.match(line)
        if disguise:
            parse_disguise(lines, disguise, table)
        elif call:
            parse_call(lines, call, table)
        else:
            lines.fail("neither a call nor a disguise")
        check_libc(lines, (table.disguises if disguise else table.calls)[-1], table)


def parse_libc(lines, table):
    for line in lines:
        include, function = INCLUDE.match(line), FUNCTION.match(line)
        if include:
            table.libc_headers.append(include.group(1))
            continue
        if function is None:
            lines.fail("neither 'prototype : libc names' nor 'include <header>'")
        result, name, params, libc = function.groups()
        params = [] if params.strip() == "void" else split(params)
        variadic = bool(params) and params[-1] == "..."
        if variadic:
            params.pop()
        named = [(text, parameter_name(lines, text)) for text in params]
        row = LibcFunction(name, result.strip(), named, variadic, libc.split())
        if row.libc[0] != name:
            lines.fail(f"the first libc name of '{name}' must be '{name}'")
        if any(r.name == name for r in table.hijacked):
            lines.fail(f"there is a hijack_{name}() already")
        table.functions.append(row)
        check_libc(lines, row, table)


def parameter_name(lines, text):
    """"int (*compare)(const void *)" -> "compare"; "char *const argv[]" -> "argv"."""
    found = re.search(r"\(\*\s*(\w+)\)", text) or re.search(r"[\s*](\w+)\s*(?:\[\w*\])*$", text)
    if found is None:
        lines.fail(f"parameter '{text}' has no name")
    return found.group(1)


def check_libc(lines, row, table):
    """A libc name belongs to one row."""
    others = [r for r in table.calls + table.disguises + table.functions if r is not row]
    for name in row.libc:
        if row.libc.count(name) > 1 or any(name in other.libc for other in others):
            lines.fail(f"libc name '{name}' is there twice")


def parse(syscalls, kinds, libc):
    table = Table()
    parse_kinds(Lines(kinds), table)
    parse_syscalls(Lines(syscalls), table)
    parse_libc(Lines(libc), table)
    return table
