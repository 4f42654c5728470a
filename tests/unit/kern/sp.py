# SPDX-License-Identifier: BSD-2-Clause
"""A client of the rump_sp protocol made of raw frames, for tests that must also send wrong ones."""

import array
import os
import select
import socket
import struct
import subprocess
import tempfile
import time

REQ, RESP, ERROR = 0, 1, 2
HANDSHAKE, SYSCALL, COPYIN, COPYINSTR, COPYOUT, PREFORK = 0, 1, 2, 3, 4, 7
HELLO, CALL, INTERRUPT, FORKCONN, PIPES = 16, 17, 18, 19, 20
GUEST, AUTH, FORK, EXEC, ATTACH = 0, 1, 2, 3, 4
ERR_TRYAGAIN, ERR_AUTH, ERR_PREFORK, ERR_FORK, ERR_INEXEC, ERR_NOMEM, ERR_MALFORMED = range(1, 8)
HEADER = struct.Struct("<QQHHI")
FRAME_MAX = 1 << 21

SYS_write, SYS_pread64, SYS_poll, SYS_getpid, SYS_uname, SYS_reboot, SYS_sethostname, SYS_openat = 1, 17, 7, 39, 63, 169, 170, 257
PRIVATE = 0x52000
AT_FDCWD = (1 << 64) - 100
INFINITE = (1 << 64) - 1


def frame(reqno, kind, arg=0, body=b"", cls=REQ, length=None):
    return HEADER.pack(24 + len(body) if length is None else length, reqno, cls, kind, arg) + body


def words(*args):
    return struct.pack(f"<{len(args)}Q", *args)


def chunk(addr, data):
    return struct.pack("<QII", addr, len(data), 0) + data + b"\0" * (-len(data) % 8)


def call_body(args, chunks=(), flags=0):
    return (struct.pack("<II", flags, len(chunks)) + words(*args, *[0] * (6 - len(args)))
            + b"".join(chunk(a, d) for a, d in chunks))


class Frame:
    def __init__(self, header, body):
        self.len, self.reqno, self.cls, self.type, self.arg = HEADER.unpack(header)
        self.body = body
        self.fds = []

    def __repr__(self):
        return f"<class {self.cls} type {self.type} reqno {self.reqno} arg {self.arg} {self.body!r}>"


class Closed(Exception):
    pass


class Client:
    def __init__(self, path=None, sock=None, banner=True):
        self.fds = []
        self.reqno = 0
        self.buf = b""
        if sock is None:
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(5)
            sock.connect(path)
        sock.settimeout(5)
        self.sock = sock
        if banner:
            self.banner = self.line()

    def more(self):
        try:
            data, control, _, _ = self.sock.recvmsg(1 << 16, socket.CMSG_SPACE(16 * 4))
        except ConnectionResetError:  # closed before it had read all that we sent
            raise Closed from None
        for level, kind, payload in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds = array.array("i")
                fds.frombytes(payload)
                self.fds += fds
        if not data:
            raise Closed
        self.buf += data

    def take(self, n):
        while len(self.buf) < n:
            self.more()
        data, self.buf = self.buf[:n], self.buf[n:]
        return data

    def line(self):
        while b"\n" not in self.buf:
            self.more()
        return self.take(self.buf.index(b"\n") + 1)

    def recv(self):
        header = self.take(24)
        f = Frame(header, b"")
        f.body = self.take(f.len - 24)
        return f

    def send(self, data):
        self.sock.sendall(data)

    def request(self, kind, arg=0, body=b""):
        """One frame; its number."""
        self.reqno += 1
        self.send(frame(self.reqno, kind, arg, body))
        return self.reqno

    def ask(self, kind, arg=0, body=b""):
        n = self.request(kind, arg, body)
        f = self.recv()
        assert f.reqno == n, f
        return f

    def handshake(self, kind=GUEST, body=b"test\0"):
        f = self.ask(HANDSHAKE, kind, body)
        assert (f.cls, f.type, f.body) == (RESP, HANDSHAKE, b"\0\0\0\0"), f
        return self

    def hello(self, flags=3, lane=0):
        f = self.ask(HELLO, 0, struct.pack("<5I", 0, 5, flags, os.getpid(), lane))
        error, flags, lanes, pid = struct.unpack_from("<4I", f.body)
        assert (f.cls, error) == (RESP, 0), f
        self.flags, self.lanes, self.pid, self.cookie = flags, lanes, pid, f.body[16:32]
        self.names = f.body[40:].split(b"\0")[0].decode()
        return self

    def syscall(self, nr, *args, memory=None):
        """Makes a 0.4 call, serving copies from and to `memory` (address -> bytearray)."""
        n = self.request(SYSCALL, nr, words(*args))
        while True:
            f = self.recv()
            if f.cls == RESP and f.reqno == n:
                return sysresp(f)
            self.serve(f, memory)

    def serve(self, f, memory):
        assert f.cls == REQ, f
        length, addr = struct.unpack_from("<QQ", f.body)
        if f.type == COPYOUT:
            memory[addr][:length] = f.body[16:]
            return
        data = bytes(memory[addr][:length])
        if f.type == COPYINSTR and b"\0" in data:
            data = data[:data.index(b"\0") + 1]
        self.send(frame(f.reqno, COPYIN, 0, data, cls=RESP))

    def call(self, nr, *args, chunks=(), flags=0):
        n = self.request(CALL, nr, call_body(args, chunks, flags))
        f = self.recv()
        assert (f.cls, f.type, f.reqno) == (RESP, CALL, n), f
        return call_resp(f)

    def getpid(self):
        error, pid, ppid = self.syscall(SYS_getpid)
        assert error == 0
        return pid, ppid

    def pipes(self, lane=0):
        """One more channel of the process, of pipes."""
        f = self.ask(PIPES, 0, struct.pack("<I", lane))
        assert (f.cls, f.type, f.body, len(self.fds)) == (RESP, PIPES, bytes(4), 2), (f, self.fds)
        return PipeClient(*[self.fds.pop(0) for _ in range(2)])

    def close(self):
        self.sock.close()


class PipeClient(Client):
    def __init__(self, out_fd, in_fd):
        self.out_fd, self.in_fd, self.reqno, self.buf = out_fd, in_fd, 0, b""

    def more(self):
        assert select.select([self.in_fd], [], [], 5)[0], "no answer"
        data = os.read(self.in_fd, 1 << 16)
        if not data:
            raise Closed
        self.buf += data

    def send(self, data):
        while data:
            assert select.select([], [self.out_fd], [], 5)[1], "no room"
            data = data[os.write(self.out_fd, data):]

    def close(self):
        for fd in (self.out_fd, self.in_fd):
            if fd >= 0:
                os.close(fd)
        self.out_fd = self.in_fd = -1


def sysresp(f):
    assert (f.cls, f.type, len(f.body)) == (RESP, SYSCALL, 24), f
    error, _, r0, r1 = struct.unpack("<iIqq", f.body)
    return error, r0, r1


def call_resp(f):
    """(error, retval[0], {address: data})"""
    error, flags, r0, _, n, _ = struct.unpack_from("<iIqqII", f.body)
    at, chunks = 32, {}
    for _ in range(n):
        addr, length, _ = struct.unpack_from("<QII", f.body, at)
        chunks[addr] = f.body[at + 16:at + 16 + length]
        at += 16 + (length + 7) // 8 * 8
    assert at == len(f.body)
    return error, r0, chunks


class Server:
    """A rump_server in the foreground, in a directory of its own."""

    def __init__(self, program, *options):
        self.dir = tempfile.TemporaryDirectory(prefix="sp")
        self.path = self.dir.name + "/s"
        self.process = subprocess.Popen([program, "-s", *options, "unix://" + self.path])
        wait_for(lambda: os.path.exists(self.path) and self.alive())

    def alive(self):
        try:
            Client(self.path).close()
            return True
        except OSError:
            return False

    def client(self):
        return Client(self.path)

    def guest(self):
        return self.client().handshake()

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.terminate()
        status = self.process.wait(10)
        self.dir.cleanup()
        return status


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
