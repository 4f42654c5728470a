#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# More of Debian's FUSE programs, for whoever has them installed.

load ../lib/helpers
load ../lib/fuse

setup() {
	server_start
	run_rump mkdir /rump/mnt
	dir=$BATS_TEST_TMPDIR
	mkdir "$dir/a" "$dir/b" "$dir/tree"
	cp -r /usr/include/linux/can "$dir/tree"
	echo top >"$dir/tree/top"
}

# same_tree PROGRAM ARGUMENT...: what is in tree is in the file system.
same_tree() {
	run_tool rump.mount -t fuse "$@" /mnt
	assert_success
	run_rump diff -r "$dir/tree" /rump/mnt
	assert_success
	assert_output ""
	run_tool rump.umount /mnt
	assert_success
}

@test "fuse-overlayfs, which applies the umask itself" {
	needs fuse-overlayfs
	mkdir "$dir/work"
	use_twice fuse-overlayfs -o "lowerdir=$dir/b,upperdir=$dir/a,workdir=$dir/work"
	cmp /usr/include/stdio.h "$dir/a/stdio.h"
}

@test "unionfs-fuse" {
	needs unionfs
	use_twice unionfs -o cow "$dir/a=RW:$dir/b=RO"
}

@test "mergerfs" {
	needs mergerfs
	use_twice mergerfs "$dir/a:$dir/b"
}

@test "encfs" {
	needs encfs
	use_twice encfs --standard --extpass="echo secret" "$dir/a"
}

@test "sshfs" {
	needs sshfs
	server=/usr/lib/openssh/sftp-server
	[ -x $server ] || skip "no sftp-server"
	/usr/bin/python3 -c '
import socket, subprocess, sys
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    for _ in range(2):
        peer = listener.accept()[0]
        subprocess.Popen(sys.argv[1], stdin=peer, stdout=peer)
        peer.close()' $server >"$dir/port" 3>&- &
	wait_for 10 test -s "$dir/port"
	use_twice sshfs -o "directport=$(cat "$dir/port")" "127.0.0.1:$dir/a"
	cmp /usr/include/stdio.h "$dir/a/stdio.h"
}

@test "archivemount" {
	needs archivemount
	tar -C "$dir/tree" -czf "$dir/tree.tgz" .
	same_tree archivemount -o readonly "$dir/tree.tgz"
}

@test "fuse-zip" {
	needs fuse-zip zip
	(cd "$dir/tree" && zip -qr ../tree.zip .)
	same_tree fuse-zip "$dir/tree.zip"
}

@test "fuseiso" {
	needs fuseiso genisoimage
	genisoimage -quiet -R -o "$dir/iso" "$dir/tree"
	same_tree fuseiso "$dir/iso"
}
