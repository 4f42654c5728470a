#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Programs that watch files: inotify(7) through and through.

load ../lib/helpers

log_has() {
	grep -sqx "$1" "$RUMP_SCRATCH/tail.log"
}

@test "tail -F follows a log that is rotated" {
	server_start
	run_rump sh -c 'mkdir /rump/log; echo first >/rump/log/app'
	hijack_bg "$RUMP_SCRATCH/tail.log" tail -F /rump/log/app
	wait_for 20 log_has first
	run_rump sh -c 'echo second >>/rump/log/app'
	wait_for 20 log_has second
	run_rump sh -c 'mv /rump/log/app /rump/log/app.1; echo third >/rump/log/app'
	wait_for 20 log_has third
	run_rump sh -c 'echo fourth >>/rump/log/app'
	wait_for 20 log_has fourth
}

@test "a python program sees what other programs do in a directory" {
	server_start
	cat >"$BATS_TEST_TMPDIR/watch.py" <<-'EOT'
		import ctypes, os, struct, sys
		libc = ctypes.CDLL(None, use_errno=True)
		fd = libc.inotify_init1(0)
		if libc.inotify_add_watch(fd, b"/rump/d", 0x3c8) < 0:  # CLOSE_WRITE, MOVED, CREATE, DELETE
		    raise OSError(ctypes.get_errno())
		print("watching", flush=True)
		while True:
		    buf, at = os.read(fd, 65536), 0
		    while at < len(buf):
		        wd, mask, cookie, size = struct.unpack_from("iIII", buf, at)
		        name = buf[at + 16:at + 16 + size].rstrip(b"\0").decode()
		        print(f"{mask:#x} {name}", flush=True)
		        at += 16 + size
	EOT
	run_rump mkdir /rump/d
	hijack_bg "$RUMP_SCRATCH/tail.log" /usr/bin/python3 "$BATS_TEST_TMPDIR/watch.py"
	wait_for 20 log_has watching
	run_rump sh -c 'cd /rump/d; echo x >f; mv f g; mkdir sub; rm g; rmdir sub'
	wait_for 20 log_has '0x40000200 sub'
	run cat "$RUMP_SCRATCH/tail.log"
	assert_output - <<-'EOT'
		watching
		0x100 f
		0x8 f
		0x40 f
		0x80 g
		0x40000100 sub
		0x200 g
		0x40000200 sub
	EOT
}
