#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# FUSE programs from Debian, unmodified, as file systems of the rump kernel.
# shellcheck disable=SC2016

load ../lib/helpers
load ../lib/fuse

setup() {
	server_start
	run_rump mkdir /rump/mnt
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

@test "exfat-fuse" {
	needs mount.exfat-fuse mkfs.exfat
	truncate -s 32M "$BATS_TEST_TMPDIR/image"
	mkfs.exfat "$BATS_TEST_TMPDIR/image" >&2
	use_twice mount.exfat-fuse "$BATS_TEST_TMPDIR/image"
}

@test "ntfs-3g" {
	needs ntfs-3g mkfs.ntfs
	truncate -s 32M "$BATS_TEST_TMPDIR/image"
	mkfs.ntfs -q -F -f "$BATS_TEST_TMPDIR/image" >&2
	use_twice ntfs-3g "$BATS_TEST_TMPDIR/image"
}

@test "bindfs: what is written is in the host's directory" {
	needs bindfs
	mkdir "$BATS_TEST_TMPDIR/host"
	use_twice bindfs "$BATS_TEST_TMPDIR/host"
	cmp /usr/include/stdio.h "$BATS_TEST_TMPDIR/host/stdio.h"
}

@test "bindfs: a closed file is on the host at once, a removed one is gone" {
	needs bindfs
	mkdir "$BATS_TEST_TMPDIR/host"
	run_tool rump.mount -t fuse bindfs "$BATS_TEST_TMPDIR/host" /mnt
	assert_success
	run_rump sh -ec "cd /rump/mnt; echo by builtin >f; cat $BATS_TEST_TMPDIR/host/f
		printf '%s\n' by program | cat >f; cat $BATS_TEST_TMPDIR/host/f
		cat f >/dev/null; rm f; ls -A $BATS_TEST_TMPDIR/host"
	assert_output "by builtin
by
program"
}

@test "a mapping, a stream and a fork on a file of a FUSE program" {
	mount_ext4
	run_rump python3 -c '
import mmap, os
with open("/rump/mnt/m", "w+b") as f:
    f.write(b"a" * 10000)
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        m[5000:5005] = b"HELLO"
        m.flush()
    if os.fork() == 0:
        os.lseek(f.fileno(), 3, os.SEEK_SET)
        os._exit(0)
    os.wait()
    print(os.lseek(f.fileno(), 0, os.SEEK_CUR))
    os.pwrite(f.fileno(), b"Z", 9999)
    os.fsync(f.fileno())
print(open("/rump/mnt/m", "rb").read()[4998:5007])'
	assert_success
	assert_output "3
b'aaHELLOaa'"
	run_rump sh -c 'cp /bin/true /rump/mnt/t; /rump/mnt/t && echo ran'
	assert_output ran
	unmount_clean
	run_tool rump.mount -t fuse fuse2fs "$image" {} -o fakeroot /mnt
	run_rump tail -c 1 /rump/mnt/m
	assert_output Z
}

@test "a large file is read by parts: one larger than memory, too" {
	needs bindfs
	mkdir "$BATS_TEST_TMPDIR/host"
	truncate -s 8T "$BATS_TEST_TMPDIR/host/large" || skip "no such large files"
	printf middle | dd of="$BATS_TEST_TMPDIR/host/large" bs=1M seek=4M conv=notrunc status=none
	run_tool rump.mount -t fuse bindfs "$BATS_TEST_TMPDIR/host" /mnt
	assert_success
	run_rump sh -c 'cd /rump/mnt; dd if=large bs=1M skip=4M count=1 status=none | head -c 6; echo
		tail -c 3 large | wc -c; stat -c %s large; cat <large'
	assert_output --partial "middle
3
8796093022208
"
	assert_failure
	run_tool rump.umount /mnt
	assert_success
}

@test "a large file is whole for one who opens it with a flag that does not exist" {
	needs bindfs
	not_under_asan "python with librumpclient"
	mkdir "$BATS_TEST_TMPDIR/host"
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/host/large"
	run_tool rump.mount -t fuse bindfs "$BATS_TEST_TMPDIR/host" /mnt
	assert_success
	# By librumpclient: the hijacker would ask for what is not there yet.
	run_tool /usr/bin/python3 -c '
import ctypes, os, sys
client = ctypes.CDLL(sys.argv[1])
assert client.rumpclient_init() == 0
fd = client.rump_sys_open(b"/mnt/large", os.O_RDONLY | 1 << 30)
text = ctypes.create_string_buffer(3000000)
assert client.rump_sys_read(fd, text, 3000000) == 3000000
assert text.raw == open(sys.argv[2], "rb").read()' "$RUMP_BUILD/librumpclient.so" "$BATS_TEST_TMPDIR/host/large"
	assert_success
}

@test "rump_server --fuse: mounted from the start, and clean when the kernel has ended" {
	needs fuse2fs mke2fs e2fsck
	image="$BATS_TEST_TMPDIR/the image"
	truncate -s 32M "$image"
	PATH=$PATH:/sbin mke2fs -q -F -t ext4 "$image"
	server_start second --fuse "/deep/mnt=fuse2fs '$image' {} -o fakeroot"
	run_rump sh -c 'echo kept >/rump/deep/mnt/f; cat /rump/deep/mnt/f'
	assert_output kept
	server_stop
	PATH=$PATH:/sbin run e2fsck -fn "$image"
	assert_success
	PATH=$PATH:/sbin run debugfs -R 'cat f' "$image"
	assert_line kept
	run_tool rump_server --fuse "/mnt=no-such-program" "unix://$BATS_TEST_TMPDIR/third"
	assert_failure
	assert_output --partial no-such-program
}

@test "umount: busy while a file is open; nothing is lost" {
	mount_ext4
	mkfifo "$BATS_TEST_TMPDIR/go"
	hijack_bg "$BATS_TEST_TMPDIR/log" sh -c \
		"exec 3>/rump/mnt/f; echo kept >&3; echo ready; read x <$BATS_TEST_TMPDIR/go; exit"
	wait_for 10 grep -q ready "$BATS_TEST_TMPDIR/log"
	run_tool rump.umount /mnt
	assert_failure
	assert_output --partial busy
	run_rump cat /rump/mnt/f
	assert_output kept
	echo >"$BATS_TEST_TMPDIR/go"
	wait_for 10 rump.umount /mnt
	PATH=$PATH:/sbin run debugfs -R 'cat f' "$image"
	assert_line kept
	PATH=$PATH:/sbin run e2fsck -fn "$image"
	assert_success
}

@test "the program dies: ENOTCONN, and the place is free again" {
	needs bindfs
	mkdir "$BATS_TEST_TMPDIR/host"
	run_tool rump.mount -t fuse bindfs "$BATS_TEST_TMPDIR/host" {} -o "fsname=$BATS_TEST_TMPDIR" /mnt
	run_rump sh -c "echo x >/rump/mnt/f"
	assert_success
	kill -9 "$(pgrep -f "fsname=$BATS_TEST_TMPDIR")"
	run_rump sh -c 'cat /rump/mnt/f; ls /rump/mnt; echo y >/rump/mnt/g'
	assert_failure
	assert_output --partial "Transport endpoint is not connected"
	run_tool rump.umount /mnt
	assert_success
	run_rump ls /rump/mnt
	assert_success
	assert_output ""
}

# As another user, what `sh -c` says; the connection is made before, which only root may.
as_nobody() {
	run_rump sh -c 'cd /rump; exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "$1"' - "$1"
}

@test "who may use it, and who decides: the options of Linux" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local truth=("$RUMP_TOP/tests/lib/fuse_liar.py" FSYNC header)

	others_read_library
	chmod 755 "$BATS_TEST_TMPDIR"
	run_tool rump.mount -t fuse python3 "${truth[@]}" /mnt
	assert_success
	as_nobody 'cat /rump/mnt/f; stat -c %F /rump/mnt'
	assert_output "cat: /rump/mnt/f: Permission denied
stat: cannot statx '/rump/mnt': Permission denied"
	run_rump cat /rump/mnt/f
	assert_output hello
	run_tool rump.umount /mnt
	assert_success

	run_tool rump.mount -o allow_other -t fuse python3 "${truth[@]}" /mnt
	assert_success
	as_nobody 'cat /rump/mnt/f; echo; echo other >/rump/mnt/f && echo written; grep -o ",user.*" /proc/mounts'
	assert_output "hello
written
,user_id=0,group_id=0,allow_other 0 0"
	run_tool rump.umount /mnt
	assert_success

	run_tool rump.mount -o allow_other,default_permissions -t fuse python3 "${truth[@]}" /mnt
	assert_success
	as_nobody 'cat /rump/mnt/f; echo; echo other >/rump/mnt/f && echo written'
	assert_failure
	assert_output --partial "Permission denied"
	run_tool rump.umount /mnt
	assert_success

	run_tool rump.mount -o fsname=x -t fuse python3 "${truth[@]}" /mnt
	assert_failure 100
}

@test "the program's own mount options are the mount's" {
	needs bindfs
	mkdir "$BATS_TEST_TMPDIR/host"
	run_tool rump.mount -t fuse bindfs "$BATS_TEST_TMPDIR/host" {} -o ro /mnt
	assert_success
	run_rump sh -c 'grep fuse /proc/mounts | sed "s, /rump, ,"; touch /rump/mnt/f'
	assert_failure
	assert_line "$BATS_TEST_TMPDIR/host /mnt fuse ro,nosuid,nodev,relatime,user_id=$(id -u),group_id=$(id -g),default_permissions,allow_other 0 0"
	assert_line --partial "Read-only file system"
	run_tool rump.umount /mnt
	assert_success
}

@test "a program that fails, or is not there, says why" {
	run_tool rump.mount -t fuse no-such-program x /mnt
	assert_failure 111
	assert_output --partial "no-such-program"
	run_tool rump.mount -t fuse false /mnt
	assert_failure 111
	run_rump ls /rump/mnt
	assert_success
}
