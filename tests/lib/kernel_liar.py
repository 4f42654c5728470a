# SPDX-License-Identifier: BSD-2-Clause
"""A rump kernel that lies.

usage: kernel_liar.py SOCKET SEED DIRECTORY

Programs do to the host what it tells them to.  So the descriptors that it passes and the links that it
makes lead into DIRECTORY, or nowhere.

It takes connections as a kernel does and answers each call at random: mostly with something that a
kernel might say, filled with nonsense; else with what none would: memory that the call did not
declare, descriptors of the wrong kind and number, links that lead anywhere, frames that are broken.
"""
import os
import random
import selectors
import signal
import socket
import struct
import sys

import rump_wire as wire

ERRNOS = (1, 2, 2, 2, 4, 9, 11, 11, 13, 17, 20, 21, 22, 22, 38, 40, 66, 95, 98, 107, 111, 115, 4095)
NUMBERS = (0, 0, 1, 2, 3, 8, 16, 17, 100, 255, 4096, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1,
           2**63, 2**64 - 1)
LINKS = (b"/rump", b"/rump/d/../..", b"/nonexistent/x", b"//nonexistent/y", b"/rump/d\0x", b"relative", b"",
         b"/nonexistent/" + b"x/" * 2040, b"/rump/" + b"y" * 300)


class Liar:
    def __init__(self, path, seed, directory):
        self.directory = directory
        self.links = LINKS + tuple(slash + directory.encode() + b"/" + name
                                   for slash in (b"", b"/") for name in (b"d", b"e", b"f/g", b""))
        self.random = random.Random(seed)
        self.table = wire.load_table()
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(64)
        self.selector.register(self.listener, selectors.EVENT_READ)

    # --- what to say ---

    def number(self):
        r = self.random
        return r.choice(NUMBERS) if r.random() < 0.6 else r.getrandbits(64)

    def text(self, size):
        """Looks like something a kernel would write, or does not."""
        r = self.random
        if size <= 0:
            return b""
        how = r.random()
        if how < 0.25:
            return r.randbytes(size)
        if how < 0.45:
            return bytes(size)
        if how < 0.7:
            words = b"".join(struct.pack("=Q", self.number()) for _ in range(size // 8 + 1))
            return words[:size]
        if how < 0.85:
            return self.entries(size)
        text = r.choice((b"/d/e\0", b"/proc/1\0", b"/" + b"a" * 4094, b"/a\0" * 2000))
        return text[:size]

    def entries(self, size):
        """linux_dirent64 records; one of them may be wrong."""
        r = self.random
        out = b""
        while len(out) + 280 <= size and len(out) < 2000:
            name = r.randbytes(r.choice((1, 3, 8, 250))).replace(b"\0", b"x") + b"\0"
            reclen = (19 + len(name) + 7) & ~7
            told = r.choice((reclen,) * 12 + (0, 8, 19, 65535))
            out += struct.pack("=QqHB", r.getrandbits(40), r.getrandbits(30), told, r.choice((0, 4, 8, 10)))
            out += name.ljust(reclen - 19, r.choice((b"\0",) * 8 + (b"z",)))
        return out

    def room(self, call, args, arg):
        """How much the call declares at this argument."""
        if arg.length is None:
            return wire.SIZES.get(arg.kind.name, 8)
        unit = wire.unit_of(arg)
        if arg.length.rule == "const":
            return unit
        if arg.length.rule == "arg":
            return min(args[arg.length.index] & 0xFFFFFFFF, 1 << 16) * unit
        return 16

    def passed(self):
        """A descriptor of some kind."""
        r = self.random
        kind = r.randrange(9)
        if kind == 0:
            a, b = socket.socketpair(socket.AF_UNIX, r.choice((socket.SOCK_STREAM, socket.SOCK_SEQPACKET)))
            b.close()
            return a.detach()
        if kind == 1:
            a, b = os.pipe()
            os.close(b)
            return a
        if kind == 2:
            return os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)
        if kind == 3:
            return os.open(self.directory + "/file", os.O_RDWR | os.O_CREAT)
        if kind == 4:
            return os.eventfd(1, os.EFD_NONBLOCK)
        if kind == 5:
            return os.open(self.directory, os.O_PATH)
        fd = os.memfd_create("liar", os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, r.choice((0, 1, 4096, 1 << 20, 1 << 23, 1 << 26)))
        if kind == 6:
            os.pwrite(fd, r.randbytes(8192), r.choice((0, 0, 4096)))
        return fd

    def out_chunks(self, call, args):
        chunks = []
        for i, arg in enumerate(call.words):
            if arg.direction in ("out", "inout") and args[i] != 0 and arg.kind.cls == "mem":
                size = min(self.room(call, args, arg), 200000)
                if self.random.random() < 0.15:
                    size = self.random.randrange(size + 1)
                if size > 0 and self.random.random() < 0.95:
                    chunks.append(wire.chunk(args[i], self.text(size)))
        return chunks

    # --- answers to a call ---

    def answer(self, reqno, error, retval, chunks=(), fds=(), flags=None):
        if flags is None:
            flags = wire.CALL_FD if fds else 0
        body = struct.pack("=iIqqII", error, flags, retval - (retval >> 63 << 64), 0, len(chunks), 0)
        return wire.frame(wire.RESP, wire.CALL, reqno, 0, body + b"".join(chunks)), fds

    def plausible(self, reqno, call, args):
        r = self.random
        if r.random() < 0.3:
            return self.answer(reqno, r.choice(ERRNOS), -1 & (2**64 - 1))
        chunks = self.out_chunks(call, args)
        retval = r.choice((0, 0, 1, 3, 8, 24, 100, 144, 4096)) if r.random() < 0.9 else self.number()
        wants = call.result.name == "hostfd"
        return self.answer(reqno, 0, retval, chunks, [self.passed()] if wants else [])

    def wrong_descriptors(self, reqno, call, args):
        r = self.random
        fds = [self.passed() for _ in range(r.choice((0, 1, 2, 5, 20)))]
        return self.answer(reqno, r.choice((0, 0, 2)), 3, self.out_chunks(call, args), fds, r.choice((0, 2, 2, 0xFFFFFFFF)))

    def redirect(self, reqno, call, args):
        r = self.random
        path = r.choice((b"0", b"0", b"0", b"1", b"x")) + r.choice(self.links) + r.choice((b"\0", b"\0", b"\0", b""))
        chunks = [wire.chunk(wire.REDIRECT_ADDR, path)] if r.random() < 0.9 else []
        return self.answer(reqno, wire.EREDIRECT, 0, chunks)

    def trespass(self, reqno, call, args):
        """Asks for, or writes, what was not declared; or says that it did more than it could."""
        r = self.random
        near = r.choice(args) + r.choice((-8, 0, 1, 4096, 1 << 20))
        addr = r.choice((near, self.number(), 0x400000, 0x7FFF00000000)) & (2**64 - 1)
        size = r.choice((0, 1, 8, 4096, 1 << 20, 1 << 21, 2**63, 2**64 - 1))
        how = r.randrange(4)
        if how == 0:
            data = wire.frame(wire.REQ, r.choice((wire.COPYIN, wire.COPYINSTR)), 7, 0, struct.pack("=QQ", size, addr))
            return data + self.answer(reqno, 0, 0)[0], []
        if how == 1:
            data = b"A" * r.choice((0, 1, 64, 4096))
            body = struct.pack("=QQ", r.choice((len(data), size)), addr) + data
            return wire.frame(wire.REQ, wire.COPYOUT, 7, 0, body) + self.answer(reqno, 0, 0)[0], []
        if how == 2:
            return self.answer(reqno, 0, 0, [wire.chunk(addr, b"B" * r.choice((0, 1, 64, 4096)))])
        return self.answer(reqno, r.choice((0, -1, 4097, 2**31 - 1)), self.number(), self.out_chunks(call, args))

    def broken(self, reqno, call, args):
        r = self.random
        data = bytearray(self.answer(reqno, 0, 0, self.out_chunks(call, args))[0])
        how = r.randrange(5)
        if how == 0:
            data[r.randrange(24)] ^= 1 << r.randrange(8)
        elif how == 1:
            struct.pack_into("=Q", data, 0, self.number())
        elif how == 2:
            struct.pack_into("=I", data, 48, r.choice((1, 7, 1000, 2**32 - 1)))
        elif how == 3:
            data[r.randrange(len(data))] ^= 0xFF
        else:
            return wire.frame(wire.REQ, wire.ANONMMAP, 9, 0, struct.pack("=Q", 4096)) + bytes(data), []
        return bytes(data), []

    def on_call(self, peer, reqno, nr, body):
        args = struct.unpack_from("=6Q", body, 8)
        call = self.table.get(nr)
        if call is None:
            peer.send(*self.answer(reqno, 38, 0))
            return
        makers = (self.plausible, self.wrong_descriptors, self.redirect, self.trespass, self.broken)
        make = self.random.choices(makers, (80, 5, 8, 4, 3))[0]
        data, fds = make(reqno, call, args)
        try:
            peer.send(data, fds)
        finally:
            for fd in fds:
                os.close(fd)
        if make == self.broken:  # the client may believe that there is more to come
            peer.sock.shutdown(socket.SHUT_WR)

    # --- the rest of the protocol, told straight enough that calls follow ---

    def hello(self, reqno):
        r = self.random
        names = b"/tmp/liar" if r.random() < 0.9 else b"n" * 79
        body = struct.pack("=iIII4IQ80sI", 0, 3, r.choice((1, 1, 2, 1000, 2**32 - 1)), 7, 1, 2, 3, 4,
                           r.choice((os.stat(self.memfd()).st_dev, 1, 0)), names,
                           r.choice((os.getpid(), os.getpid(), 1, 0, 2**31)))
        return wire.frame(wire.RESP, wire.HELLO, reqno, 0, body)

    def memfd(self):
        if not hasattr(self, "_memfd"):
            self._memfd = os.memfd_create("one")
        return self._memfd

    def pass_connection(self, peer, kind, reqno):
        """FORKCONN and PIPES: a connection that works, or nothing, or something else."""
        r = self.random
        status = struct.pack("=i", r.choice((0, 0, 0, 11, 5000)))
        if kind == wire.PIPES or r.random() < 0.2:
            fds = [self.passed() for _ in range(r.randrange(4))]
        else:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            self.add(ours)
            fds = [theirs.detach()]
        peer.send(wire.frame(wire.RESP, kind, reqno, 0, status), fds)
        for fd in fds:
            os.close(fd)

    def on_frame(self, peer, cls, kind, reqno, arg, body):
        if cls != wire.REQ:
            return
        if kind == wire.HANDSHAKE:
            peer.send(wire.frame(wire.RESP, wire.HANDSHAKE, reqno, 0, struct.pack("=i", 0)))
        elif kind == wire.HELLO:
            peer.send(self.hello(reqno))
        elif kind == wire.CALL:
            self.on_call(peer, reqno, arg, body)
        elif kind in (wire.FORKCONN, wire.PIPES):
            self.pass_connection(peer, kind, reqno)
        elif kind == wire.PREFORK:
            peer.send(wire.frame(wire.RESP, wire.PREFORK, reqno, 0, self.random.randbytes(16)))

    def add(self, sock):
        sock.settimeout(5)
        self.selector.register(sock, selectors.EVENT_READ, wire.Peer(sock))

    def serve(self, peer):
        try:
            peer.fill()
            while (frame := peer.next()) is not None:
                self.on_frame(peer, *frame)
            peer.drop_fds()
        except OSError:
            self.selector.unregister(peer.sock)
            peer.close()

    def run(self):
        while True:
            for key, _events in self.selector.select():
                if key.data is not None:
                    self.serve(key.data)
                    continue
                sock, _addr = self.listener.accept()
                try:
                    sock.sendall(wire.BANNER)
                    self.add(sock)
                except OSError:
                    sock.close()


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Liar(sys.argv[1], int(sys.argv[2]), sys.argv[3]).run()
