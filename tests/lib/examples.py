# SPDX-License-Identifier: BSD-2-Clause
"""Makes scripts of the examples in a page.

usage: examples.py PAGE SCRATCH LIBRARY

A block of lines that begin with "$ " becomes SCRATCH/example.N.sh; the lines behind a shell that is
started are its input.  Servers, files and the library are replaced by the test's own, a client
waits for its server, and what is left in the background is stopped.  Blocks with "..." are no
commands.
"""
import re
import sys


def blocks(text):
    found, block = [], []
    for line in text.split("\n"):
        command = re.match(r"(?:    )?\$ (.*)", line)
        if command:
            block.append(re.sub(r"\s+#.*", "", command.group(1)))
        elif block and (line == "" or line.startswith(".")):
            found.append(block)
            block = []
    return found


def adapt(line, scratch, library):
    line = re.sub(r"/tmp/(k|one|two)\b", rf"{scratch}/\1.example", line)
    line = re.sub(r"[^ =]*librumphijack\.so", library, line)
    return line.replace("~/site", scratch + "/site")


def script(block, scratch, library):
    lines, end, waits = [], [], False
    for line in (adapt(line, scratch, library) for line in block):
        if not end and re.search(r"(^| )bash$", line):
            lines.append(f"{line} -e <<'EOT'")
            end = ["EOT"]
        elif line.endswith("&"):
            lines += ["trap 'kill $(jobs -p)' EXIT", line]
        else:
            lines.append(f"until {line}; do :; done" if waits else line)
        waits = line.endswith("&")
    return "\n".join(lines + end) + "\n"


def main(page, scratch, library):
    runnable = [b for b in blocks(open(page).read()) if "..." not in " ".join(b)]
    for n, block in enumerate(runnable):
        with open(f"{scratch}/example.{n}.sh", "w") as f:
            f.write(script(block, scratch, library))


main(*sys.argv[1:])
