# SPDX-License-Identifier: BSD-2-Clause
# What happens when one side dies, hangs up in the middle or talks nonsense.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

alive() {
	run_rump ls /rump
	assert_success
}

@test "the kernel is killed: programs get errors, they do not hang" {
	hijack_bg "$RUMP_SCRATCH/log" sh -c 'until ! ls /rump; do :; done; echo over'
	wait_for 10 test -e "$RUMP_SCRATCH/log"
	kill -KILL "$(server_pid "$RUMP_SERVER")"
	wait_for 10 grep -q over "$RUMP_SCRATCH/log"
}

@test "clients that are killed leave the kernel whole" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		hijack_bg "$RUMP_SCRATCH/log$i" \
			sh -c "while :; do mkdir /rump/d$i; ls -R /rump; rmdir /rump/d$i; done"
	done
	wait_for 10 grep -q d8 "$RUMP_SCRATCH/log8"
	xargs kill -KILL <"$RUMP_SCRATCH/background"
	alive
}

@test "a killed program's listener is gone and its port free" {
	local pid
	hijack_bg "$RUMP_SCRATCH/log" nc -lk 127.0.0.1 7073
	pid=$!
	wait_for 10 port_open 7073
	kill -KILL $pid
	wait_for 10 gone $pid
	run port_open 7073
	assert_failure
	hijack_bg "$RUMP_SCRATCH/log" nc -lk 127.0.0.1 7073
	wait_for 10 port_open 7073
}

@test "a killed program's locks are free" {
	need flock
	hijack touch /rump/lock
	hijack_bg "$RUMP_SCRATCH/log" flock /rump/lock tail -f /dev/null
	wait_for 10 locked
	xargs -n 1 pkill -KILL -P <"$RUMP_SCRATCH/background"
	wait_for 10 hijack flock -n /rump/lock true
}

locked() {
	! hijack flock -n /rump/lock true
}

@test "nonsense on the kernel's socket: the sender is dropped, the others are served" {
	run_tool /usr/bin/python3 - "${RUMP_SERVER#unix://}" <<-'EOT'
		import random, socket, struct, sys
		rng = random.Random(1)
		def talk(*frames):
		    s = socket.socket(socket.AF_UNIX)
		    s.settimeout(10)
		    s.connect(sys.argv[1])
		    try:
		        for f in frames: s.sendall(f)
		        s.shutdown(socket.SHUT_WR)
		        while s.recv(65536): pass
		    except OSError: pass
		    s.close()
		def head(length, kind, cls=0, arg=0): return struct.pack("<QQHHI", length, 1, cls, kind, arg)
		banner = b"RUMPSP-0.5-Linux-1/x86_64\n"
		talk()
		talk(b"GET / HTTP/1.0\r\n\r\n")
		talk(b"x" * 100000)
		talk(b"RUMPSP-9.9-Linux-1/x86_64\n")
		for length in (0, 1, 23, 24, 25, 1 << 21, 1 << 32, 2**64 - 1): talk(banner, head(length, 0))
		for kind in range(32): talk(banner, head(24, kind)); talk(banner, head(24, kind, 1)); talk(banner, head(24, kind, 2))
		for kind in range(32): talk(banner, head(32, 0) + b"guest\0\0\0", head(88, kind, arg=rng.getrandbits(32)) + rng.randbytes(64))
		for i in range(200): talk(banner, rng.randbytes(rng.randrange(200)))
	EOT
	assert_success
	alive
}

@test "connections that say nothing do not keep others out" {
	/usr/bin/python3 -c '
import socket, sys
held = []
for i in range(100):
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); held.append(s)
print("held", flush=True)
sys.stdin.read()' "${RUMP_SERVER#unix://}" < <(tail -f /dev/null) >"$RUMP_SCRATCH/held" 2>&1 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
	wait_for 10 grep -q held "$RUMP_SCRATCH/held"
	alive
}

@test "many programs at once" {
	local i pids=()
	for i in {1..40}; do
		hijack sh -c "mkdir /rump/p$i && echo $i >/rump/p$i/f && cat /rump/p$i/f" \
			>"$RUMP_SCRATCH/out$i" 2>&1 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in {1..40}; do
		assert_equal "$(cat "$RUMP_SCRATCH/out$i")" "$i"
	done
}

@test "after all that the server has the descriptors it began with" {
	local pid before i
	pid=$(server_pid "$RUMP_SERVER")
	alive
	before=$(find "/proc/$pid/fd" -mindepth 1 | wc -l)
	for i in {1..30}; do
		hijack sh -c 'echo x >/rump/f; cat /rump/f; rm /rump/f; mkdir /rump/d; rmdir /rump/d' >/dev/null
	done
	wait_for 10 fds_at_most "$pid" $((before + 2))
}

fds_at_most() {
	[ "$(find "/proc/$1/fd" -mindepth 1 | wc -l)" -le "$2" ]
}
