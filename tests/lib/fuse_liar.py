# SPDX-License-Identifier: BSD-2-Clause
"""A FUSE program that serves a directory with the file f, the link l and the directory d/e, and
answers one kind of request wrongly.

usage: fuse_liar.py OPCODE LIE MOUNTPOINT

The lie "interruptible" answers only when it is told that nobody wants to wait any more; it makes the
file that LIAR_MARK names when it is asked.  "late" answers after a while, and makes that file if the connection
ends or the end is announced before.  "stay" does not end with the connection, but when the file is there.
"""
import os
import select
import stat
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, SETATTR, READLINK = 1, 2, 3, 4, 5
OPEN, READ, WRITE, STATFS, RELEASE, FSYNC = 14, 15, 16, 17, 18, 20
LISTXATTR, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = 23, 25, 26, 27, 28, 29
INTERRUPT, DESTROY, BATCH_FORGET = 36, 38, 42
OPCODES = {name: value for name, value in globals().items() if isinstance(value, int)}

NODES = {
    1: (stat.S_IFDIR | 0o755, 0),
    2: (stat.S_IFREG | 0o644, 5),
    3: (stat.S_IFLNK | 0o777, 1),
    4: (stat.S_IFDIR | 0o755, 0),
    5: (stat.S_IFDIR | 0o755, 0),
}
NAMES = {(1, b"f"): 2, (1, b"l"): 3, (1, b"d"): 4, (4, b"e"): 5}


def attr(node, mode=None, size=None):
    own_mode, own_size = NODES[node]
    return struct.pack("<6Q10I", node, own_size if size is None else size, 1, 0, 0, 0,
                       0, 0, 0, own_mode if mode is None else mode, 1, 0, 0, 0, 4096, 0)


def entry(node, **changes):
    return struct.pack("<4Q2I", node, 0, 0, 0, 0, 0) + attr(node, **changes)


def records(names):
    out = b""
    for number, name in enumerate(names):
        record = struct.pack("<QQII", 9, number + 1, len(name), 0) + name
        out += record + bytes(-len(record) % 8)
    return out


def truth(opcode, node, body):
    if opcode == INIT:
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, 65536, 1 << 5, 8, 8, 65536, 1, 0, 0, 0)
    if opcode == LOOKUP:
        found = NAMES.get((node, body.rstrip(b"\0")))
        return entry(found) if found else None
    if opcode in (GETATTR, SETATTR):
        return struct.pack("<QII", 0, 0, 0) + attr(node)
    if opcode == READLINK:
        return b"f"
    if opcode in (OPEN, OPENDIR):
        return struct.pack("<QII", 7, 0, 0)
    if opcode == READ:
        return b"hello"
    if opcode == WRITE:
        return struct.pack("<II", struct.unpack_from("<QQI", body)[2], 0)
    if opcode == READDIR:
        offset = struct.unpack_from("<QQ", body)[1]
        return records([b".", b"..", b"f"]) if offset == 0 else b""
    if opcode == STATFS:
        return struct.pack("<5Q4I24x", 9, 9, 9, 9, 9, 512, 255, 512, 0)
    if opcode == LISTXATTR:
        return struct.pack("<II", 0, 0)
    return b""


def notifications(cut):
    """All that a program may tell unasked; `cut`: with less in it than they say."""
    for code, body in (
            (1, struct.pack("<QI4x", 2, 0)),                         # POLL
            (2, struct.pack("<Qqq", 2, 0, 0)),                       # INVAL_INODE
            (2, struct.pack("<Qqq", 77, -1, 0)),                     # of an unknown one
            (3, struct.pack("<QII", 1, 1, 0) + b"f\0"),              # INVAL_ENTRY
            (3, struct.pack("<QII", 1, 1 << 31, 0) + b"f\0"),
            (4, struct.pack("<QQII", 2, 0, 5, 0) + b"world"),        # STORE
            (5, struct.pack("<QQQII", 99, 2, 0, 5, 0)),              # RETRIEVE
            (6, struct.pack("<QQII", 1, 2, 1, 0) + b"f\0"),          # DELETE
            (1000, b"unheard of")):
        body = body[:len(body) // 2] if cut else body
        yield struct.pack("<IiQ", 16 + len(body), code, 0) + body


def late(fuse):
    """Nothing that can come now may be the end."""
    deadline = time.monotonic() + 0.2
    while select.select([fuse], [], [], max(0, deadline - time.monotonic()))[0]:
        try:
            if struct.unpack_from("<II", os.read(fuse, 1 << 20))[1] != DESTROY:
                continue
        except OSError:
            pass
        open(os.environ["LIAR_MARK"], "w").close()
        return


def lie(kind, unique, node, good):
    """The whole message, or several; None: no answer."""
    good = good or b""

    def message(error, body, number=unique):
        return struct.pack("<IiQ", 16 + len(body), error, number) + body

    return {
        "header": lambda: b"12345678",
        "empty": lambda: b"",
        "length": lambda: struct.pack("<IiQ", 4000, 0, unique) + good,
        "positive": lambda: message(5, b""),
        "beyond": lambda: message(-5000, b""),
        "error-with-data": lambda: message(-5, b"more"),
        "unknown": lambda: message(0, good, 1000000),
        "short": lambda: message(0, good[:-1] if good else b"x"),
        "long": lambda: message(0, good + bytes(70000)),
        "nothing": lambda: message(0, b""),
        "root": lambda: message(0, entry(1)),
        "type": lambda: message(0, good[:-88] + attr(node, mode=0o644)),
        "other-type": lambda: message(0, good[:-88] + attr(node, mode=stat.S_IFIFO | 0o644)),
        "size": lambda: message(0, good[:-88] + attr(node, size=1 << 63)),
        "ring": lambda: message(0, entry(4)),
        "slash": lambda: message(0, records([b"a/b"])),
        "no-name": lambda: message(0, records([b""])),
        "nul-name": lambda: message(0, records([b"a\0b"])),
        "cut": lambda: message(0, records([b"name"])[:20]),
        "endless": lambda: message(0, records([b"name%d" % n for n in range(1000)])),
        "more": lambda: message(0, struct.pack("<II", 1 << 30, 0)),
        "unterminated": lambda: message(0, b"user.x"),
        "major": lambda: message(0, struct.pack("<II", 8, 0) + good[8:]),
        "notify": lambda: message(-3, b""),
        "notifications": lambda: [*notifications(False), message(0, good)],
        "cut-notifications": lambda: [*notifications(True), message(0, good)],
        "silence": lambda: None,
        "interruptible": lambda: open(os.environ["LIAR_MARK"], "w").close(),
        "late": lambda: message(0, b""),
        "stay": lambda: message(0, good),
        "exit": lambda: sys.exit(1),
    }[kind]()


def main():
    wrong, kind = OPCODES[sys.argv[1]], sys.argv[2]
    fuse = os.open("/dev/fuse", os.O_RDWR)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    while True:
        try:
            request = os.read(fuse, 1 << 20)
        except OSError:
            while kind == "stay" and not os.path.exists(os.environ["LIAR_MARK"]):
                time.sleep(0.1)
            return
        _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
        if opcode == INTERRUPT and kind == "interruptible":
            os.write(fuse, struct.pack("<IiQ", 16, -4, struct.unpack_from("<Q", request, 40)[0]))
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        good = truth(opcode, node, request[40:])
        if opcode == wrong and kind == "late":
            late(fuse)
        if opcode == wrong and not (kind == "ring" and node != 4):
            answer = lie(kind, unique, node, good)
        elif good is None:
            answer = struct.pack("<IiQ", 16, -2, unique)
        else:
            answer = struct.pack("<IiQ", 16 + len(good), 0, unique) + good
        for message in answer if isinstance(answer, list) else [answer]:
            if message is not None:
                os.write(fuse, message)
        if opcode == DESTROY:
            return


main()
