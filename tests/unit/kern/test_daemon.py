#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""rump_server as an operator meets it: start, refusal, detaching, end, and what it leaves behind.

Usage: test_daemon.py path-of-rump_server
"""

import errno
import glob
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import sp

PROGRAM = None
EXIT_USAGE, EXIT_SYSTEM = 100, 111
HALT = (0xfee1dead, 0x28121969, 0x4321fedc, 0)


class DaemonTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory(prefix="sd")
        self.addCleanup(tmp.cleanup)
        self.dir = tmp.name
        self.path = self.dir + "/s"
        self.run = self.dir + "/run"
        os.mkdir(self.run, 0o700)
        self.env = dict(os.environ, XDG_RUNTIME_DIR=self.run)
        self.addCleanup(self.end_what_runs)

    def end_what_runs(self):
        try:
            os.kill(self.pid(), signal.SIGKILL)
        except OSError:
            pass

    def start(self, *args, **kwargs):
        """Runs rump_server to the end of its foreground part: (status, standard error)."""
        args = args or ("unix://" + self.path,)
        r = subprocess.run([PROGRAM, *args], env=self.env, stderr=subprocess.PIPE, timeout=10,
                           text=True, **kwargs)
        return r.returncode, r.stderr

    def halt(self, path=None):
        """As rump.halt: waits for the end."""
        c = sp.Client(path or self.path).handshake()
        self.assertEqual(c.syscall(sp.SYS_reboot, *HALT)[0], 0)
        with self.assertRaises(sp.Closed):
            c.recv()
        sp.wait_for(lambda: not os.path.exists(self.path) and not self.private_dirs())

    def private_dirs(self):
        return glob.glob(self.run + "/rump-*")

    def pid(self):
        s = socket.socket(socket.AF_UNIX)
        s.connect(self.path)
        return int.from_bytes(s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4), "little")

    def test_ready_when_it_returns(self):
        for _ in range(5):
            self.assertEqual(self.start(), (0, ""))
            sp.Client(self.path).handshake().getpid()
            self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
            (private,) = self.private_dirs()
            self.assertEqual(os.stat(private).st_mode & 0o777, 0o700)
            self.halt()

    def test_detached(self):
        """A session of its own, nothing of the caller's open, its directory let go."""
        r, w = os.pipe()
        self.start(pass_fds=[w])
        os.close(w)
        self.assertEqual(os.read(r, 1), b"")
        os.close(r)
        pid = self.pid()
        self.assertEqual(os.getsid(pid), pid)
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
        for fd in (0, 1, 2):
            self.assertEqual(os.readlink(f"/proc/{pid}/fd/{fd}"), "/dev/null")
        self.halt()

    def test_relative_path(self):
        self.assertEqual(self.start("unix://s", cwd=self.dir)[0], 0)
        self.halt()

    def test_standard_descriptors_closed(self):
        command = f'exec "{PROGRAM}" "unix://{self.path}" 0<&- 1>&- 2>&-'
        self.assertEqual(subprocess.run(["sh", "-c", command], env=self.env).returncode, 0)
        pid = self.pid()
        for fd in (0, 1, 2):
            self.assertEqual(os.readlink(f"/proc/{pid}/fd/{fd}"), "/dev/null")
        self.halt()

    def test_live_server_is_left_alone(self):
        self.start()
        status, message = self.start()
        self.assertEqual(status, EXIT_SYSTEM)
        self.assertIn("a server is running there", message)
        self.assertEqual(message.count("\n"), 1)
        self.assertEqual(len(self.private_dirs()), 1)
        self.halt()

    def test_dead_server_is_replaced(self):
        """Its socket and its directory: it had no chance to remove them."""
        self.start()
        os.kill(self.pid(), signal.SIGKILL)
        sp.wait_for(lambda: self.refuses())
        (old,) = self.private_dirs()
        self.assertEqual(self.start()[0], 0)
        (new,) = self.private_dirs()
        self.assertNotEqual(old, new)
        self.halt()

    def refuses(self):
        return socket.socket(socket.AF_UNIX).connect_ex(self.path) == errno.ECONNREFUSED

    def test_other_file_is_left_alone(self):
        with open(self.path, "w"):
            pass
        status, message = self.start()
        self.assertEqual((status, message.count("\n")), (EXIT_SYSTEM, 1))
        self.assertIn("not a socket", message)
        self.assertTrue(os.path.isfile(self.path))
        self.assertEqual(self.private_dirs(), [])

    def test_two_at_once(self):
        processes = [subprocess.Popen([PROGRAM, "unix://" + self.path], env=self.env,
                                      stderr=subprocess.DEVNULL) for _ in range(6)]
        self.assertEqual(sorted(p.wait(10) for p in processes), [0] + [EXIT_SYSTEM] * 5)
        sp.Client(self.path).handshake().getpid()
        self.halt()

    def test_bad_urls(self):
        for url in ("", "x", "unix://", "unix:///" + "x" * 200, "unix:///no/such/dir/s", "tcp://x",
                    "tcp://1.2.3.4:99999", "tcp://127.0.0.1:0"):
            status, message = self.start(url)
            self.assertEqual((status, message.count("\n")), (EXIT_SYSTEM, 1), message)
        self.assertEqual(self.start("-x")[0], EXIT_USAGE)
        self.assertEqual(subprocess.run([PROGRAM], stderr=subprocess.DEVNULL).returncode, EXIT_USAGE)

    def test_tcp(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        status, message = self.start(f"tcp://0:{port}")
        self.assertEqual(status, EXIT_SYSTEM)
        self.assertIn("not a loopback address", message)
        self.assertEqual(self.start(f"tcp://127.0.0.1:{port}/", "unix://" + self.path)[0], 0)
        c = sp.Client(sock=socket.create_connection(("127.0.0.1", port))).handshake()
        c.getpid()
        self.assertEqual(c.hello().flags, 1)
        self.halt()

    def test_signals_end_it(self):
        for signo in (signal.SIGTERM, signal.SIGINT):
            self.start()
            waiting = sp.Client(self.path).handshake()
            waiting.request(sp.SYSCALL, sp.SYS_poll, sp.words(0, 0, sp.INFINITE))
            os.kill(self.pid(), signo)
            with self.assertRaises(sp.Closed):
                waiting.recv()
            sp.wait_for(lambda: not os.path.exists(self.path) and not self.private_dirs())

    def test_foreign_user_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("needs another user to be")
        self.start()
        os.chmod(self.dir, 0o755)
        os.chmod(self.path, 0o777)
        child = os.fork()
        if child == 0:
            os.setresuid(12345, 12345, 12345)
            c = socket.socket(socket.AF_UNIX)
            c.connect(self.path)
            os._exit(0 if c.recv(100) == b"" else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.halt()


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(warnings="ignore")
