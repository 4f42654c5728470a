#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A name server for tests: dns.py ADDRESS NAME=IP...

Answers A, AAAA and PTR questions over UDP on port 53; other names do not exist.
"""
import ipaddress
import socket
import struct
import sys

A, PTR, AAAA = 1, 12, 28


def pack_name(name):
    return b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"


def unpack_name(data, at):
    parts = []
    while data[at]:
        parts.append(data[at + 1:at + 1 + data[at]].decode())
        at += 1 + data[at]
    return ".".join(parts), at + 1


def records(table, name, kind):
    """The data of the answers, or None if there is no such name."""
    pointers = [host for host, ip in table if ip.reverse_pointer == name]
    found = [ip for host, ip in table if host == name.lower()]
    if kind == PTR:
        return [pack_name(p) for p in pointers] or None
    if not found:
        return None
    return [ip.packed for ip in found if ip.version == (4 if kind == A else 6)]


def answer(table, query):
    name, end = unpack_name(query, 12)
    kind, _ = struct.unpack_from("!HH", query, end)
    data = records(table, name, kind)
    head = query[:2] + struct.pack("!HHHHH", 0x8180 if data is not None else 0x8183, 1,
                                   len(data or ()), 0, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(d)) + d
                    for d in data or ())
    return head + query[12:end + 4] + body


def main():
    table = [(name, ipaddress.ip_address(ip))
             for name, _, ip in (a.partition("=") for a in sys.argv[2:])]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((sys.argv[1], 53))
        print("ready", flush=True)
        while True:
            query, client = s.recvfrom(4096)
            s.sendto(answer(table, query), client)


main()
