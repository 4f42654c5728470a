# SPDX-License-Identifier: BSD-2-Clause
"""A station on a bus that makes TCP segments by hand, for tests of what a kernel answers.

It runs hijacked: its Internet sockets are the kernel's, the socket of the bus is the host's."""
import glob
import os
import select
import socket
import struct
import time

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
NAMES = "FSRPAU"
KERNEL, STATION = "10.0.0.1", "10.0.0.9"
MAC = b"\x02\0\0\0\0\x09"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(address):
    return socket.inet_aton(address)


class Segment:
    def __init__(self, packet):
        start = (packet[0] & 15) * 4
        end = struct.unpack("!H", packet[2:4])[0]
        h = packet[start:end]
        self.sport, self.dport, self.seq, self.ack, at, self.flags, self.win = struct.unpack("!HHIIBBH", h[:16])
        self.options = self.parse(h[20 : (at >> 4) * 4])
        self.data = h[(at >> 4) * 4 :]

    @staticmethod
    def parse(o):
        found = {}
        while o and o[0]:
            if o[0] == 1:
                o = o[1:]
                continue
            found[o[0]] = o[2 : o[1]]
            o = o[o[1] :]
        return found

    def __repr__(self):
        return "%s %d" % (names(self.flags), len(self.data))


def names(flags):
    return "".join(n for i, n in enumerate(NAMES) if flags >> i & 1)


class Station:
    def __init__(self, directory):
        self.bus = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.bus.connect(glob.glob(directory + "/if-*")[0])
        self.queue = []
        self.kernel_mac = None
        self.send_arp(1, b"\xff" * 6, b"\0" * 6)
        while self.kernel_mac is None:
            self.receive(10)

    def send_arp(self, op, to, target):
        body = struct.pack("!HHBBH", 1, 0x800, 6, 4, op) + MAC + ip(STATION) + target + ip(KERNEL)
        self.bus.send(to + MAC + b"\x08\x06" + body)

    def receive(self, timeout):
        """Takes one frame; False: none came."""
        if not select.select([self.bus], [], [], timeout)[0]:
            return False
        frame = self.bus.recv(70000)
        kind, body = frame[12:14], frame[14:]
        if kind == b"\x08\x06" and body[14:18] == ip(KERNEL):
            self.kernel_mac = body[8:14]
            if body[6:8] == b"\0\1" and body[24:28] == ip(STATION):
                self.send_arp(2, self.kernel_mac, self.kernel_mac)
        elif kind == b"\x08\x00" and body[9] == 6 and body[16:20] == ip(STATION):
            self.queue.append((time.monotonic(), Segment(body)))
        return True

    def send(self, sport, dport, flags, seq, ack, data, win, options, damage):
        options += b"\0" * (-len(options) % 4)
        h = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, (20 + len(options)) // 4 << 4, flags, win, 0, 0)
        segment = h + options + data
        pseudo = ip(STATION) + ip(KERNEL) + struct.pack("!HH", 6, len(segment))
        check = checksum(pseudo + segment) ^ damage
        segment = segment[:16] + struct.pack("!H", check) + segment[18:]
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0) + ip(STATION) + ip(KERNEL)
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        self.bus.send(self.kernel_mac + MAC + b"\x08\x00" + head + segment)


class Peer:
    """One end of a connection with the kernel, made by hand."""

    ports = 30000

    def __init__(self, station, dport, seq=1000):
        Peer.ports += 1
        self.station, self.sport, self.dport = station, Peer.ports, dport
        self.seq, self.ack, self.win = seq, 0, 65535
        self.at = 0
        self.seen = set()
        self.repeats = False  # are segments that come again of interest?

    def put(self, flags, data=b"", seq=None, ack=None, options=b"", damage=0):
        """Sends; what takes room in the sequence counts unless seq is given."""
        s = self.seq if seq is None else seq & 0xFFFFFFFF
        a = (self.ack if ack is None else ack & 0xFFFFFFFF) if flags & ACK else 0
        self.station.send(self.sport, self.dport, flags, s, a, data, self.win, options, damage)
        if seq is None:
            self.seq = (self.seq + len(data) + bool(flags & SYN) + bool(flags & FIN)) & 0xFFFFFFFF

    def get(self, timeout=10):
        """The next segment for this connection; None: none came."""
        end = time.monotonic() + timeout
        while True:
            for i, (at, s) in enumerate(self.station.queue):
                if (s.sport, s.dport) == (self.dport, self.sport):
                    del self.station.queue[i]
                    known = (s.seq, s.flags, s.data)
                    if known in self.seen and not self.repeats and (s.data or s.flags & (SYN | FIN)):
                        break
                    self.seen.add(known)
                    self.at = at
                    return s
            else:
                if not self.station.receive(max(0, end - time.monotonic())):
                    return None

    def expect(self, flags, data=None, timeout=10):
        s = self.get(timeout)
        assert s is not None and s.flags & ~PSH == flags, "%s, not %s" % (s, names(flags))
        assert data is None or s.data == data, s.data
        return s

    def silence(self, timeout=0.3):
        s = self.get(timeout)
        assert s is None, s

    def took(self, s):
        self.ack = (s.seq + len(s.data) + bool(s.flags & (SYN | FIN))) & 0xFFFFFFFF

    def open(self, options=b"\2\4\5\xb4"):
        """The handshake, towards a listener of the kernel."""
        self.put(SYN, options=options)
        s = self.expect(SYN | ACK)
        assert s.ack == self.seq
        self.took(s)
        self.put(ACK)
        return s
