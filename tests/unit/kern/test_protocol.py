#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""rump_server against raw frames: the right ones do what they should, the wrong ones no harm.

Usage: test_protocol.py path-of-rump_server.  Shows for each test that the server lives on and has
as many descriptors afterwards as before.
"""

import errno
import os
import random
import socket
import struct
import sys
import threading
import unittest

import sp
from sp import (ATTACH, AUTH, AT_FDCWD, CALL, COPYIN, COPYINSTR, ERROR, EXEC, FORK, FORKCONN, GUEST,
                HANDSHAKE, HELLO, INFINITE, INTERRUPT, PREFORK, REQ, RESP, SYSCALL)

PROGRAM = None


class ProtocolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = sp.Server(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def setUp(self):
        self.open = []
        sp.wait_for(lambda: self.fds_stable())
        self.before = self.server.fds()

    def fds_stable(self):
        self.server.guest().close()
        return True

    def tearDown(self):
        for c in self.open:
            c.close()
        pid, ppid = self.guest().getpid()
        self.assertEqual(ppid, 1)
        self.open[-1].close()
        # A wait may have left idle threads behind, with an eventfd each.
        sp.wait_for(lambda: self.server.fds() <= self.before + 8)

    def client(self):
        self.open.append(self.server.client())
        return self.open[-1]

    def guest(self):
        return self.client().handshake()

    def assert_error(self, f, error):
        self.assertEqual((f.cls, f.arg), (ERROR, error), f)

    def assert_closed(self, c):
        with self.assertRaises((sp.Closed, ConnectionResetError)):
            while True:
                c.recv()

    # --- 0.4 ---

    def test_banner(self):
        self.assertRegex(self.client().banner, rb"^RUMPSP-0\.5-Linux-[^/]*/x86_64\n$")

    def test_guest_getpid(self):
        a, b = self.guest(), self.guest()
        pid, ppid = a.getpid()
        self.assertGreaterEqual(pid, 2)
        self.assertEqual(ppid, 1)
        self.assertNotEqual(pid, b.getpid()[0])

    def test_unknown_call(self):
        c = self.guest()
        for nr in (0xffffffff, 9999, sp.PRIVATE + 500):
            self.assertEqual(c.syscall(nr)[0], errno.ENOSYS)
        self.assertEqual(c.syscall(sp.PRIVATE)[0], errno.EOPNOTSUPP)

    def test_copyinstr(self):
        c = self.guest()
        memory = {0x1000: bytearray(b"/no/such/file\0")}
        self.assertEqual(c.syscall(sp.SYS_openat, AT_FDCWD, 0x1000, 0, 0, memory=memory)[0],
                         errno.ENOENT)
        memory = {0x1000: bytearray(b"x" * 5000)}
        self.assertEqual(c.syscall(sp.SYS_openat, AT_FDCWD, 0x1000, 0, 0, memory=memory)[0],
                         errno.ENAMETOOLONG)

    def test_copyin_copyout(self):
        c = self.guest()
        memory = {0x1000: bytearray(b"wire"), 0x2000: bytearray(390)}
        self.assertEqual(c.syscall(sp.SYS_sethostname, 0x1000, 4, memory=memory)[0], 0)
        self.assertEqual(c.syscall(sp.SYS_uname, 0x2000, memory=memory)[0], 0)
        self.assertEqual(bytes(memory[0x2000][65:70]), b"wire\0")
        self.assertEqual(c.syscall(sp.SYS_uname, 0)[0], errno.EFAULT)

    def test_copyin_refused(self):
        """Answers to copies that are too short, too long, an error, or to another number."""
        c = self.guest()
        for answer in (b"", b"abc", b"abcde"):
            n = c.request(SYSCALL, sp.SYS_sethostname, sp.words(0x1000, 4))
            f = c.recv()
            self.assertEqual((f.cls, f.type), (REQ, COPYIN))
            c.send(sp.frame(f.reqno + 77, COPYIN, 0, b"abcd", cls=RESP))
            c.send(sp.frame(f.reqno, COPYIN, 0, answer, cls=RESP))
            self.assertEqual(sp.sysresp(c.recv())[0], errno.EFAULT)
        c.request(SYSCALL, sp.SYS_sethostname, sp.words(0x1000, 4))
        c.send(sp.frame(c.recv().reqno, COPYIN, 7, cls=ERROR))
        self.assertEqual(sp.sysresp(c.recv())[0], errno.EFAULT)

    def test_pipelined(self):
        c = self.guest()
        c.send(b"".join(sp.frame(n, SYSCALL, sp.SYS_getpid) for n in range(500)))
        self.assertEqual([c.recv().reqno for _ in range(500)], list(range(500)))

    def test_any_order(self):
        """Calls that wait do not stop others behind them in the same bytes."""
        c = self.guest()
        c.send(sp.frame(1, SYSCALL, sp.SYS_poll, sp.words(0, 0, 400))
               + sp.frame(2, SYSCALL, sp.SYS_poll, sp.words(0, 0, 150))
               + sp.frame(3, SYSCALL, sp.SYS_getpid)
               + sp.frame(4, SYSCALL, sp.SYS_getpid)[:30])
        c.send(sp.frame(4, SYSCALL, sp.SYS_getpid)[30:])
        self.assertEqual([c.recv().reqno for _ in range(4)], [3, 4, 2, 1])

    def test_byte_by_byte(self):
        c = self.client()
        data = sp.frame(1, HANDSHAKE, GUEST, b"slow\0") + sp.frame(2, SYSCALL, sp.SYS_getpid)
        for i in range(len(data)):
            c.send(data[i:i + 1])
        self.assertEqual([c.recv().reqno, c.recv().reqno], [1, 2])

    def test_big_frame(self):
        """The biggest frame is read and refused; the connection goes on."""
        c = self.guest()
        self.assert_error(c.ask(SYSCALL, 1, bytes(sp.FRAME_MAX - 24)), sp.ERR_MALFORMED)
        c.getpid()

    def test_fork(self):
        parent = self.guest()
        cookie = parent.ask(PREFORK).body
        child = self.client().handshake(FORK, cookie + bytes(4))
        self.assertEqual(child.getpid()[1], parent.getpid()[0])
        again = self.client()
        self.assert_error(again.ask(HANDSHAKE, FORK, cookie + bytes(4)), sp.ERR_PREFORK)
        self.assert_closed(again)

    def test_fork_flipped(self):
        parent = self.guest()
        cookie = parent.ask(PREFORK).body
        for bit in (0, 37, 127):
            bad = bytearray(cookie)
            bad[bit // 8] ^= 1 << bit % 8
            self.assert_error(self.client().ask(HANDSHAKE, FORK, bytes(bad) + bytes(4)),
                              sp.ERR_PREFORK)
        self.client().handshake(FORK, cookie + bytes(4))

    def test_fork_cancel(self):
        cookie = self.guest().ask(PREFORK).body
        c = self.client()
        c.request(HANDSHAKE, FORK, cookie + b"\1\0\0\0")
        self.assert_closed(c)
        self.assert_error(self.client().ask(HANDSHAKE, FORK, cookie + bytes(4)), sp.ERR_PREFORK)

    def test_fork_outlives_parent(self):
        parent = self.guest()
        cookie = parent.ask(PREFORK).body
        parent.close()
        child = self.client().handshake(FORK, cookie + bytes(4))
        sp.wait_for(lambda: child.getpid()[1] == 1)

    def test_prefork_limit(self):
        c = self.guest()
        replies = [c.ask(PREFORK) for _ in range(1030)]
        self.assertEqual(replies[1023].cls, RESP)
        self.assert_error(replies[1024], sp.ERR_TRYAGAIN)
        for f in replies[:1024]:
            child = self.server.client()
            child.request(HANDSHAKE, FORK, f.body + b"\1\0\0\0")
            child.close()

    def test_exec(self):
        c = self.guest()
        pid = c.getpid()
        c.handshake(EXEC, b"new\0")
        self.assertEqual(c.getpid(), pid)

    def test_exec_ends_calls(self):
        """No call of the old image is answered; neither is its wait for a copy."""
        c = self.guest()
        c.request(SYSCALL, sp.SYS_poll, sp.words(0, 0, INFINITE))
        c.request(SYSCALL, sp.SYS_sethostname, sp.words(0x1000, 4))
        self.assertEqual(c.recv().type, COPYIN)
        c.handshake(EXEC, b"new\0")
        c.getpid()

    def test_handshake_refused(self):
        for kind, body in ((AUTH, b""), (EXEC, b"x\0"), (99, b"")):
            c = self.client()
            self.assert_error(c.ask(HANDSHAKE, kind, body), sp.ERR_AUTH)
            self.assert_closed(c)
        for kind, body in ((GUEST, b""), (GUEST, b"no end"), (FORK, b"short"), (ATTACH, b"")):
            c = self.client()
            self.assert_error(c.ask(HANDSHAKE, kind, body), sp.ERR_MALFORMED)
            self.assert_closed(c)
        c = self.guest()
        self.assert_error(c.ask(HANDSHAKE, GUEST, b"again\0"), sp.ERR_AUTH)
        c.getpid()

    def test_no_handshake(self):
        for kind in (SYSCALL, PREFORK, HELLO, CALL, FORKCONN, INTERRUPT, 5, 0xffff):
            c = self.client()
            self.assert_error(c.ask(kind, sp.SYS_getpid), sp.ERR_AUTH)
            self.assert_closed(c)

    # --- hostile ---

    def test_wrong_types(self):
        c = self.guest()
        for kind in [t for t in range(64) if t not in (HANDSHAKE, SYSCALL, PREFORK)] + [0xffff]:
            self.assert_error(c.ask(kind), sp.ERR_MALFORMED)
        self.assert_error(c.ask(SYSCALL, sp.SYS_getpid, b"odd"), sp.ERR_MALFORMED)
        self.assert_error(c.ask(SYSCALL, sp.SYS_getpid, bytes(72)), sp.ERR_MALFORMED)
        c.getpid()

    def test_wrong_lengths(self):
        for first in (b"", sp.frame(1, HANDSHAKE, GUEST, b"x\0")):
            for length in (0, 23, sp.FRAME_MAX + 1, 1 << 63, (1 << 64) - 1):
                c = self.client()
                c.send(first + sp.frame(2, SYSCALL, length=length))
                self.assert_closed(c)

    def test_wrong_class(self):
        c = self.guest()
        c.send(sp.frame(1, SYSCALL, cls=3))
        self.assert_closed(c)
        c = self.guest()
        c.send(sp.frame(1, SYSCALL, cls=RESP) + sp.frame(1, COPYIN, 0, b"x", cls=ERROR))
        c.getpid()

    def test_truncated(self):
        """The connection ends after each byte of a session."""
        data = (sp.frame(1, HANDSHAKE, GUEST, b"cut\0") + sp.frame(2, PREFORK)
                + sp.frame(3, SYSCALL, sp.SYS_openat, sp.words(0, 1, 2, 3)))
        for n in range(len(data)):
            c = self.server.client()
            c.send(data[:n])
            c.close()

    def test_garbage(self):
        rnd = random.Random(1)
        for first in (b"", sp.frame(1, HANDSHAKE, GUEST, b"x\0")):
            for _ in range(200):
                c = self.server.client()
                try:
                    c.send(first + rnd.randbytes(rnd.randrange(1, 400)))
                except OSError:
                    pass
                c.close()

    def test_mutated(self):
        """Frames of 0.5 with random bytes changed: an answer, silence or a closed connection."""
        rnd = random.Random(2)
        good = sp.frame(9, CALL, sp.SYS_openat,
                        sp.call_body((AT_FDCWD, 0x1000, 0, 0), [(0x1000, b"/none\0")]))
        for _ in range(500):
            c = self.server.guest().hello()
            bad = bytearray(good)
            for _ in range(rnd.randrange(1, 4)):
                bad[rnd.randrange(len(bad))] = rnd.randrange(256)
            c.send(bytes(bad))
            c.close()

    def test_idle(self):
        """1,000 connections: silent ones, half a frame, after a handshake; the server goes on."""
        idle = [self.server.client() for _ in range(400)]
        for c in idle[:200]:
            c.send(b"\x1c\0\0")
        idle += [self.server.guest() for _ in range(600)]
        self.guest().getpid()
        for c in idle[400:]:
            c.getpid()
        for c in idle:
            c.close()

    def test_does_not_read(self):
        """A client that only sends is dropped in the end, and delays nobody."""
        c = self.client()
        c.handshake()
        c.sock.settimeout(0.5)
        chunk = b"".join(sp.frame(n, SYSCALL, sp.SYS_getpid) for n in range(5000))
        other = self.guest()
        with self.assertRaises(OSError):
            for _ in range(400):
                c.send(chunk)
                other.getpid()

    def test_killed_in_call(self):
        before = self.server.fds()
        for _ in range(50):
            c = self.server.guest()
            c.request(SYSCALL, sp.SYS_poll, sp.words(0, 0, INFINITE))
            c.request(SYSCALL, sp.SYS_openat, sp.words(AT_FDCWD, 0x1000, 0, 0))
            c.recv()
            c.close()
        sp.wait_for(lambda: self.server.fds() <= before + 8)

    # --- 0.5 ---

    def test_hello(self):
        c = self.guest().hello()
        self.assertEqual((c.flags, c.pid), (3, c.getpid()[0]))
        self.assertGreaterEqual(c.lanes, 1)
        self.assertTrue(os.path.isdir(c.names))
        f = c.ask(HELLO, 0, struct.pack("<5I", 1, 0, 0, 0, 0))
        self.assertEqual(struct.unpack_from("<i", f.body)[0], errno.EPROTONOSUPPORT)
        self.assert_error(c.ask(HELLO, 0, b"x"), sp.ERR_MALFORMED)

    def test_call(self):
        c = self.guest().hello()
        self.assertEqual(c.call(sp.SYS_getpid)[:2], (0, c.pid))
        error, _, chunks = c.call(sp.SYS_uname, 0x5000)
        self.assertEqual((error, list(chunks), chunks[0x5000][:6]), (0, [0x5000], b"Linux\0"))
        self.assertEqual(c.call(sp.SYS_openat, AT_FDCWD, 0x1000, 0, 0,
                                chunks=[(0x1000, b"/none\0")])[0], errno.ENOENT)
        self.assertEqual(c.call(9999)[0], errno.ENOSYS)

    def test_call_asks_for_the_rest(self):
        """What did not come with the call is asked for by COPYIN."""
        c = self.guest().hello()
        n = c.request(CALL, sp.SYS_sethostname, sp.call_body((0x1000, 4), [(0x1000, b"ab")]))
        f = c.recv()
        self.assertEqual((f.type, f.body), (COPYIN, sp.words(2, 0x1002)))
        c.send(sp.frame(f.reqno, COPYIN, 0, b"cd", cls=RESP))
        self.assertEqual(sp.call_resp(c.recv())[0], 0)
        self.assertEqual(c.call(sp.SYS_uname, 0x5000)[2][0x5000][65:70], b"abcd\0")
        n = c.request(CALL, sp.SYS_openat, sp.call_body((AT_FDCWD, 0x1000, 0, 0)))
        f = c.recv()
        self.assertEqual(f.type, COPYINSTR)
        c.send(sp.frame(f.reqno, COPYIN, 0, b"/none\0", cls=RESP))
        f = c.recv()
        self.assertEqual((f.reqno, sp.call_resp(f)[0]), (n, errno.ENOENT))

    def test_noreply(self):
        c = self.guest().hello()
        c.request(CALL, sp.SYS_getpid, sp.call_body((), flags=1))
        c.request(CALL, 99999, sp.call_body((), flags=1))  # nor is an error said
        self.assertEqual(c.call(sp.SYS_getpid)[1], c.pid)
        c.request(CALL, sp.SYS_getpid, sp.call_body((), flags=3))  # nor that a descriptor is missing
        self.assertEqual(c.call(sp.SYS_getpid)[1], c.pid)

    def test_missing_descriptor(self):
        c = self.guest().hello()
        self.assertEqual(c.call(sp.SYS_getpid, flags=2)[0], errno.EMFILE)

    def test_unwanted_descriptors(self):
        before = self.server.fds()
        c = self.guest()
        with self.assertRaises((OSError, sp.Closed)):
            while True:
                socket.send_fds(c.sock, [sp.frame(1, SYSCALL, sp.SYS_getpid)], [0, 1, 2])
                c.recv()
        sp.wait_for(lambda: self.server.fds() <= before + 1)

    def test_interrupt(self):
        c = self.guest().hello()
        n = c.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        c.send(sp.frame(n + 1, INTERRUPT) + sp.frame(n, INTERRUPT))
        self.assertEqual(sp.call_resp(c.recv())[0], errno.EINTR)
        self.assertEqual(c.call(sp.SYS_poll, 0, 0, 10)[0], 0)

    def test_attach(self):
        c = self.guest().hello()
        for lane in (0, 1, 2, 1000):
            extra = self.client().handshake(ATTACH, c.cookie + struct.pack("<I", lane))
            self.assertEqual(extra.call(sp.SYS_getpid)[1], c.pid)
        self.assert_error(self.client().ask(HANDSHAKE, ATTACH, bytes(20)), sp.ERR_PREFORK)
        extra.close()
        c.getpid()

    def test_main_lost(self):
        """The other channels and their calls end with the main one."""
        c = self.guest().hello()
        extra = self.client().handshake(ATTACH, c.cookie + bytes(4))
        extra.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        c.close()
        self.assert_closed(extra)
        self.assert_error(self.client().ask(HANDSHAKE, ATTACH, c.cookie + bytes(4)),
                          sp.ERR_PREFORK)

    def test_exec_ends_channels(self):
        c = self.guest().hello()
        extra = self.client().handshake(ATTACH, c.cookie + bytes(4))
        extra.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
        c.handshake(EXEC, b"new\0")
        self.assert_closed(extra)
        self.assert_error(c.ask(CALL, sp.SYS_getpid, sp.call_body(())), sp.ERR_MALFORMED)
        self.assertEqual(c.hello().call(sp.SYS_getpid)[1], c.pid)

    def test_forkconn(self):
        c = self.guest().hello()
        f = c.ask(FORKCONN)
        self.assertEqual((f.cls, f.type, f.body, len(c.fds)), (RESP, FORKCONN, bytes(4), 1))
        child = sp.Client(sock=socket.socket(fileno=c.fds.pop()), banner=False)
        self.open.append(child)
        child.hello()
        self.assertEqual(child.getpid()[1], c.pid)
        c.close()
        sp.wait_for(lambda: child.getpid()[1] == 1)

    # --- many ---

    def test_stress(self):
        """Clients in threads, some of which leave in the middle."""
        failures = []

        def work(seed):
            rnd = random.Random(seed)
            try:
                for _ in range(10):
                    c = self.server.guest().hello(lane=seed)
                    for _ in range(50):
                        if rnd.randrange(10) == 0:
                            assert c.call(sp.SYS_poll, 0, 0, 1)[0] == 0
                        assert c.call(sp.SYS_getpid)[1] == c.pid
                    if rnd.randrange(2):
                        c.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE)))
                    c.close()
            except Exception as e:
                failures.append(e)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])

    def test_many_waits(self):
        """Hundreds of waiting calls of one connection; all return when asked."""
        c = self.guest().hello()
        numbers = [c.request(CALL, sp.SYS_poll, sp.call_body((0, 0, INFINITE))) for _ in range(300)]
        c.getpid()
        for n in numbers:
            c.send(sp.frame(n, INTERRUPT))
        self.assertEqual(sorted(c.recv().reqno for _ in numbers), numbers)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(warnings="ignore")
