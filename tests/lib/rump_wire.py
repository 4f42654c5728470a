# SPDX-License-Identifier: BSD-2-Clause
"""The rump_sp protocol (docs/protocol.md) and the table of system calls, for hostile peers."""
import array
import os
import re
import socket
import struct
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "src/core/syscall"))
sys.dont_write_bytecode = True
from sysgen import parse  # noqa: E402

BANNER = b"RUMPSP-0.5-Linux-0.5.0/x86_64\n"
REQ, RESP, ERROR = range(3)
(HANDSHAKE, SYSCALL, COPYIN, COPYINSTR, COPYOUT, COPYOUTSTR, ANONMMAP, PREFORK, RAISE) = range(9)
HELLO, CALL, INTERRUPT, FORKCONN, PIPES = range(16, 21)
GUEST, AUTH, FORK, EXEC, ATTACH = range(5)
ABSLINKS, DELEGATE = 1, 2
CALL_FD = 2
REDIRECT_ADDR, EREDIRECT = 2**64 - 1, 4096
HANDLE = 1 << 62
PRIVATE = 0x52000

# Of the kinds that point to one object; others say their length.
SIZES = {"stat": 144, "statx": 256, "statfs": 120, "timespec": 16, "socklen": 4, "utsname": 390,
         "epevent": 12, "gids": 4, "ioctlarg": 40, "fcntlarg": 32, "msghdr": 56}


def load_table():
    """Number -> call of sysgen's table."""
    folder = os.path.join(TOP, "src/core/syscall")
    table = parse.parse(*(os.path.join(folder, f"{n}.master") for n in ("syscalls", "kinds", "libc")))
    with open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", encoding="ascii") as file:
        linux = {name: int(n) for name, n in re.findall(r"#define __NR_(\w+) (\d+)", file.read())}
    return {linux[c.name] if c.private is None else PRIVATE + c.private: c for c in table.calls}


def unit_of(arg):
    """Bytes of one of what the argument's length counts."""
    named = re.fullmatch(r"sizeof\((?:struct )?(\w+?)(?:_t)?\)", arg.length.unit)
    return SIZES.get(named[1], 16) if named else int(arg.length.unit, 0)


def frame(cls, kind, reqno, arg, body=b""):
    return struct.pack("=QQHHI", 24 + len(body), reqno, cls, kind, arg & 0xFFFFFFFF) + body


def chunk(addr, data):
    return struct.pack("=QII", addr, len(data), 0) + data + bytes(-len(data) % 8)


class Peer:
    """One end of a connection."""

    def __init__(self, sock):
        self.sock = sock
        self.data = b""
        self.fds = []

    def send(self, data, fds=()):
        if fds:
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            self.sock.sendmsg([data[:1]], control, socket.MSG_NOSIGNAL)
            data = data[1:]
        self.sock.sendall(data)

    def fill(self):
        data, control, _flags, _addr = self.sock.recvmsg(1 << 18, socket.CMSG_SPACE(64))
        for level, kind, passed in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds = array.array("i")
                fds.frombytes(passed[: len(passed) - len(passed) % fds.itemsize])
                self.fds.extend(fds)
        if not data:
            raise ConnectionError("end of the stream")
        self.data += data

    def next(self):
        """(class, type, reqno, arg, body) of the next frame that is there already, or None."""
        if len(self.data) < 24:
            return None
        length, reqno, cls, kind, arg = struct.unpack_from("=QQHHI", self.data)
        if len(self.data) < length:
            return None
        body, self.data = self.data[24:length], self.data[length:]
        return cls, kind, reqno, arg, body

    def drop_fds(self):
        for fd in self.fds:
            os.close(fd)
        self.fds = []

    def close(self):
        self.drop_fds()
        self.sock.close()
