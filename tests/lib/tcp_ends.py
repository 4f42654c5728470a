# SPDX-License-Identifier: BSD-2-Clause
"""How TCP connections end: what the two programs see.  tcp_ends.py server|client HOST PORT"""
import os
import select
import signal
import socket
import struct
import sys

RESET = struct.pack("ii", 1, 0)


def linger(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return c


def got(f, *args):
    try:
        return f(*args)
    except OSError as e:
        return e.strerror


def wait(c, events=select.POLLIN | select.POLLRDHUP):
    p = select.poll()
    p.register(c, events)
    assert p.poll(20000)
    return c


def sees(name, c):
    print(name, *[got(f, a) for f, a in ((c.recv, 20), (c.recv, 20), (c.send, b"x"))], flush=True)


def server(listener):
    c = listener.accept()[0]
    linger(c).close()
    c = listener.accept()[0]
    c.send(b"bytes")
    c.recv(1)
    linger(c).close()
    c = listener.accept()[0]
    c.recv(1)
    c.close()
    sees("the client resets:", listener.accept()[0])
    sees("it is killed:", listener.accept()[0])
    c = listener.accept()[0]
    c.send(b"unread")
    sees("it leaves bytes unread:", c)
    c = listener.accept()[0]
    print("half closed:", c.recv(9), c.recv(9), c.send(b"late"), flush=True)
    c.close()
    c = wait(listener.accept()[0])
    print("SO_ERROR:", *[c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for i in range(2)], got(c.recv, 1), flush=True)
    listener.accept()[0].recv(1)


def client(connect):
    sees("the server resets:", wait(connect()))
    c = connect()
    wait(c).send(b"x")
    wait(c, select.POLLHUP)
    sees("after bytes:", c)
    c = connect()
    c.send(b"12345")
    sees("it leaves bytes unread:", wait(c))
    linger(connect()).close()
    pid = os.fork()
    if pid == 0:
        linger(connect())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    wait(connect()).close()
    c = connect()
    c.send(b"hello")
    c.shutdown(socket.SHUT_WR)
    print("half closed:", c.recv(9), c.recv(9), flush=True)
    linger(connect()).close()
    c = connect()
    info = c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    print("TCP_INFO:", info[0], struct.unpack_from("I", info, 68)[0] > 0)
    c.send(b"x")
    print("the end:", c.recv(1))


address = (sys.argv[2], int(sys.argv[3]))
if sys.argv[1] == "client":
    client(lambda: socket.create_connection(address))
else:
    s = socket.create_server(address, family=socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET)
    print("ready", flush=True)
    server(s)
