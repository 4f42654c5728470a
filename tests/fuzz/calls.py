# SPDX-License-Identifier: BSD-2-Clause
"""Makes every call of the table, with all sorts of arguments, on a live rump kernel.

usage: calls.py SOCKET SECONDS SEED

Speaks the protocol as a client does, and now and then as none should.  The kernel must answer each
call, or end the connection of one that broke the rules, and take the next connection.  Exit status 1:
it did not.  Run it on a kernel of an ordinary user: what it may not do on the host then nobody minds.
"""
import mmap
import os
import random
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import rump_wire as wire  # noqa: E402
from arguments import Arguments  # noqa: E402

CALLS = 150  # of a session
PATIENCE = 20  # seconds for an answer after INTERRUPT
LEFT_OUT = ("reboot",)


class Stuck(Exception):
    """The kernel does not answer."""


class Fuzzer:
    def __init__(self, path, seed):
        self.path = path
        self.random = random.Random(seed)
        self.table = [(nr, c) for nr, c in wire.load_table().items() if c.name not in LEFT_OUT]
        self.reqno = 0
        self.made = 0
        self.last = ""

    # --- connections ---

    def connect(self):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(PATIENCE)
        try:
            sock.connect(self.path)
        except OSError as error:
            raise Stuck(f"no connection: {error}") from error
        peer = wire.Peer(sock)
        while b"\n" not in peer.data:
            peer.fill()
        peer.data = peer.data.split(b"\n", 1)[1]
        return peer

    def request(self, peer, kind, arg=0, body=b"", fds=()):
        self.reqno += 1
        peer.send(wire.frame(wire.REQ, kind, self.reqno, arg, body), fds)
        return self.reqno

    def guest(self, flags):
        peer = self.connect()
        self.await_reply(peer, self.request(peer, wire.HANDSHAKE, wire.GUEST, b"fuzz\0"), None)
        _cls, body = self.hello(peer, flags)
        return peer, body[16:32]

    def hello(self, peer, flags):
        return self.await_reply(peer, self.request(peer, wire.HELLO, 0, struct.pack("=5I", 0, 5, flags, os.getpid(), 0)), None)

    def attach(self, cookie):
        peer = self.connect()
        self.await_reply(peer, self.request(peer, wire.HANDSHAKE, wire.ATTACH, cookie + struct.pack("=I", self.random.getrandbits(3))), None)
        return peer

    # --- waiting ---

    def ready(self, peer, seconds):
        return bool(select.select([peer.sock], [], [], seconds)[0])

    def serve(self, peer, kind, reqno, body, args):
        """The kernel's requests."""
        if kind in (wire.COPYIN, wire.COPYINSTR) and len(body) == 16:
            size, addr = struct.unpack("=QQ", body)
            data = b"" if args is None else args.at(addr, size) if kind == wire.COPYIN else args.string_at(addr, size)
            peer.send(wire.frame(wire.RESP, wire.COPYIN, reqno, 0, data))
        elif kind == wire.ANONMMAP:
            peer.send(wire.frame(wire.RESP, wire.ANONMMAP, reqno, 0, bytes(8)))

    def await_reply(self, peer, number, args):
        """(class, body) of the answer to our request."""
        limit = time.monotonic() + PATIENCE
        interrupted = False
        while True:
            while (frame := peer.next()) is not None:
                cls, kind, reqno, _arg, body = frame
                if cls == wire.REQ:
                    self.serve(peer, kind, reqno, body, args)
                elif reqno == number:
                    return cls, body
            if not interrupted and not self.ready(peer, 0.005):
                peer.send(wire.frame(wire.REQ, wire.INTERRUPT, number, 0))
                interrupted = True
            if time.monotonic() > limit or not self.ready(peer, limit - time.monotonic()):
                raise Stuck("no answer")
            peer.fill()

    # --- calls ---

    def call(self, peer, args):
        r = self.random
        nr, call = r.choice(self.table)
        words, chunks = args.make(call)
        passes = any(a.kind.cls == "hostfd" for a in call.args)
        fd = args.passed_fd() if passes and r.random() < 0.9 or r.random() < 0.01 else None
        self.last = f"{call.name}({', '.join(hex(w) for w in words[:len(call.words)])})"
        if r.random() < 0.05:
            number = self.request(peer, wire.SYSCALL, nr, struct.pack("=6Q", *words)[:8 * r.choice((6, 6, 6, len(call.words), 0))])
        else:
            body = struct.pack("=II6Q", 2 if fd else 0, len(chunks), *words) + b"".join(chunks)
            number = self.request(peer, wire.CALL, nr, body, [fd.fileno()] if fd else [])
        cls, body = self.await_reply(peer, number, args)
        self.made += 1
        if cls == wire.RESP and len(body) >= 24:
            error, _flags, value = struct.unpack_from("=iIq", body)
            if error == 0:
                args.learn(call, value, peer.fds)
                self.use_passed(call, peer.fds)
        if fd:
            if isinstance(fd, socket.socket):
                args.learn_host(fd)
            self.keep(fd)
        peer.drop_fds()

    def keep(self, fd):
        """Some live on for a while: listeners, peers."""
        self.kept.append(fd)
        if len(self.kept) > 20:
            self.kept.pop(self.random.randrange(len(self.kept))).close()

    def use_passed(self, call, fds):
        """What a client can do to the kernel by what it was passed."""
        for fd in fds:
            if call.name in ("deleg_sockmem", "deleg_packet"):
                self.scribble(fd)
            if call.name in ("deleg_netlink", "deleg_packet"):
                self.send_garbage(fd)

    def scribble(self, fd):
        size = os.fstat(fd).st_size
        if size == 0:
            return
        with mmap.mmap(fd, size) as memory:
            for _ in range(100):
                struct.pack_into("=Q", memory, self.random.randrange(size // 8) * 8, self.random.getrandbits(64))
        for cut in (0, 4096):
            try:
                os.ftruncate(fd, cut)
            except OSError:
                pass

    def send_garbage(self, fd):
        r = self.random
        sock = socket.socket(fileno=os.dup(fd))
        sock.setblocking(False)
        for _ in range(3):
            attrs = b""
            for _ in range(r.randrange(6)):
                data = r.randbytes(r.choice((0, 1, 4, 6, 16, 40)))
                attrs += struct.pack("=HH", r.choice((4 + len(data), 4 + len(data), 0, 3, 65535)), r.randrange(60)) + data + bytes(-len(data) % 4)
            body = r.choice((bytes, r.randbytes))(r.choice((0, 4, 12, 16, 20, 56))) + attrs
            length = r.choice((16 + len(body),) * 5 + (0, 15, 2**31, 2**32 - 1))
            kind = r.choice((*range(16, 44), r.getrandbits(16)))
            message = struct.pack("=IHHII", length, kind, r.choice((1, 5, 0x301, 0x305, 0x501, 0x605)), 1, 0) + body
            try:
                sock.send(r.choice((message, message * 2, message[:r.randrange(len(message))], r.randbytes(50))))
            except OSError:
                break
        sock.close()

    # --- what no client does ---

    def misbehave(self, peer, cookie):
        r = self.random
        how = r.randrange(8)
        self.last = f"misbehaviour {how}"
        if how == 0:
            peer.send(r.randbytes(r.choice((1, 23, 24, 100))))
        elif how == 1:
            self.request(peer, r.choice((0, 1, 7, 8, 16, 19, 20, 99)), r.getrandbits(r.choice((2, 32))), r.randbytes(r.choice((0, 4, 20, 64))))
        elif how == 2:
            peer.send(wire.frame(r.choice((1, 2)), r.randrange(21), self.reqno + r.randrange(3), 0, r.randbytes(8)))
        elif how == 3:
            peer.send(struct.pack("=QQHHI", r.choice((24, 2**21, 2**21 + 1, 2**63)), 1, 0, wire.CALL, 0))
        elif how == 4:
            self.leave_forks(peer)
        elif how == 5:
            peer.send(wire.frame(wire.REQ, wire.INTERRUPT, r.getrandbits(8), 0))
        elif how == 6:
            body = struct.pack("=II6Q", r.getrandbits(3), r.choice((0, 1, 5, 2**32 - 1)), *(self.edge() for _ in range(6)))
            self.request(peer, wire.CALL, r.choice(self.table)[0], body + r.randbytes(r.choice((0, 7, 16, 100))))
        else:
            self.await_reply(peer, self.request(peer, wire.HANDSHAKE, wire.EXEC, b"again\0"), None)
            self.hello(peer, 3)
        if how in (0, 3):  # the kernel may believe that there is more to come
            raise ConnectionError("out of step")

    def leave_forks(self, peer):
        for kind in (wire.FORKCONN, wire.PREFORK, wire.PIPES):
            self.await_reply(peer, self.request(peer, kind, 0, bytes(4) if kind == wire.PIPES else b""), None)
            if kind == wire.FORKCONN and peer.fds and self.random.random() < 0.5:
                child = wire.Peer(socket.socket(fileno=peer.fds.pop()))
                child.sock.settimeout(PATIENCE)
                self.hello(child, 3)
                self.call(child, Arguments(self.random))
                child.close()
            peer.drop_fds()

    def edge(self):
        return Arguments(self.random).edge()

    # --- the whole ---

    def session(self):
        r = self.random
        self.kept = []
        main, cookie = self.guest(r.choice((3, 3, 3, 2, 1, 0)))
        channels = [main] + [self.attach(cookie) for _ in range(r.randrange(3))]
        args = Arguments(r)
        try:
            for _ in range(CALLS):
                peer = r.choice(channels)
                if r.random() < 0.01:
                    self.misbehave(peer, cookie)
                else:
                    self.call(peer, args)
        except OSError:  # we went too far
            pass
        finally:
            for peer in channels:
                peer.close()
            for fd in self.kept:
                fd.close()

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.session()


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    fuzzer = Fuzzer(sys.argv[1], int(sys.argv[3]))
    try:
        fuzzer.run(float(sys.argv[2]))
    except (Stuck, OSError) as error:
        sys.exit(f"after {fuzzer.made} calls, at {fuzzer.last}: {error}")
    print(f"{fuzzer.made} calls")


main()
