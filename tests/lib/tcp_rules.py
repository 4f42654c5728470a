# SPDX-License-Identifier: BSD-2-Clause
"""What TCP (RFC 9293, 1122, 5681, 5961, 6298) and Linux demand, tried on a kernel: tcp_rules.py BUS"""
import errno
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tcp_raw import ACK, FIN, KERNEL, PSH, RST, SYN, Peer, Station  # noqa: E402

WS = b"\2\4\5\xb4\1\3\3\7"
station = Station(sys.argv[1])
listener = socket.create_server((KERNEL, 80))
tests = []


def test(f):
    tests.append(f)
    return f


def accepted(options=b"\2\4\5\xb4"):
    p = Peer(station, 80)
    p.open(options)
    c = listener.accept()[0]
    c.settimeout(20)
    return p, c


def take(c, n):
    """All n bytes: with a time-out, a socket does not wait for them by itself."""
    got = b""
    while len(got) < n:
        more = c.recv(n - len(got))
        if not more:
            break
        got += more
    return got


def is_alive(p, c):
    p.put(ACK | PSH, b"alive")
    assert c.recv(9) == b"alive"
    assert p.expect(ACK).ack == p.seq


def error_of(c):
    try:
        return c.recv(1)
    except OSError as e:
        return errno.errorcode[e.errno]


@test
def options_of_the_answer_to_a_syn():
    p = Peer(station, 80)
    s = p.open(WS)
    assert s.options[2] == b"\x05\xb4" and len(s.options[3]) == 1 and s.win == 65535, s.options
    listener.accept()[0].close()
    p = Peer(station, 80)
    s = p.open(b"")
    assert 2 in s.options and 3 not in s.options and 8 not in s.options
    c = listener.accept()[0]
    c.send(b"x" * 600)
    assert len(p.expect(ACK).data) == 536  # what a peer takes that does not say
    c.close()


@test
def nobody_listens():
    p = Peer(station, 81)
    p.put(SYN)
    s = p.expect(RST | ACK)
    assert s.seq == 0 and s.ack == 1001
    p.put(ACK, ack=77)
    s = p.expect(RST)
    assert s.seq == 77
    p.put(RST, seq=5)
    p.put(FIN)
    assert p.expect(RST | ACK).seq == 0
    p.silence()


@test
def nonsense_is_dropped():
    p = Peer(station, 80)
    p.put(SYN | FIN, seq=1000)
    p.put(SYN | RST, seq=1000)
    p.put(SYN, seq=1000, damage=1)
    p.put(0, seq=1000)
    p.silence()
    p, c = accepted()
    p.put(PSH, b"no ACK", seq=p.seq)
    p.put(ACK | PSH, b"damaged", seq=p.seq, damage=1)
    p.silence()
    is_alive(p, c)


@test
def resets():
    p, c = accepted()
    p.put(RST, seq=p.seq + 100000)  # out of the window
    p.silence()
    p.put(RST, seq=p.seq + 10)  # in it: are you sure?
    assert p.expect(ACK).ack == p.seq
    is_alive(p, c)
    p.put(RST, seq=p.seq)
    assert error_of(c) == "ECONNRESET"
    p.put(ACK)
    assert p.expect(RST).seq == p.ack


@test
def a_syn_in_a_connection_is_questioned():
    p, c = accepted()
    p.put(SYN, seq=p.seq)
    assert p.expect(ACK).ack == p.seq
    is_alive(p, c)


@test
def acknowledgements_that_cannot_be():
    p, c = accepted()
    p.put(ACK | PSH, b"injected", seq=p.seq, ack=p.ack + 5)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK | PSH, b"injected", seq=p.seq, ack=p.ack - 10000000)
    assert p.expect(ACK).ack == p.seq
    is_alive(p, c)


@test
def data_out_of_the_window():
    p, c = accepted()
    p.put(ACK | PSH, b"x", seq=p.seq + 5000000)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK | PSH, b"x", seq=p.seq - 1)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK, seq=p.seq - 1)  # a keepalive
    assert p.expect(ACK).ack == p.seq
    is_alive(p, c)


@test
def data_out_of_order():
    p, c = accepted()
    p.put(ACK | PSH, b"cd", seq=p.seq + 2)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK | PSH, b"gh", seq=p.seq + 6)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK | PSH, b"ab")
    assert p.expect(ACK).ack == p.seq + 2
    p.seq += 2
    p.put(ACK | PSH, b"ef")
    p.seq += 2
    assert p.expect(ACK).ack == p.seq
    assert take(c, 8) == b"abcdefgh"
    p.put(ACK | PSH, b"1234", seq=p.seq - 2)  # the first half is known
    assert p.expect(ACK).ack == p.seq + 2
    assert c.recv(20) == b"34"


@test
def acknowledgements_wait_but_not_for_long():
    p, c = accepted()
    for i in range(4):
        p.put(ACK | PSH, b"x" * 1460)
    got = [p.expect(ACK).ack for i in range(2)]
    assert got[1] == p.seq, got


@test
def the_peers_segment_size():
    p, c = accepted(b"\2\4\2\0")
    c.send(b"x" * 1200)
    assert [len(p.expect(ACK).data) for i in range(3)] == [512, 512, 176]


@test
def times_of_retransmissions():
    p, c = accepted()
    p.repeats = True
    c.send(b"again")
    times = []
    for i in range(4):
        p.expect(ACK, b"again")
        times.append(p.at)
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert gaps[0] > 0.1 and all(b > 1.2 * a for a, b in zip(gaps, gaps[1:])), gaps


@test
def times_of_syns():
    p = Peer(station, 0)
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(("10.0.0.9", 4000))
    p.sport, p.dport = 4000, c.getsockname()[1]
    p.repeats = True
    times = []
    for i in range(2):
        s = p.expect(SYN)
        times.append(p.at)
    assert times[1] - times[0] > 0.6
    assert s.options[2] == b"\x05\xb4" and 3 in s.options and 4 not in s.options and 8 not in s.options
    p.took(s)
    p.put(SYN | ACK, ack=p.ack + 1, seq=7)
    assert p.expect(RST).seq == p.ack + 1  # that was never sent
    s = p.expect(SYN)
    p.took(s)
    p.put(SYN | ACK)
    s = p.expect(ACK)
    assert s.ack == p.seq and c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


@test
def a_connection_is_refused():
    p = Peer(station, 0)
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(("10.0.0.9", 4001))
    p.sport, p.dport = 4001, c.getsockname()[1]
    p.took(p.expect(SYN))
    p.put(RST | ACK, ack=p.ack + 7, seq=0)  # not for this SYN
    p.put(RST | ACK, seq=0)
    c.setblocking(True)
    assert error_of(c) == "ECONNREFUSED"


@test
def three_duplicate_acks():
    p, c = accepted()
    c.send(b"x" * 1460 * 6)
    got = [p.expect(ACK) for i in range(6)]
    start = got[0].seq
    p.repeats = True
    for i in range(3):
        p.put(ACK, ack=start)
    while p.expect(ACK).seq != start:
        pass
    p.put(ACK, ack=start + 2 * 1460)  # one more is missing
    while p.expect(ACK).seq != start + 2 * 1460:
        pass


@test
def a_closed_window_is_probed():
    p, c = accepted()
    p.win = 0
    is_alive(p, c)
    is_alive(p, c)
    p.repeats = True
    c.send(b"waits")
    s = p.expect(ACK)
    assert len(s.data) <= 1
    p.put(ACK)
    s = p.expect(ACK)
    assert len(s.data) <= 1
    p.win = 1000
    p.put(ACK)
    while p.ack != (s.seq + 5) & 0xFFFFFFFF:
        t = p.expect(ACK)
        if t.seq == p.ack:
            p.took(t)
            p.put(ACK)
        if t.data.endswith(b"s"):
            break


@test
def a_small_window_takes_the_first_bytes_but_not_the_end():
    p, c = accepted()
    p.win = 5
    is_alive(p, c)
    is_alive(p, c)
    c.send(b"first and last")
    c.close()
    got = b""
    while not got.endswith(b"last"):
        s = p.get()
        assert s is not None, got
        if s.data and s.seq == p.ack:
            got += s.data
            assert bool(s.flags & FIN) == got.endswith(b"last"), s
            p.took(s)
        p.put(ACK)
    assert got == b"first and last"


@test
def a_window_that_nobody_empties_closes():
    p, c = accepted()
    sent = 0
    while True:
        for i in range(2):  # the second is acknowledged at once
            p.put(ACK | PSH, b"x" * 1460)
        sent += 2920
        s = p.expect(ACK)
        if s.win == 0:
            break
        assert sent < 20000000
    sent -= (p.seq - s.ack) & 0xFFFFFFFF
    p.seq = s.ack
    p.put(ACK)
    p.put(ACK)
    p.silence()  # no answer to what asks for none
    left = sent
    while left > 0:
        left -= len(c.recv(left))
    s = p.expect(ACK)
    assert s.win >= 1460  # not a silly window


@test
def the_program_closes_first():
    p, c = accepted()
    c.close()
    s = p.expect(FIN | ACK)
    p.took(s)
    p.put(ACK)
    p.put(FIN | ACK)
    assert p.expect(ACK).ack == p.seq
    p.put(FIN | ACK, seq=p.seq - 1)  # the ACK was lost
    assert p.expect(ACK).ack == p.seq
    p.seq += 100000
    p.ack = 0
    p.open()  # anew, between the same ports
    is_alive(p, listener.accept()[0])


@test
def the_peer_closes_first():
    p, c = accepted()
    p.put(FIN | ACK)
    assert p.expect(ACK).ack == p.seq
    assert c.recv(1) == b""
    c.send(b"late")
    p.took(p.expect(ACK, b"late"))
    p.put(ACK)
    c.close()
    p.took(p.expect(FIN | ACK))
    p.put(ACK)
    p.put(ACK)
    assert p.expect(RST).seq == p.ack  # it is gone


@test
def both_close_at_once():
    p, c = accepted()
    c.close()
    s = p.expect(FIN | ACK)
    p.put(FIN | ACK)
    p.took(s)
    assert p.expect(ACK).ack == p.seq
    p.put(ACK)
    p.put(FIN | ACK, seq=p.seq - 1)
    assert p.expect(ACK).ack == p.seq  # TIME_WAIT


def in_time_wait_with_bytes_unread():
    p, c = accepted()
    c.shutdown(socket.SHUT_WR)
    p.took(p.expect(FIN | ACK))
    p.put(ACK)
    sent, win = 0, 65535
    while win > 30000:
        for i in range(2):
            p.put(ACK | PSH, b"x" * 1460)
        sent += 2920
        win = p.expect(ACK).win
    p.put(FIN | ACK)
    assert p.expect(ACK).ack == p.seq
    return p, c, sent


@test
def bytes_outlive_their_connection():
    p, c, sent = in_time_wait_with_bytes_unread()
    p.put(RST)
    assert len(take(c, sent + 1)) == sent
    c.close()
    p, c, sent = in_time_wait_with_bytes_unread()
    p.seq += 100000
    p.ack = 0
    p.open()  # anew, between the same ports
    assert len(take(c, sent + 1)) == sent
    c.close()
    is_alive(p, listener.accept()[0])


@test
def closed_with_bytes_unread():
    p, c = accepted()
    p.put(ACK | PSH, b"unread")
    p.expect(ACK)
    c.close()
    assert p.expect(RST | ACK).seq == p.ack


@test
def data_for_a_socket_that_is_closed():
    p, c = accepted()
    c.close()
    p.took(p.expect(FIN | ACK))
    p.put(ACK)
    p.put(ACK | PSH, b"too late")
    s = p.get()
    assert s.flags & RST, s


failed = 0
for t in tests:
    try:
        t()
        print("ok", t.__name__, flush=True)
    except (AssertionError, OSError) as e:
        failed += 1
        line = e.__traceback__
        while line.tb_next is not None and line.tb_next.tb_frame.f_code.co_filename == __file__:
            line = line.tb_next
        print("failed", t.__name__, "line", line.tb_lineno, e, flush=True)
print(len(tests) - failed, "of", len(tests))
sys.exit(failed > 0)
