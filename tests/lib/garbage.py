# SPDX-License-Identifier: BSD-2-Clause
"""Writes packets to a tun and frames to a tap that are nearly right: garbage.py SEED COUNT.

The kernel has listening and connecting sockets meanwhile.  Prints "done" at the end.
"""
import fcntl
import os
import random
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
NEAR, FAR = bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])
NEAR6, FAR6 = bytes.fromhex('fd00' + '00' * 13 + '01'), bytes.fromhex('fd00' + '00' * 13 + '02')
PORTS = (7, 80, 4000)


def checksum(data):
    n = sum(struct.unpack('!%dH' % (len(data) // 2), data[:len(data) & ~1]))
    n += data[-1] << 8 if len(data) & 1 else 0
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return struct.pack('!H', ~n & 0xFFFF)


def ip4(protocol, data, src=FAR, dest=NEAR):
    length = random.choice([20 + len(data)] * 8 + [20, 0, 65535, 24])
    first = random.choice([0x45] * 12 + [0x46, 0x4F, 0x41])
    fragment = random.choice([0] * 8 + [0x2000, 0x2001, 5, 0x1FFF, 0x4000])
    h = bytearray(struct.pack('!BBHHHBBH4s4s', first, 0, length, random.randrange(4), fragment,
                              random.choice([0, 1, 64]), protocol, 0, src, dest))
    h[10:12] = checksum(bytes(h) + data[:max(0, (first & 15) * 4 - 20)])
    return bytes(h) + data


def ip6(protocol, data, src=FAR6, dest=NEAR6):
    if random.random() < 0.2:  # headers between
        size = random.choice([0, 0, 0, 1, 255])
        data = bytes([protocol, size]) + os.urandom(6 + 8 * (size & 3)) + data
        protocol = random.choice([0, 43, 44, 60])
    length = random.choice([len(data)] * 8 + [0, 65535, 1])
    return struct.pack('!IHBB', 6 << 28, length, protocol, random.choice([1, 64, 255])) + src + dest + data


def tcp():
    options = os.urandom(random.choice([0, 0, 0, 4, 12, 40]))
    offset = random.choice([5 + len(options) // 4] * 6 + [0, 4, 15])
    flags = random.choice([2, 2, 16, 18, 17, 4, 20, 24, 1, 0, 63])
    return struct.pack('!HHIIBBHHH', random.randrange(1, 20), random.choice(PORTS),
                       random.choice([1000, 1001, random.getrandbits(32)]), random.getrandbits(32),
                       offset << 4, flags, random.choice([0, 1, 65535]), 0, 0) + options + \
        os.urandom(random.choice([0, 0, 1, 1000]))


def udp():
    data = os.urandom(random.choice([0, 1, 100, 1400]))
    length = random.choice([8 + len(data)] * 6 + [0, 7, 65535])
    return struct.pack('!HHHH', 9, random.choice(PORTS), length, 0) + data


def icmp(v6):
    about = random.choice([os.urandom(random.randrange(60)),
                           ip6(17, udp(), NEAR6, FAR6) if v6 else ip4(17, udp(), NEAR, FAR),
                           ip6(6, tcp(), NEAR6, FAR6) if v6 else ip4(6, tcp(), NEAR, FAR)])
    kinds = [1, 2, 3, 4, 128, 130, 131, 133, 134, 135, 136, 137] if v6 else [0, 3, 4, 5, 8, 11, 12, 13]
    return bytes([random.choice(kinds), random.randrange(6), 0, 0]) + os.urandom(4) + about


def with_sum(protocol, data, v6):
    """Most checksums are right."""
    at = {6: 16, 17: 6, 1: 2, 58: 2}.get(protocol, 0)
    if at == 0 or len(data) < at + 2 or random.random() < 0.1:
        return data
    pseudo = b'' if protocol == 1 else \
        (FAR6 + NEAR6 if v6 else FAR + NEAR) + struct.pack('!II', len(data), protocol)
    return data[:at] + checksum(pseudo + data) + data[at + 2:]


def packet(v6):
    protocol = random.choice([6, 6, 17, 58 if v6 else 1, 2, 255])
    data = {6: tcp, 17: udp, 1: lambda: icmp(False), 58: lambda: icmp(True)}.get(
        protocol, lambda: os.urandom(random.randrange(100)))()
    data = with_sum(protocol, data, v6)
    if v6:
        dest = random.choice([NEAR6] * 6 + [bytes.fromhex('ff02' + '00' * 13 + '01'), os.urandom(16)])
        return ip6(protocol, data, random.choice([FAR6] * 6 + [bytes(16), NEAR6, os.urandom(16)]), dest)
    dest = random.choice([NEAR] * 6 + [b'\xe0\0\0\1', b'\xff' * 4, bytes([10, 9, 0, 255]), os.urandom(4)])
    return ip4(protocol, data, random.choice([FAR] * 6 + [bytes(4), NEAR, os.urandom(4)]), dest)


def interface(flags):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    got = fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', b'', flags))
    name = got[:16].rstrip(b'\0').decode()
    for command in (['addr', 'add', '10.9.0.1/24', 'dev', name], ['addr', 'add', 'fd00::1/64', 'dev', name],
                    ['link', 'set', name, 'up']):
        subprocess.check_call(['ip', *command])
    with open(f'/sys/class/net/{name}/address', encoding='ascii') as f:
        return fd, bytes.fromhex(f.read().strip().replace(':', ''))


def sockets():
    """They are looked after by nobody."""
    for kind, port in ((socket.SOCK_STREAM, 80), (socket.SOCK_DGRAM, 4000)):
        s = socket.socket(socket.AF_INET6, kind)
        s.bind(('::', port))
        if kind == socket.SOCK_STREAM:
            s.listen(5)
        yield s
    for family, far in ((socket.AF_INET, '10.9.0.2'), (socket.AF_INET6, 'fd00::2')):
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setblocking(False)
        s.connect_ex((far, 7))
        yield s


def main():
    random.seed(int(sys.argv[1]))
    for flags in (IFF_TUN | IFF_NO_PI, IFF_TUN, IFF_TAP | IFF_NO_PI):
        fd, mac = interface(flags)
        held = list(sockets())
        for _ in range(int(sys.argv[2])):
            v6 = random.random() < 0.5
            ether = b'\x86\xdd' if v6 else b'\x08\0'
            data = packet(v6)
            data = data[:random.choice([len(data)] * 10 + [random.randrange(len(data))])]
            if flags & IFF_TAP:
                data = random.choice([mac, mac, b'\xff' * 6, os.urandom(6)]) + b'\2\0\0\0\0\7' + ether + data
                if random.random() < 0.1:
                    data = mac + b'\2\0\0\0\0\7\x08\6' + os.urandom(random.randrange(40))
            elif not flags & IFF_NO_PI:
                data = random.choice([b'\0\0' + ether] * 9 + [os.urandom(4)]) + data
            try:
                os.write(fd, data)
                while os.read(fd, 70000):
                    pass
            except OSError:
                pass
        os.close(fd)
        for s in held:
            s.close()
    print('done')


main()
