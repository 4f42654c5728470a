# SPDX-License-Identifier: BSD-2-Clause
# Mounts: rump.mount and rump.umount, and the host's own mount and umount under the hijacker.

load ../lib/helpers

setup() {
	server_start
}

@test "rump.mount: a tmpfs with a size, seen by programs" {
	run_rump mkdir /rump/mnt
	run_tool rump.mount -t tmpfs -o size=1m,nodev none /mnt
	assert_success
	run_rump stat -f -c '%T %b' /rump/mnt
	assert_output 'tmpfs 256'
	run_rump sh -c 'echo x >/rump/mnt/f; cat /rump/mnt/f'
	assert_output x
	run_tool rump.umount /mnt
	assert_success
	run_rump ls /rump/mnt
	assert_output ''
}

@test "rump.mount: remounting keeps the flags that are not named" {
	run_tool rump.mount -t tmpfs -o nodev,noexec none /tmp
	run_tool rump.mount -o remount,ro /tmp
	assert_success
	run_rump cat /rump/proc/mounts
	assert_line --regexp '^none /tmp tmpfs ro,nodev,noexec,relatime'
	run_tool rump.mount -o remount,rw,exec /tmp
	run_tool rump.mount
	assert_line --regexp '^none /tmp tmpfs rw,nodev,relatime'
}

@test "rump.mount: a bind mount, read-only" {
	run_rump sh -c 'mkdir -p /rump/a/b /rump/mnt; echo x >/rump/a/b/f'
	run_tool rump.mount -r --bind /a /mnt
	assert_success
	run_rump sh -c 'cat /rump/mnt/b/f; rm /rump/mnt/b/f'
	assert_failure
	assert_line x
	assert_output --partial 'Read-only file system'
	run_rump sh -c 'cd /rump/mnt/b && cd .. && pwd && cd .. && pwd'
	assert_output $'/rump/mnt\n/rump'
}

@test "rump.umount: busy while a file is open, a shell is in it, or something is mounted in it" {
	run_rump sh -c "mkdir /rump/mnt; rump.mount -t tmpfs none /mnt
		exec 3>/rump/mnt/f; rump.umount /mnt; exec 3>&-
		cd /rump/mnt; rump.umount /mnt; cd /
		mkdir /rump/mnt/d; rump.mount -t tmpfs none /mnt/d; rump.umount /mnt
		rump.umount /mnt/d; rump.umount /mnt && echo gone"
	assert_output - <<-'EOT'
		rump.umount: /mnt: Device or resource busy
		rump.umount: /mnt: Device or resource busy
		rump.umount: /mnt: Device or resource busy
		gone
	EOT
}

@test "rump.umount -l: open files live on" {
	run_rump sh -c "mkdir /rump/mnt; rump.mount -t tmpfs none /mnt
		echo old >/rump/mnt/f; exec 3</rump/mnt/f; rump.umount -l /mnt; ls /rump/mnt; cat <&3"
	assert_output old
}

@test "rump.mount and rump.umount say what is wrong" {
	run_tool rump.mount -t nonsense none /tmp
	assert_failure 111
	assert_output --partial 'No such device'
	run_tool rump.mount -t tmpfs none /missing
	assert_output --partial 'No such file'
	run_tool rump.umount /tmp
	assert_output --partial 'Invalid argument'
	run_tool rump.umount /
	assert_output --partial busy
	run_tool rump.mount -t tmpfs none
	assert_failure 100
	run_tool rump.umount
	assert_failure 100
}

@test "the host's mount and umount work on paths of the rump kernel" {
	[ "$(id -u)" = 0 ] || skip 'mount is set-user-ID'
	run_rump sh -c 'mkdir /rump/mnt /rump/again; mount -t tmpfs -o size=1m none /rump/mnt
		echo x >/rump/mnt/f; mount --bind /rump/mnt /rump/again; cat /rump/again/f
		umount /rump/again; umount /rump/mnt; ls /rump/mnt /rump/again'
	assert_success
	assert_line x
}

# A tree with links of all kinds, modes and times.
make_linked_tree() {
	mkdir -p "$1/d/e"
	echo text >"$1/f"
	ln "$1/f" "$1/d/hard"
	ln -s ../f "$1/d/soft"
	mkfifo "$1/p"
	touch -d @1000000000 "$1/d/e"
	chmod 640 "$1/f"
}

# What a listing says, without inode numbers and sizes of directories.
listing() {
	(cd "$1" && find . ! -type d -printf '%P %y %m %n %s %TY-%Tm-%Td %l\n' -o -printf '%P %y %m\n' | sort)
}

@test "a tree copied in by cp and by tar is the same after its file system has moved" {
	local tree=$RUMP_SCRATCH/tree copy

	make_linked_tree "$tree"
	hijack mkdir /rump/mnt /rump/elsewhere
	for copy in "cp -a $tree/. /rump/mnt" "sh -c 'tar cf - -C $tree . | tar xf - -C /rump/mnt'"; do
		run_tool rump.mount -t tmpfs -o mode=755 none /mnt
		assert_success
		eval "hijack $copy"
		run_tool rump.mount --move /mnt /elsewhere
		assert_success
		assert_equal "$(hijack bash -c "$(declare -f listing); listing /rump/elsewhere")" "$(listing "$tree")"
		hijack cmp "$tree/f" /rump/elsewhere/d/hard
		run_rump ls /rump/mnt
		assert_output ''
		run_tool rump.umount /elsewhere
		assert_success
	done
}

@test "mv of a tree across the kernels, and across mounts, copies it; ln fails" {
	local tree=$RUMP_SCRATCH/tree before

	make_linked_tree "$tree"
	before=$(listing "$tree")
	hijack mkdir /rump/mnt
	rump.mount -t tmpfs none /mnt
	run_rump ln "$tree/f" /rump/f
	assert_failure
	assert_output --partial 'Invalid cross-device link'
	run_rump mv "$tree" /rump/tree
	assert_success
	[ ! -e "$tree" ]
	run_rump ln /rump/tree/f /rump/mnt/f
	assert_output --partial 'Invalid cross-device link'
	run_rump mv /rump/tree /rump/mnt/tree
	assert_success
	assert_equal "$(hijack bash -c "$(declare -f listing); listing /rump/mnt/tree")" "$before"
}

@test "mv and ln inside a mount keep the inode" {
	hijack mkdir /rump/mnt
	rump.mount -t tmpfs none /mnt
	# shellcheck disable=SC2016
	run_rump sh -c 'cd /rump/mnt; echo x >f; chmod 640 f; stat -c "%i %a %u %g %h %s %Y" f >/rump/before
		mv f g; stat -c "%i %a %u %g %h %s %Y" g | cmp - /rump/before && echo same
		ln g h; [ "$(stat -c %i g)" = "$(stat -c %i h)" ] && stat -c %h h'
	assert_output $'same\n2'
}

# With the root of the rump kernel at a place that other paths begin like.
@test "a path that only begins like the prefix is the host's" {
	run_rump stat -c %F /rump/dev
	assert_output directory
	run_rump stat /rumpdev
	assert_failure
	assert_output --partial 'No such file'
}

@test "blanket: the same object under its own name" {
	RUMPHIJACK=path=/rump,blanket=/dev run_rump stat -c '%F %t %T %i' /rump/dev/null /dev/null
	assert_success
	assert_equal "${lines[0]}" "${lines[1]}"
}

@test "two blankets, one a symbolic link to the other" {
	export RUMPHIJACK=path=/rump,blanket=/dirtoo:/dir
	run_rump sh -c 'mkdir /rump/dir; ln -s dir /rump/dirtoo; echo x >/dir/f; cat /dirtoo/f
		stat -c %i /dir/f /dirtoo/f /rump/dir/f | uniq | wc -l'
	assert_output $'x\n1'
}
