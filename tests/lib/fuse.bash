# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For tests of FUSE programs that lie: tests/lib/fuse_liar.py.

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
