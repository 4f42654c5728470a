# SPDX-License-Identifier: BSD-2-Clause
"""Arguments for calls.py: half of them sound, so that calls get far, the others at the edges."""
import errno
import os
import socket
import struct

import rump_wire as wire

EDGES = (0, 0, 1, 2, 3, 7, 8, 255, 4095, 4096, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**62, 2**63 - 1,
         2**63, 2**64 - 1)
LENGTHS = (0, 1, 2, 8, 16, 28, 48, 110, 128, 220, 255, 4095, 4096, 4097, 65536, 65537, 1 << 20, (1 << 20) + 1, 2**31 - 1,
           2**32 - 1, 2**63, 2**64 - 1)
NAMES = ("a", "b", "c", "d", ".", "..", "", "a/b", "c/d", "c/../a", "a/", "proc/self/fd/3", "proc/net/tcp", "proc/mounts",
         "dev/null", "dev/shm", "proc/1/status", "etc", "c/c/c")
# No hostfs: what is fuzzed must not reach the host's files.
WORDS = ("", "tmpfs", "tmpfs", "proc", "sysfs", "devtmpfs", "fuse", "size=1k,mode=700", "size=99999999999999g", "nr_inodes=3",
         "user.a", "user.b", "system.posix_acl_access", "security.c", "trusted.d", "lo", "eth0", "loss eth0 10%", "clear",
         "delay 1 lo 5ms port 80", "%s%n", "x" * 255, "x" * 256, "y" * 4094)
LEVELS = (0, 1, 6, 17, 41, 58, 136, 255, 263)
REQUESTS = tuple(range(0x8901, 0x8960)) + (0x541B, 0x5421, 0x5401, 0x5413, 0x89A0, 0x89A2, 0x89F0)
NULL_DEVICE = 0x103


class Arguments:
    def __init__(self, random):
        self.random = random
        self.fds = [0, 1, 3]
        self.handles = []
        self.hosts = []
        self.memory = {}

    # --- words ---

    def edge(self):
        r = self.random
        return r.choice(EDGES) if r.random() < 0.7 else r.getrandbits(r.choice((4, 8, 16, 32, 64)))

    def fd(self):
        r = self.random
        how = r.random()
        if how < 0.45:
            return r.choice(self.fds)
        if how < 0.7 and self.handles:
            return r.choice(self.handles)
        if how < 0.85:
            return -100 & (2**64 - 1)
        return r.choice((r.randrange(40), self.edge(), wire.HANDLE | r.getrandbits(30)))

    def bits(self):
        r = self.random
        value = 0
        for _ in range(r.choice((0, 1, 1, 2, 3))):
            value |= 1 << r.randrange(24)
        return value if r.random() < 0.9 else self.edge()

    def word(self, arg):
        r = self.random
        name, kind = arg.name, arg.kind.name
        if kind == "oflags":
            return r.choice((0, 1, 2, 0o100, 0o102, 0o102, 0o1102, 0o302, 0o200000, 0o10000000, 0o20200002)) | r.choice((0, self.bits()))
        if kind == "mode":
            return r.getrandbits(12) | r.choice((0, 0o100000, 0o10000, 0o140000, 0o20000))
        if kind == "dev":
            return NULL_DEVICE
        if kind in ("uid", "gid"):
            return r.choice((0, 0, 1000, 65534, 2**32 - 1))
        if kind == "af":
            return r.choice((1, 2, 2, 10, 16, 17, 0, 44))
        if kind == "socktype":
            return r.choice((1, 1, 2, 2, 3, 5, 0, 11)) | r.choice((0, 0o4000, 0o2000000))
        if kind == "sollevel" or name == "level":
            return r.choice(LEVELS)
        if kind == "fcntlcmd":
            return r.choice((*range(18), *range(1024, 1042), self.edge()))
        if name == "request":
            return r.choice(REQUESTS)
        if name in ("op", "how", "whence", "which", "protocol", "name", "family", "backlog"):
            return r.choice((*range(12), r.randrange(60), self.edge()))
        if name in ("timeout", "offset", "length", "len"):
            return r.choice((0, 1, 4096, 100000, self.edge()))
        return self.bits() if "flags" in kind + name or r.random() < 0.3 else self.edge()

    # --- memory ---

    def path(self):
        r = self.random
        how = r.random()
        if how < 0.85:
            return r.choice(("/", "/", "")).encode() + r.choice(NAMES).encode()
        if how < 0.9 and self.handles:
            return b"//%x" % (r.choice(self.handles) & ~wire.HANDLE) + r.choice((b"", b"/a"))
        return r.choice((b"/" + b"e/" * 2047, b"/" + b"n" * 256, b"/a/" * 1365, b"/" + r.randbytes(6).replace(b"\0", b"?")))

    def sockaddr(self):
        r = self.random
        port = r.choice((0, 80, 80, 5000, 5001, 65535))
        how = r.randrange(7)
        if how < 3:
            address = r.choice((b"\x7f\0\0\1", bytes(4), b"\xe0\0\0\5", b"\x0a\0\0\1", b"\xff" * 4))
            return struct.pack("=H", 2) + struct.pack(">H", port) + address + bytes(8)
        if how == 3:
            address = r.choice((bytes(15) + b"\1", bytes(16), bytes(10) + b"\xff\xff\x7f\0\0\1", b"\xff\2" + bytes(13) + b"\1"))
            return struct.pack("=H", 10) + struct.pack(">HI", port, 0) + address + struct.pack("=I", r.choice((0, 1, 99)))
        if how == 4:
            return struct.pack("=H", 1) + r.choice((b"\0name", b"/a\0", b"/c/s", b"s" * 108, b""))
        if how == 5:
            return struct.pack("=HHIi", r.choice((16, 17, 0)), 0, r.randrange(9), 0) + bytes(8)
        return r.randbytes(r.randrange(130))

    def host_name(self):
        r = self.random
        if self.hosts and r.random() < 0.7:
            return r.choice(self.hosts)
        return r.choice((b"/tmp/none/rump-i-0.50-1", b"\0rump/1/1/ffff7f000001.50/ffff7f000001.51", b"", b"\0", b"/" * 107, r.randbytes(60)))

    def words_of(self, size):
        return b"".join(struct.pack("=Q", self.edge()) for _ in range(size // 8 + 1))[:size]

    def timespec(self):
        r = self.random
        one = lambda: struct.pack("=qq", r.choice((0, 0, 0, -1, 1 << 40)), r.choice((0, 1000000, 10**9, -1, 0x3FFFFFFF, 0x3FFFFFFE)))
        return one() + one()

    def bytes_for(self, arg, size):
        """What stands at the memory of this argument; its length is `size`, if the call says one."""
        r = self.random
        kind = arg.kind.name
        if kind == "sockaddr":
            return self.sockaddr()
        if arg.name == "host":
            return self.host_name()
        if kind == "timespec":
            return self.timespec()
        if kind == "pollfd":
            return b"".join(struct.pack("=ihh", self.fd() & 0x7FFFFFFF, r.getrandbits(6), 0) for _ in range(min(size, 4096) // 8))
        if kind == "epevent":
            return struct.pack("=IQ", r.choice((1, 4, 5, 1 << 31, self.edge() & 0xFFFFFFFF)), self.edge())
        if kind == "socklen":
            return struct.pack("=I", r.choice((0, 1, 4, 16, 28, 110, 128, 2**31, 2**32 - 1)))
        if kind == "msghdr":
            return self.msghdr()
        if kind == "iovec":
            return self.iovec(r.choice((0, 1, 2, 8, 1024)))
        if kind in ("ioctlarg", "fcntlarg"):
            return r.choice((b"lo", b"eth0", b"")).ljust(16, b"\0") + self.words_of(24) if r.random() < 0.6 else self.words_of(40)
        if size == 0:
            size = wire.SIZES.get(kind, 64)
        return r.choice((self.words_of, r.randbytes, bytes))(min(size, 200000))

    def iovec(self, n):
        r = self.random
        out = b""
        for i in range(n):
            size = r.choice((0, 1, 8, 4096, 70000, self.edge()))
            addr = 0x70000000 + i * 0x100000
            self.memory[addr] = r.randbytes(min(size, 1000))
            out += struct.pack("=QQ", addr if r.random() < 0.95 else self.edge(), size)
        return out

    def msghdr(self):
        r = self.random
        self.memory[0x60000000] = self.sockaddr()
        self.memory[0x61000000] = self.iovec(3)
        self.memory[0x62000000] = struct.pack("=Qii", r.choice((16, 20, 24, 0, 2**63)), r.choice((1, 0, 41)), r.choice((1, 2, 8, 50))) + r.randbytes(40)
        return struct.pack("=QIIQQQQiI", 0x60000000, r.choice((16, 28, 110, 0, 2**32 - 1)), 0, 0x61000000, r.choice((0, 1, 3, 1025, 2**63)),
                           0x62000000, r.choice((0, 16, 24, 56, 2**32)), 0, 0)

    # --- all of a call ---

    def make(self, call):
        """Words, and the chunks that go along."""
        r = self.random
        self.memory = {}
        words = [0] * 6
        sizes = {}
        for i, arg in enumerate(call.words):
            if arg.length is not None and arg.length.rule == "arg":
                sizes[arg.length.index] = r.choice(LENGTHS)
        for i, arg in enumerate(call.words):
            cls = arg.kind.cls
            if cls == "fd":
                words[i] = self.fd()
            elif i in sizes:
                words[i] = sizes[i]
            elif cls == "word":
                words[i] = self.word(arg)
            else:
                words[i] = self.place(i, call, arg, sizes)
        # Lengths that fit what is there, more often than not.
        for i, arg in enumerate(call.words):
            if arg.length is not None and arg.length.rule == "arg" and arg.direction != "out" and r.random() < 0.7:
                words[arg.length.index] = len(self.memory.get(words[i], b"")) // max(wire.unit_of(arg), 1)
        return words, self.chunks(call, words)

    def place(self, i, call, arg, sizes):
        """An address for the argument, with something there."""
        r = self.random
        if r.random() < (0.3 if arg.optional else 0.03):
            return r.choice((0, 0, 1, 2**64 - 8))
        addr = 0x10000000 * (i + 1)
        if arg.kind.cls == "string":
            text = self.path() if arg.kind.name in ("path", "name") else r.choice((self.path(), r.choice(WORDS).encode()))
            self.memory[addr] = text + b"\0"
        elif arg.direction == "out":
            self.memory[addr] = b""
        else:
            rule = arg.length.rule if arg.length is not None else ""
            size = {"arg": lambda: sizes[arg.length.index] * wire.unit_of(arg), "const": lambda: wire.unit_of(arg)}.get(rule, lambda: 0)()
            self.memory[addr] = self.bytes_for(arg, size)
        return addr

    def chunks(self, call, words):
        """Most of the memory goes along as a client would send it, some is asked for, some is wrong."""
        r = self.random
        out = []
        for addr, data in self.memory.items():
            if data and len(data) <= 65536 and r.random() < 0.8:
                out.append(wire.chunk(addr, data))
        if r.random() < 0.02:
            out.append(wire.chunk(self.edge(), r.randbytes(8)))
        return out

    def at(self, addr, size):
        """What a client answers to COPYIN."""
        r = self.random
        if r.random() < 0.03:
            return b"" if r.random() < 0.5 else r.randbytes(min(size, 1 << 20) // 2)
        for base, data in self.memory.items():
            if base <= addr < base + len(data):
                data = data[addr - base:][:size]
                return data + bytes(min(size, 1 << 20) - len(data))
        return r.randbytes(min(size, 1 << 20))

    def string_at(self, addr, size):
        for base, data in self.memory.items():
            if base <= addr < base + len(data):
                return data[addr - base:][:size]
        return self.random.choice((b"", b"/a\0", b"x" * min(size, 4096)))

    # --- what calls gave ---

    def learn(self, call, value, fds):
        if call.result.name == "newfd" and 0 <= value < 4096:
            self.fds = (self.fds + [value])[-12:]
        for fd in fds:
            self.handles = (self.handles + [wire.HANDLE | os.fstat(fd).st_ino])[-8:]

    def learn_host(self, sock):
        try:
            name = sock.getsockname()
        except OSError as error:
            assert error.errno != errno.EBADF
            return
        name = name.encode() if isinstance(name, str) else name
        if name:
            self.hosts = (self.hosts + [name])[-6:]

    def passed_fd(self):
        """What a client passes: a socket mostly."""
        r = self.random
        how = r.random()
        if how < 0.8:
            kind = r.choice((socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET))
            return socket.socket(socket.AF_UNIX, kind | r.choice((0, socket.SOCK_NONBLOCK)))
        if how < 0.9:
            a, b = socket.socketpair()
            b.close()
            return a
        return open(r.choice(("/dev/null", "/proc/self/status")), "rb")
