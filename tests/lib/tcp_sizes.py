# SPDX-License-Identifier: BSD-2-Clause
"""Bytes written and read in pieces of all sizes: tcp_sizes.py serve|send ADDRESS SEED.

The server answers each connection with the count and a hash of what has come; who sends compares."""
import hashlib
import random
import socket
import sys
import time

PORT, TOTAL = 9000, 10000000
SIZES = [1, 100, 1000, 1460, 1461, 5000, 20000, 65000, 200000]


def told(count, seen):
    return b"%d %s" % (count, seen.hexdigest().encode())


def serve(listener, choose):
    while True:
        c, count, seen = listener.accept()[0], 0, hashlib.sha1()
        while data := c.recv(choose.choice(SIZES)):
            seen.update(data)
            count += len(data)
            if choose.random() < 0.02:
                time.sleep(0.002)  # so that the window closes at times
        c.sendall(told(count, seen))
        c.close()


def send(c, choose):
    count, sent = 0, hashlib.sha1()
    while count < TOTAL:
        data = choose.randbytes(choose.randint(1, choose.choice(SIZES)))
        c.sendall(data)
        sent.update(data)
        count += len(data)
    c.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: c.recv(100), b""))
    sys.exit(0 if answer == told(count, sent) else "sent %s, arrived %s" % (told(count, sent), answer))


what, address, seed = sys.argv[1:]
if what == "serve":
    serve(socket.create_server((address, PORT)), random.Random(seed))
else:
    send(socket.create_connection((address, PORT)), random.Random(seed))
