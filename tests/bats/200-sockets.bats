# SPDX-License-Identifier: BSD-2-Clause
# Sockets of the rump kernel as nc, socat and python see them.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "nc: a line each way, refused ports, ports in use" {
	# Only the listener may half-close: it is gone as soon as it has seen the client's end.
	same 'echo answer | nc -N -l 127.0.0.1 $PORT >got & until echo question | nc 127.0.0.1 $PORT >reply; do :; done; wait; cat got reply'
	same 'nc -z 127.0.0.1 1; echo $?; nc -v -z 127.0.0.1 1 2>&1 | sed "s/.*: //"'
	same 'nc -lk 127.0.0.1 $PORT & wait_port $PORT; socat -u TCP-LISTEN:$PORT,bind=127.0.0.1 - 2>&1 | grep -c "already in use"; stop $!; nc -z 127.0.0.1 $PORT; echo $?'
}

@test "nc over IPv6 loopback" {
	same 'echo six | nc -N -6 -l ::1 $PORT & until nc -d -6 ::1 $PORT >got; do :; done; wait; cat got; nc -z ::1 1; echo $?'
}

@test "a megabyte through a connection arrives whole" {
	same 'head -c 3000000 /dev/zero | tr "\0" x >f; nc -N -l 127.0.0.1 $PORT <f >/dev/null & until nc -d 127.0.0.1 $PORT >g; do :; done; wait; cmp f g && wc -c g'
}

@test "socat: forking listener, many clients at once" {
	need socat
	same 'socat TCP-LISTEN:$PORT,bind=127.0.0.1,fork,reuseaddr SYSTEM:cat & s=$!; wait_port $PORT; for i in 1 2 3 4 5 6 7 8; do echo "client $i" | socat -t 5 - TCP:127.0.0.1:$PORT >out$i & p="$p $!"; done; wait $p; cat out*; stop $s'
}

@test "socat: half-close is seen, and the rest of the answer arrives" {
	need socat
	same 'socat TCP-LISTEN:$PORT,bind=127.0.0.1,reuseaddr EXEC:wc\ -c & wait_port_once() { until seq 1000 | socat -t 10 - TCP:127.0.0.1:$PORT; do :; done; }; wait_port_once 2>/dev/null; wait'
}

@test "python: names, options, errors of TCP sockets" {
	cat >"$RUMP_SCRATCH/sockets.py" <<'EOT'
import errno, os, select, socket, struct, threading
port = int(os.environ["PORT"])
def attempt(what, f):
    try:
        print(what, f())
    except OSError as e:
        print(what, errno.errorcode.get(e.errno, e.errno))
s = socket.socket()
attempt("family", lambda: (s.family, s.type, s.proto))
attempt("unbound name", s.getsockname)
attempt("peer of nobody", s.getpeername)
attempt("read of nobody", lambda: s.recv(1))
attempt("accept of nobody", s.accept)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
attempt("reuse", lambda: s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
attempt("elsewhere", lambda: s.bind(("192.0.2.1", port)))
attempt("bind", lambda: s.bind(("127.0.0.1", port)))
attempt("bind again", lambda: s.bind(("127.0.0.1", port)))
attempt("name", lambda: s.getsockname() == ("127.0.0.1", port))
t = socket.socket()
attempt("refused while not listening", lambda: t.connect(("127.0.0.1", port)))
t.close(); s.listen(5)
attempt("listening", lambda: s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
u = socket.socket(); attempt("in use", lambda: u.bind(("127.0.0.1", port))); u.close()
c = socket.create_connection(("127.0.0.1", port)); a, peer = s.accept()
print("peers", peer == c.getsockname(), a.getpeername() == c.getsockname(), c.getpeername() == a.getsockname())
attempt("connect again", lambda: c.connect(("127.0.0.1", port)))
for name in ("TCP_NODELAY", "TCP_KEEPIDLE", "TCP_KEEPCNT"):
    o = getattr(socket, name); before = c.getsockopt(socket.IPPROTO_TCP, o); c.setsockopt(socket.IPPROTO_TCP, o, 1); print(name, before, c.getsockopt(socket.IPPROTO_TCP, o))
for name in ("SO_KEEPALIVE", "SO_TYPE", "SO_DOMAIN", "SO_PROTOCOL", "SO_ERROR", "SO_LINGER"):
    attempt(name, lambda: c.getsockopt(socket.SOL_SOCKET, getattr(socket, name)))
attempt("unknown option", lambda: c.setsockopt(socket.IPPROTO_TCP, 9999, 1))
c.sendall(b"hello"); print(a.recv(10, socket.MSG_PEEK), a.recv(3), a.recv(10))
print(select.select([a], [a], [], 0)[0] == [], select.select([], [a], [], 0)[1] == [a])
c.shutdown(socket.SHUT_WR); print(select.select([a], [], [], 10)[0] == [a], a.recv(1)); a.sendall(b"still"); print(c.recv(10))
attempt("write after shutdown", lambda: c.send(b"x"))
a.settimeout(0.05); b = socket.create_connection(("127.0.0.1", port)); d, _ = s.accept(); d.settimeout(0.05)
try: d.recv(1)
except TimeoutError as e: print("timeout")
d.setblocking(False); attempt("nothing there", lambda: d.recv(1))
b.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 3)); print(b.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
d.send(b"unread"); select.select([b], [], [], 10); b.close(); select.select([d], [], [], 10)
attempt("reset", lambda: d.recv(1))
n = socket.socket(); n.setblocking(False); print("non-blocking", errno.errorcode[n.connect_ex(("127.0.0.1", port))]); select.select([], [n], [], 10); print("then", n.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)); e, _ = s.accept()
e.sendmsg([b"two ", b"parts"]); select.select([n], [], [], 10); buf = bytearray(20); print(n.recv_into(buf), bytes(buf[:9])); e.close(); n.setblocking(True); print(n.recv(1))
s.close(); r = socket.socket(); attempt("refused", lambda: r.connect(("127.0.0.1", port)))
z = socket.create_server(("", 0)); p = z.getsockname()[1]; print("any port", p > 0); w = socket.create_connection(("127.0.0.1", p)); x, _ = z.accept(); print(x.getsockname() == ("127.0.0.1", p), z.getsockname()[0])
v = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True); y = socket.create_connection(("127.0.0.1", v.getsockname()[1])); k, q = v.accept(); print("mapped", q[0], k.getsockname()[0])
ep = select.epoll(); ep.register(k, select.EPOLLIN | select.EPOLLET); print("epoll", ep.poll(0)); y.send(b"x"); print([m for _, m in ep.poll(10)], ep.poll(0)); y.close(); print([m & ~select.EPOLLHUP for _, m in ep.poll(10)]) # docs/limits.md: HUP comes at once
f = x.makefile("rw"); f.write("text line\n"); f.flush(); print(w.makefile().readline()); g = x.dup(); x.close(); f.close(); w.sendall(b"dup"); print(g.recv(3)); print(socket.socketpair()[0].family.name)
attempt("raw", lambda: socket.socket(socket.AF_INET, 77)); attempt("family", lambda: socket.socket(99)); attempt("port", lambda: socket.socket().connect(("127.0.0.1", 1)))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/sockets.py"
}

@test "python: asyncio server and clients" {
	cat >"$RUMP_SCRATCH/aio.py" <<'EOT'
import asyncio, os
async def echo(r, w):
    while line := await r.readline():
        w.write(line.upper()); await w.drain()
    w.close()
async def client(i, port):
    r, w = await asyncio.open_connection("127.0.0.1", port)
    out = []
    for k in range(20):
        w.write(f"client {i} line {k}\n".encode()); out.append(await r.readline())
    w.write_eof(); rest = await r.read(); w.close(); await w.wait_closed()
    return b"".join(out + [rest])
async def main():
    port = int(os.environ["PORT"])
    s = await asyncio.start_server(echo, "127.0.0.1", port)
    got = await asyncio.gather(*(client(i, port) for i in range(50)))
    print(sum(map(len, got)), got[7][-20:]); s.close(); await s.wait_closed()
    try: await asyncio.open_connection("127.0.0.1", port)
    except OSError as e: print(type(e).__name__)
asyncio.run(main())
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/aio.py"
}

@test "datagrams on loopback" {
	cat >"$RUMP_SCRATCH/udp.py" <<'EOT'
import os, socket
port = int(os.environ["PORT"])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", port)); s.settimeout(10)
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(10)
print(c.sendto(b"question", ("127.0.0.1", port))); data, peer = s.recvfrom(100); print(data, peer[0]); s.sendto(b"answer", peer); print(c.recvfrom(100) == (b"answer", ("127.0.0.1", port)))
c.connect(("127.0.0.1", port)); c.send(b"connected"); print(s.recv(100), c.getpeername() == ("127.0.0.1", port)); c.send(b""); print(s.recv(100)); c.send(b"truncated"); print(s.recv(5)); c.send(b"next"); print(s.recv(100))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/udp.py"
}

@test "sockets at a path under the prefix" {
	need socat
	same 'socat UNIX-LISTEN:s,fork SYSTEM:"echo local" & p=$!; until test -S s; do kill -0 $p || break; done; socat -u UNIX-CONNECT:s -; stat -c %F s; stop $p; rm -f s; ls; socat -u UNIX-CONNECT:s - 2>&1 | grep -c "No such file"; touch f; socat -u UNIX-CONNECT:f - 2>&1 | grep -c "refused"'
}

@test "the host cannot reach the kernel's ports, nor the kernel the host's" {
	local port
	port=$(free_port)
	nc -lk 127.0.0.1 "$port" >/dev/null 2>&1 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
	wait_for 10 nc -z 127.0.0.1 "$port"
	run port_open "$port"
	assert_failure
	hijack_bg "$RUMP_SCRATCH/log" nc -lk 127.0.0.1 7071
	wait_for 10 port_open 7071
	run nc -z 127.0.0.1 7071
	assert_failure
}

@test "another user of the host cannot connect to a listener's host name" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to become another"
	local name
	hijack_bg "$RUMP_SCRATCH/log" nc -lk 127.0.0.1 7072
	wait_for 10 port_open 7072
	name=$(awk '$4 == "00010000" && /\.1ba0-/ { print $8; exit }' /proc/net/unix)
	[ -S "$name" ]
	run setpriv --reuid 65534 --clear-groups nc -zU "$name"
	assert_failure
}
