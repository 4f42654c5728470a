#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# FUSE programs from Debian, unmodified, as file systems of the rump kernel.

load ../lib/helpers

setup() {
	server_start
	run_rump mkdir /rump/mnt
}

needs() {
	local program

	for program; do
		command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || skip "no $program"
	done
}

# An ext4 image, mounted at /mnt.
mount_ext4() {
	needs fuse2fs mke2fs e2fsck
	image=$BATS_TEST_TMPDIR/ext4
	truncate -s "${1:-64M}" "$image"
	PATH=$PATH:/sbin mke2fs -q -F -t ext4 "$image"
	run_tool rump.mount -t fuse fuse2fs "$image" {} -o fakeroot /mnt
	assert_success
}

unmount_clean() {
	run_tool rump.umount /mnt
	assert_success
	PATH=$PATH:/sbin run e2fsck -fn "$image"
	assert_success
}

@test "squashfuse: an image is read" {
	needs squashfuse mksquashfs
	mkdir -p "$BATS_TEST_TMPDIR/tree/d"
	echo hello >"$BATS_TEST_TMPDIR/tree/d/f"
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/tree/big"
	ln -s d/f "$BATS_TEST_TMPDIR/tree/link"
	mksquashfs "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/image" -quiet -no-progress >&2
	run_tool rump.mount -t fuse squashfuse "$BATS_TEST_TMPDIR/image" /mnt
	assert_success
	run_rump diff -r "$BATS_TEST_TMPDIR/tree" /rump/mnt
	assert_success
	assert_output ""
	run_rump cat /rump/mnt/link
	assert_output hello
	run_rump sh -c 'echo x >/rump/mnt/new'
	assert_failure
	assert_output --partial "Read-only file system"
	run_tool rump.umount /mnt
	assert_success
	run_rump ls /rump/mnt
	assert_output ""
}

@test "fuse2fs: a tree is written, unmounted, clean, and there again" {
	mount_ext4
	run_rump cp -a /usr/include/linux /rump/mnt/tree
	assert_success
	unmount_clean
	run_tool rump.mount -t fuse fuse2fs "$image" {} -o fakeroot /mnt
	assert_success
	run_rump diff -r /usr/include/linux /rump/mnt/tree
	assert_success
	run_rump rm -r /rump/mnt/tree
	assert_success
	unmount_clean
}

@test "fuse2fs: names, links, attributes" {
	mount_ext4
	run_rump sh -ec 'cd /rump/mnt
		mkdir d; echo one >d/f; mv d/f g; ln g h; ln -s g s; cat s
		rm g; stat -c "%h %s" h; chmod 600 h; stat -c %a h
		touch -d 2001-02-03T04:05:06Z h; stat -c %Y h
		mv h d; rmdir d 2>/dev/null || echo not empty; rm d/h; rmdir d; ls'
	assert_success
	assert_output "one
1 4
600
981173106
not empty
lost+found
s"
	unmount_clean
}

@test "a full image says so, and goes on" {
	mount_ext4 8M
	run_rump dd if=/dev/zero of=/rump/mnt/fill bs=64k count=200 conv=fsync
	assert_failure
	assert_output --partial "No space left on device"
	run_rump sh -ec 'rm /rump/mnt/fill; echo small >/rump/mnt/small; sync /rump/mnt/small; cat /rump/mnt/small'
	assert_success
	assert_output small
	unmount_clean
}
