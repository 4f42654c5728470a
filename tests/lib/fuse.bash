# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For tests of FUSE programs.

needs() {
	local program

	for program; do
		command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || skip "no $program"
	done
}

# What a user does with files, on whatever is mounted at /mnt; and what is there after a remount.
use_files() {
	# shellcheck disable=SC2016 # what perl is to see
	run_rump sh -ec 'cd /rump/mnt
		mkdir a; echo one >a/f; mv a/f b; echo two >>b; cat b; truncate -s 3 b; stat -c %s b
		cp /usr/include/stdio.h .; cmp stdio.h /usr/include/stdio.h; rmdir a
		perl -e "open F, q(+<), q(b) or die; seek F, 1, 0; print F q(NE); close F or die; print \`cat b\`"
		dd if=/dev/zero of=big bs=1M count=3 2>&1 | grep -v copied; stat -c %s big; rm big; ls'
	assert_success
	assert_output "one
two
3
oNE3+0 records in
3+0 records out
3145728
b
stdio.h"
}

used_files() {
	run_rump sh -ec 'cd /rump/mnt; cmp stdio.h /usr/include/stdio.h; cat b'
	assert_success
	assert_output oNE
}

# use_twice PROGRAM ARGUMENT...
use_twice() {
	run_tool rump.mount -t fuse "$@" /mnt
	assert_success
	use_files
	run_tool rump.umount /mnt
	assert_success
	run_tool rump.mount -t fuse "$@" /mnt
	assert_success
	used_files
	run_tool rump.umount /mnt
	assert_success
}

# --- programs that lie: tests/lib/fuse_liar.py ---

# What is done with the file system; errors are expected.
use='cd /rump/mnt 2>/dev/null || exit 0
	{ ls -l; cat f l; ls d/e; echo x >>f; df .; getfattr -d f; } 2>&1'

# liar OPCODE LIE ...: each ends the connection, or is an error of that request; then the kernel and
# another mount work.
liar() {
	local opcode=$1 lie

	shift
	for lie; do
		run_tool rump.mount -t fuse python3 "$RUMP_TOP/tests/lib/fuse_liar.py" "$opcode" "$lie" /mnt
		if [ "${status:?}" -eq 0 ]; then
			run_rump sh -c "$use"
			[ "$status" -ne 124 ] || fail "$opcode $lie: hangs"
			run_tool rump.umount /mnt
			assert_success
		fi
		run_rump ls /rump/mnt
		assert_success
		assert_output ""
	done
}
