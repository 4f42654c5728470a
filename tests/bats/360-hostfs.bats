# SPDX-License-Identifier: BSD-2-Clause
# Directories of the host inside the rump kernel: --bind.

load ../lib/helpers

setup() {
	host=$RUMP_SCRATCH/host
	mkdir -p "$host/d"
	echo text >"$host/f"
}

@test "--bind: programs see the host's files, and the host theirs" {
	server_start kernel --bind "$host:/some/where"
	run_rump cat /rump/some/where/f
	assert_output text
	echo more >>"$host/f"
	run_rump sh -c 'cat /rump/some/where/f; echo new >/rump/some/where/d/n'
	assert_output $'text\nmore'
	assert_equal "$(cat "$host/d/n")" new
	rm "$host/f"
	run_rump cat /rump/some/where/f
	assert_output --partial 'No such file'
}

@test "--bind: read-only" {
	server_start kernel --bind "$host:/mnt:ro"
	run_rump sh -c 'cat /rump/mnt/f; echo x >/rump/mnt/f; rm /rump/mnt/f; mkdir /rump/mnt/e
		mv /rump/mnt/f /rump/f; chmod 600 /rump/mnt/f'
	assert_line text
	assert_equal "$(grep -c 'Read-only file system' <<<"$output")" 5
	assert_equal "$(cat "$host/f")" text
}

@test "--bind: nothing leads out of the directory" {
	echo secret >"$RUMP_SCRATCH/secret"
	ln -s ../secret "$host/up"
	ln -s "$RUMP_SCRATCH/secret" "$host/abs"
	mkdir -p "$host/a/b"
	server_start kernel --bind "$host:/mnt"
	run_rump sh -c 'cd /rump/mnt/d; cat ../../secret; cat ../../../../secret; cat /rump/mnt/up'
	refute_line secret
	# Moved away on the host while a program is in it.
	run_rump sh -c "cd /rump/mnt/a/b; mv $host/a/b $RUMP_SCRATCH/b; cat ../secret; ls .. ; pwd -P"
	refute_line secret
	# What uses the protocol directly has no other tree to redirect to.
	compile_c reader -I"$RUMP_TOP/include" -I"$RUMP_BUILD/include" -I"$RUMP_BUILD/src/core/syscall" \
		-L"$RUMP_BUILD" -lrumpclient "-Wl,-rpath,$RUMP_BUILD" <<-'EOT'
		#include <fcntl.h>
		#include <stdio.h>
		#include <rump/rumpclient.h>
		#include "rump/rump_syscalls.h"
		int main(void) {
			if (rumpclient_init() != 0) return 2;
			return rump_sys_open("/mnt/abs", O_RDONLY, 0) == -1 ? 0 : 1;
		}
	EOT
	run_tool "$RUMP_SCRATCH/reader"
	assert_success
}

@test "--bind: two directories, EXDEV between them, mv copies" {
	mkdir "$RUMP_SCRATCH/other"
	server_start kernel --bind "$host:/one" -b "$RUMP_SCRATCH/other:/two"
	run_rump sh -c 'ln /rump/one/f /rump/two/f; mv /rump/one/f /rump/two/f; ls /rump/one; cat /rump/two/f'
	assert_output --partial 'Invalid cross-device link'
	assert_line d
	assert_line text
	refute_line f
}

@test "--bind: a FIFO between a program of the host and one of the rump kernel" {
	mkfifo "$host/p"
	server_start kernel --bind "$host:/mnt"
	echo hello >"$host/p" 3>&- &
	run_rump cat /rump/mnt/p
	assert_output hello
	hijack_bg "$RUMP_SCRATCH/writer" sh -c 'echo back >/rump/mnt/p'
	assert_equal "$(timeout 20 cat "$host/p")" back
}

@test "--bind: a directory is read to its end while its files are removed" {
	touch "$host"/d/file-{1..3000}
	server_start kernel --bind "$host:/mnt"
	run_rump sh -c 'ls /rump/mnt/d | wc -l; rm -r /rump/mnt/d; ls /rump/mnt'
	assert_output $'3000\nf'
}

@test "--bind: a tree is copied in, and out again, and is the same" {
	make_tree() { (cd "$1" && mkdir -p a/b && echo x >a/x && ln a/x a/b/y && ln -s ../x a/b/l &&
		mkfifo a/p && touch -d @1000000 a/x && chmod 640 a/x); }
	make_tree "$host/d"
	server_start kernel --bind "$host:/mnt"
	run_rump sh -c 'cp -a /rump/mnt/d /rump/in && cp -a /rump/in /rump/mnt/out'
	assert_success
	assert_equal "$(cd "$host/out" && tar c --sort=name . | md5sum)" "$(cd "$host/d" && tar c --sort=name . | md5sum)"
}

@test "--bind: git works in a bound directory" {
	need git
	server_start kernel --bind "$host:/mnt"
	# shellcheck disable=SC2016
	run_rump sh -ec 'cd /rump/mnt; git init -q r; cd r; git config user.email a@b; git config user.name a
		for i in 1 2 3; do echo $i >$i; git add $i; git commit -qm $i; done; git gc -q; git fsck'
	assert_success
	run git -C "$host/r" log --format=%s
	assert_output $'3\n2\n1'
}

@test "rump run --bind" {
	run_tool rump run --bind "$host:/mnt:ro" -- cat /rump/mnt/f
	assert_output text
	run_tool rump run -s unix:///tmp/none --bind "$host:/mnt" -- true
	assert_failure 100
}

@test "rump.mount -t hostfs, and mount --bind from the host" {
	server_start
	run_tool rump.mount -r -t hostfs "$host" /tmp
	assert_success
	run_rump cat /rump/tmp/f
	assert_output text
	run_tool rump.umount /tmp
	assert_success
	run_tool rump.mount -t hostfs relative /tmp
	assert_failure 111
	[ "$(id -u)" = 0 ] || return 0
	run_rump sh -c "mount --bind $host /rump/tmp; cat /rump/tmp/f"
	assert_output text
}

@test "--bind: what is wrong is said" {
	run_tool rump_server --bind "$host" "unix://$RUMP_SCRATCH/k"
	assert_failure 100
	assert_output --partial 'not of the form'
	run_tool rump_server --bind "$RUMP_SCRATCH/missing:/mnt" "unix://$RUMP_SCRATCH/k"
	assert_failure 100
	assert_output --partial 'No such file'
	run_tool rump_server --bind "$host/f:/tmp" "unix://$RUMP_SCRATCH/k"
	assert_failure 111
	assert_output --partial 'Not a directory'
}
