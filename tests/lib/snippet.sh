# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Functions for the snippets of tests/lib/same.bash: run by any POSIX shell, in both worlds.

# wait_port PORT: until something listens there. Each try is a process, so this does not spin hard;
# the snippet's own time-out ends it.
wait_port() {
	until nc -z 127.0.0.1 "$1" 2>/dev/null; do
		kill -0 "${2:-$$}" || return 1
	done
}

# stop PID: ends a background process and says nothing about it.
stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null || :
}

# make_tree DIR: a small tree with everything that programs which copy trees care about.
make_tree() {
	mkdir -p "$1/sub/deep/er" "$1/empty" "$1/private"
	echo one >"$1/one"
	seq 1 2000 >"$1/sub/numbers"
	printf 'no newline' >"$1/sub/deep/short"
	: >"$1/sub/deep/er/nothing"
	head -c 100000 /dev/zero >"$1/zeros"
	ln -s one "$1/link"
	ln -s ../one "$1/sub/up"
	ln -s missing "$1/dangling"
	ln "$1/one" "$1/hard"
	mkfifo "$1/fifo"
	chmod 640 "$1/sub/numbers"
	chmod 700 "$1/private"
	chmod 4755 "$1/one"
	find "$1" -depth -exec touch -hd '2000-01-02 03:04:05' {} +
	touch -d '2001-02-03 04:05:06.789' "$1/sub/numbers"
	touch -d '2002-03-04 05:06:07' "$1/sub/deep/er"
}
