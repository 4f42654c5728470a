#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Channels of pipes against raw frames.  Usage: test_pipes.py path-of-rump_server."""

import errno
import os
import struct
import sys
import unittest

import sp
from sp import CALL, COPYIN, ERROR, EXEC, FORKCONN, HANDSHAKE, HELLO, INFINITE, INTERRUPT, PIPES, REQ

PROGRAM = None


class PipesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = sp.Server(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def setUp(self):
        self.server.guest().hello().close()
        self.before = self.server.fds()
        self.main = self.server.guest().hello()
        self.pipes = self.main.pipes()

    def tearDown(self):
        self.pipes.close()
        self.main.close()
        # A wait may have left idle threads behind, with an eventfd each.
        sp.wait_for(lambda: self.server.fds() <= self.before + 8)

    def assert_ended(self):
        with self.assertRaises(sp.Closed):
            while True:
                self.pipes.recv()

    def test_calls(self):
        for _ in range(100):
            self.assertEqual(self.pipes.call(sp.SYS_getpid)[1], self.main.pid)
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)
        self.assertEqual(self.pipes.getpid()[0], self.main.pid)

    def test_both_at_once(self):
        n = self.pipes.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)
        self.pipes.send(sp.frame(n, INTERRUPT))
        self.assertEqual(sp.call_resp(self.pipes.recv())[0], errno.EINTR)

    def test_copies_larger_than_a_pipe(self):
        fds = {}
        for flags in (os.O_CREAT | os.O_RDWR,):
            error, fd, _ = self.main.call(sp.SYS_openat, sp.AT_FDCWD, 0x1000, flags, 0o600,
                                          chunks=[(0x1000, b"/large\0")])
            self.assertEqual(error, 0)
            fds = fd
        data = os.urandom(300000)
        n = self.pipes.request(CALL, sp.SYS_write, sp.call_body((fds, 0x10000, len(data))))
        f = self.pipes.recv()
        while (f.cls, f.type) == (REQ, COPYIN):
            length, addr = struct.unpack("<QQ", f.body)
            part = data[addr - 0x10000:][:length]
            self.pipes.send(sp.frame(f.reqno, COPYIN, 0, part, cls=sp.RESP))
            f = self.pipes.recv()
        self.assertEqual((f.reqno, sp.call_resp(f)[:2]), (n, (0, len(data))))
        self.pipes.request(CALL, sp.SYS_pread64, sp.call_body((fds, 0x10000, len(data), 0)))
        got = bytearray(len(data))
        f = self.pipes.recv()
        while f.cls == REQ:
            length, addr = struct.unpack_from("<QQ", f.body)
            got[addr - 0x10000:addr - 0x10000 + length] = f.body[16:]
            f = self.pipes.recv()
        for addr, part in sp.call_resp(f)[2].items():
            got[addr - 0x10000:addr - 0x10000 + len(part)] = part
        self.assertEqual(bytes(got), data)

    def test_no_descriptors(self):
        """What would pass one is refused: pipes of pipes, a child's connection, an open."""
        f = self.pipes.ask(PIPES, 0, bytes(4))
        self.assertEqual(struct.unpack("<I", f.body)[0], errno.EOPNOTSUPP)
        f = self.pipes.ask(FORKCONN)
        self.assertEqual(struct.unpack("<I", f.body)[0], errno.EOPNOTSUPP)
        error = self.pipes.call(sp.PRIVATE, sp.AT_FDCWD, 0x1000, 0, 0, chunks=[(0x1000, b"/\0")])[0]
        self.assertEqual(error, errno.EOPNOTSUPP)
        error = self.pipes.call(sp.PRIVATE + 2, 0, 0, 0, flags=2)[0]
        self.assertEqual(error, errno.EMFILE)

    def test_not_the_main_channel(self):
        f = self.pipes.ask(HELLO, 0, struct.pack("<5I", 0, 5, 3, 1, 0))
        self.assertEqual(f.cls, ERROR)
        self.assertEqual(self.pipes.ask(HANDSHAKE, EXEC, b"new\0").cls, ERROR)
        self.assertEqual(self.pipes.call(sp.SYS_getpid)[1], self.main.pid)

    def test_wrong_bodies(self):
        for body in (b"", b"abc", b"abcdefgh"):
            self.assertEqual(self.main.ask(PIPES, 0, body).cls, ERROR)

    def test_malformed_frame_ends_it_alone(self):
        self.pipes.send(b"\xff" * 64)
        self.assert_ended()
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)

    def test_end_in_a_frame(self):
        self.pipes.send(sp.frame(1, CALL, sp.SYS_getpid, sp.call_body(()))[:30])
        self.pipes.close()
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)

    def test_end_in_a_call(self):
        self.pipes.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        self.pipes.close()
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)

    def test_end_of_the_process(self):
        """Also with a call that waits; and though the pipes' client end stays open."""
        self.pipes.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        self.main.close()
        self.assert_ended()

    def test_exec(self):
        self.main.handshake(EXEC, b"new\0")
        self.assert_ended()
        self.assertEqual(self.main.hello().call(sp.SYS_getpid)[1], self.main.pid)

    def test_reader_that_does_not_read(self):
        """The answers pile up, nothing is lost; and nothing is left if it never reads."""
        n = [self.pipes.request(CALL, sp.SYS_uname, sp.call_body((0x1000,))) for _ in range(400)]
        self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)
        self.assertEqual([self.pipes.recv().reqno for _ in n], n)
        for _ in range(400):
            self.pipes.request(CALL, sp.SYS_uname, sp.call_body((0x1000,)))

    def test_blocking_ends(self):
        """Whatever the client does to its descriptors, the server never blocks on its own."""
        os.set_blocking(self.pipes.out_fd, True)
        os.set_blocking(self.pipes.in_fd, True)
        for part in (b"\x30", b"\0" * 7):
            self.pipes.send(part)
            self.assertEqual(self.main.call(sp.SYS_getpid)[1], self.main.pid)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(warnings="ignore")
