# SPDX-License-Identifier: BSD-2-Clause
"""Makes host calls fail, one at a time, and looks whether anything breaks.

    faults.py kernel|start|client|kill sample|all SCRATCH

kernel  A running kernel's n-th socket, recvmsg, malloc... fails while a scenario runs.  The kernel
        must live on, and the scenario must then work on new connections; in the end it holds what
        it held in the beginning.
start   The same in a kernel that starts: it starts, or ends with a line that says why, and leaves
        nothing behind.
client  The same in the program: it may get errors, but it neither crashes nor hangs, and what
        succeeded is true.
kill    The program is killed at its n-th call of a name.  The kernel gets everything back: it has
        its descriptors, its memory and its processes as before.

A kernel's calls are failed by shim.c; a client's, which do not go through libc, by strace(1), for
which n counts each thread's calls of one name.  `sample` tries some n, `all` each one until the
scenario does not come so far.  SCRATCH is an empty directory.  Environment: RUMP_BUILD, and PATH as
./dev env gives it.
"""

import errno
import itertools
import mmap
import os
import signal
import struct
import subprocess
import sys
import time

TIMEOUT = 40
BUILD = os.environ["RUMP_BUILD"]
SCENARIOS = BUILD + "/tests/fault"
HIJACK = ["env", f"LD_PRELOAD={BUILD}/librumphijack.so"]
SHORT = "SHORT"  # a transfer of one byte

# What a running kernel's host calls may say.
KERNEL = {
    "accept4": ["EMFILE", "ECONNABORTED", "EINTR", "ENOMEM"],
    "recvmsg": ["EINTR", "EAGAIN", "ECONNRESET", "ENOMEM", SHORT],
    "send": ["EINTR", "EAGAIN", "EPIPE", "ENOMEM", SHORT],
    "sendmsg": ["EINTR", "EAGAIN", "ENOBUFS", "ETOOMANYREFS", SHORT],
    "epoll_wait": ["EINTR"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"],
    "epoll_create1": ["EMFILE"],
    "eventfd": ["EMFILE", "ENOMEM"],
    "memfd_create": ["EMFILE", "ENOMEM"],
    "open": ["EMFILE", "ENFILE", "EINTR"],
    "socket": ["EMFILE", "ENOMEM"],
    "socketpair": ["EMFILE", "ENFILE"],
    "pipe2": ["EMFILE", "ENFILE"],
    "bind": ["EADDRINUSE", "ENOMEM"],
    "listen": ["ENOMEM"],
    "connect": ["EAGAIN", "ECONNREFUSED"],
    "getsockopt": ["ENOMEM"],
    "setsockopt": ["ENOMEM"],
    "fcntl": ["EMFILE", "EAGAIN"],
    "mmap": ["ENOMEM"],
    "malloc": ["ENOMEM"],
    "pthread_create": ["EAGAIN"],
    "poll": ["EINTR", "ENOMEM"],
    "ppoll": ["EINTR", "ENOMEM"],
    "read": ["EINTR", "EIO"],
    "write": ["EINTR", "ENOSPC"],
    "pread": ["EIO"],
    "ftruncate": ["ENOSPC", "EINTR"],
    "fallocate": ["ENOSPC"],
    "futimens": ["EPERM"],
    "fchmod": ["EPERM"],
    "unlink": ["EACCES"],
    "readlink": ["ENOMEM"],
    "getrandom": ["EINTR"],
    "fstat": ["ENOMEM"],
    "stat": ["ENOMEM"],
}

# And those of one that starts.
START = {
    "socket": ["EMFILE"],
    "bind": ["EACCES", "EADDRINUSE"],
    "listen": ["ENOMEM"],
    "epoll_create1": ["EMFILE"],
    "epoll_ctl": ["ENOSPC"],
    "eventfd": ["EMFILE"],
    "memfd_create": ["EMFILE", "ENOMEM"],
    "mkdir": ["EACCES", "ENOSPC"],
    "mkdtemp": ["EACCES"],
    "open": ["EMFILE"],
    "pthread_create": ["EAGAIN"],
    "fcntl": ["EMFILE"],
    "flock": ["EINTR", "ENOLCK"],
    "mmap": ["ENOMEM"],
    "malloc": ["ENOMEM"],
    "pipe2": ["EMFILE"],
    "getrandom": ["EINTR"],
    "fstat": ["ENOMEM"],
    "stat": ["EACCES"],
}

# And a client's.
CLIENT = {
    "socket": ["EMFILE", "ENOMEM"],
    "connect": ["EINTR", "EAGAIN", "ECONNREFUSED"],
    "sendmsg": ["EINTR", "EPIPE", "ENOBUFS"],
    "recvmsg": ["EINTR", "ECONNRESET", "ENOMEM"],
    "fcntl": ["EMFILE"],
    "mmap": ["ENOMEM"],
    "madvise": ["EINVAL"],
    "ppoll": ["EINTR", "ENOMEM"],
    "poll": ["EINTR"],
    "process_vm_readv": ["ENOSYS", "EPERM"],
    "bind": ["ENOMEM"],
    "listen": ["ENOMEM"],
    "accept4": ["EINTR", "EMFILE"],
    "setsockopt": ["ENOMEM"],
    "clone": ["EAGAIN"],
    "execve": ["ENOMEM"],
    "newfstatat": ["ENOMEM"],
    "memfd_create": ["EMFILE"],
    "getsockopt": ["ENOMEM"],
    "getsockname": ["ENOBUFS"],
    "getpeername": ["ENOBUFS"],
    "fstat": ["ENOMEM"],
    "openat": ["EMFILE"],
    "readlink": ["ENOMEM"],
    "readlinkat": ["ENOMEM"],
    "faccessat": ["ENOMEM"],
    "prlimit64": ["EPERM"],
    "read": ["EINTR"],
    "write": ["EINTR", "ENOSPC"],
    "writev": ["EINTR", "EAGAIN"],
    "getcwd": ["ENOMEM"],
    "chdir": ["ENOMEM"],
    "umask": ["ENOSYS"],
}

KILL = ["socket", "connect", "sendmsg", "recvmsg", "mmap", "close", "getsockopt", "clone", "execve",
        "exit_group", "openat", "fcntl"]

SAMPLE = (1, 3, 9)
GROWTH = 1 << 20  # of the kernel's memory that is no leak: its allocator's, and idle threads


class Report:
    def __init__(self):
        self.runs = 0
        self.failures = 0

    def fail(self, what, why):
        self.failures += 1
        print(f"{what}: {why.strip()}", flush=True)


def end(process):
    """Ends a process group that is still there."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def run(command, **env):
    """Exit status, and what it printed; no status if it hung."""
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=TIMEOUT)
        return process.returncode, out.strip()
    except subprocess.TimeoutExpired:
        end(process)
        return None, "hangs"


def wait_for(condition):
    until = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def scenario(server, kind, mode, *wrapper):
    hijack = HIJACK if kind == "hijacked" else []
    return run([*wrapper, *hijack, f"{SCENARIOS}/fault_{kind}", mode], RUMP_SERVER=server)


class Shim:
    """The choice of a call, in memory that the shim maps too."""

    LAYOUT = "32siIqq"

    def __init__(self, scratch):
        self.path = scratch + "/control"
        self.file = open(self.path, "w+b")
        self.file.truncate(struct.calcsize(self.LAYOUT))
        self.memory = mmap.mmap(self.file.fileno(), 0)
        self.env = {"LD_PRELOAD": SCENARIOS + "/libfaultshim.so", "FAULT_CONTROL": self.path}

    def choose(self, call, error, n, always=False):
        number = -1 if error == SHORT else getattr(errno, error)
        self.memory[:] = struct.pack(self.LAYOUT, call.encode(), number, always, n, 0)

    def off(self):
        """Was the call reached?"""
        _, _, _, n, seen = struct.unpack(self.LAYOUT, self.memory[:])
        self.memory[:] = bytes(len(self.memory))
        return seen >= n


class Kernel:
    def __init__(self, scratch, env=None):
        self.path = scratch + "/kernel"
        self.url = f"unix://{self.path}"
        self.env = env or {}
        self.start()

    def start(self):
        with open(self.path + ".log", "a") as log:
            self.process = subprocess.Popen(
                ["rump_server", "-s", self.url], stdin=subprocess.DEVNULL, stderr=log,
                env={**os.environ, **self.env})
        if not wait_for(lambda: os.path.exists(self.path) and self.answers()):
            sys.exit("the kernel does not start")

    def answers(self):
        return scenario(self.url, "classic", "strict")[0] == 0

    def alive(self):
        return self.process.poll() is None

    def descriptors(self):
        """What it holds, but for the events of threads kept for later and its own tables."""
        d = f"/proc/{self.process.pid}/fd"
        links = []
        for name in os.listdir(d):
            try:
                links.append(os.readlink(f"{d}/{name}"))
            except FileNotFoundError:
                pass
        return sorted(x.split(":")[0] for x in links
                      if "eventfd" not in x and "memfd:rump-" not in x)

    def memory(self):
        with open(f"/proc/{self.process.pid}/statm") as f:
            return int(f.read().split()[1]) * mmap.PAGESIZE

    def processes(self):
        return run(["rump.ps"], RUMP_SERVER=self.url)[1].count("\n")

    def clean(self):
        run([*HIJACK, "sh", "-c", "rm -rf /rump/fault.* /rump/classic.*"], RUMP_SERVER=self.url)

    def stop(self):
        run(["rump.halt"], RUMP_SERVER=self.url)
        try:
            return self.process.wait(TIMEOUT) == 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False


def cases(table, every):
    """(call, error, n); is sent whether the n-th call was reached."""
    for call, errors in table.items():
        for error in errors if every else errors[:1]:
            for n in itertools.count(1) if every else SAMPLE:
                reached = yield call, error, n
                if not reached:
                    break


def each(table, every, report, one):
    todo = cases(table, every)
    reached = None
    try:
        while True:
            call, error, n = todo.send(reached)
            report.runs += 1
            reached = one(call, error, n, f"{call} {n} {error}")
    except StopIteration:
        pass


def all_kinds(report, what, server, mode, *wrapper):
    for kind in ("hijacked", "classic"):
        status, out = scenario(server, kind, mode, *wrapper)
        if status != 0:
            report.fail(what, f"{kind} {mode}: status {status}: {out}")


def kernel_faults(scratch, every, report):
    shim = Shim(scratch)
    kernel = Kernel(scratch, shim.env)
    all_kinds(report, "before", kernel.url, "strict")
    kernel.clean()
    before = kernel.descriptors()

    def one(call, error, n, what):
        shim.choose(call, error, n)
        all_kinds(report, what, kernel.url, "tolerant")
        reached = shim.off()
        if not kernel.alive():
            report.fail(what, f"the kernel ended with {kernel.process.returncode}")
            kernel.start()
        all_kinds(report, what, kernel.url, "strict")
        return reached

    each(KERNEL, every, report, one)
    # One byte at a time, for a whole scenario.
    for call in ("recvmsg", "send", "sendmsg"):
        shim.choose(call, SHORT, 1, always=True)
        all_kinds(report, f"{call} always {SHORT}", kernel.url, "strict")
        shim.off()
    if not wait_for(lambda: as_before(kernel, before)):
        report.fail("descriptors", f"{before} became {kernel.descriptors()}")
    if not kernel.stop():
        report.fail("the end", "the kernel did not halt")


def start_faults(scratch, every, report):
    shim = Shim(scratch)
    path = scratch + "/start"
    url = f"unix://{path}"

    def one(call, error, n, what):
        shim.choose(call, error, n)
        status, out = run(["rump_server", url], **shim.env)
        reached = shim.off()
        if status is None or status < 0 or status > 127:
            report.fail(what, f"status {status}: {out}")
        elif status == 0:
            all_kinds(report, what, url, "strict")
            run(["rump.halt"], RUMP_SERVER=url)
        elif not out:
            report.fail(what, "ended without a word")
        if not wait_for(lambda: not os.path.exists(path)):
            report.fail(what, "left its socket behind")
            os.unlink(path)
        return reached

    each(START, every, report, one)


def as_before(kernel, before):
    """A file that could not be let go of is when the next one is."""
    kernel.clean()
    return kernel.descriptors() == before


def strace(log, *options):
    return ["strace", "-f", "-o", log, *options]


def calls_of_loader(kind, call, log):
    """How often it is called before the program begins: those are not ours, and ld.so may crash."""
    scenario("", kind, "nothing", *strace(log, "-e", f"trace={call}"))
    with open(log) as f:
        return sum(f" {call}(" in line for line in f)


def client_faults(scratch, every, report):
    kernel = Kernel(scratch)
    log = scratch + "/strace"
    skipped = {}

    def one(call, error, n, what):
        reached = False
        for kind in ("hijacked", "classic"):
            if (kind, call) not in skipped:
                skipped[kind, call] = calls_of_loader(kind, call, log)
            status, out = scenario(
                kernel.url, kind, "tolerant", *strace(log, "-e", f"trace={call}", "-e",
                    f"inject={call}:error={error}:when={n + skipped[kind, call]}"))
            if status != 0:
                report.fail(what, f"{kind}: status {status}: {out}")
            with open(log) as f:
                reached = reached or "(INJECTED)" in f.read()
        if not kernel.alive():
            report.fail(what, f"the kernel ended with {kernel.process.returncode}")
            kernel.start()
        return reached

    each(CLIENT, every, report, one)
    all_kinds(report, "afterwards", kernel.url, "strict")
    if not kernel.stop():
        report.fail("the end", "the kernel did not halt")


def kill_at_calls(scratch, every, report):
    kernel = Kernel(scratch)
    log = scratch + "/strace"
    for _ in range(10):
        all_kinds(report, "before", kernel.url, "strict")
    kernel.clean()
    descriptors, memory, processes = kernel.descriptors(), kernel.memory(), kernel.processes()

    def one(call, _, n, what):
        killed = False
        for kind in ("hijacked", "classic"):
            scenario(kernel.url, kind, "tolerant", *strace(
                log, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}"))
            with open(log) as f:
                killed = killed or "killed by SIGKILL" in f.read()
        if not kernel.alive():
            report.fail(what, f"the kernel ended with {kernel.process.returncode}")
            kernel.start()
        return killed

    each({call: ["KILL"] for call in KILL}, every, report, one)
    all_kinds(report, "afterwards", kernel.url, "strict")
    if not wait_for(lambda: as_before(kernel, descriptors)):
        report.fail("descriptors", f"{descriptors} became {kernel.descriptors()}")
    if not wait_for(lambda: kernel.processes() == processes):
        report.fail("processes", f"{processes} became {kernel.processes()}")
    if kernel.memory() > memory + GROWTH:
        report.fail("memory", f"{memory} became {kernel.memory()}")
    if not kernel.stop():
        report.fail("the end", "the kernel did not halt")


def main():
    side, much, scratch = sys.argv[1:]
    report = Report()
    {"kernel": kernel_faults, "start": start_faults, "client": client_faults,
     "kill": kill_at_calls}[side](scratch, much == "all", report)
    print(f"{report.runs} runs, {report.failures} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
