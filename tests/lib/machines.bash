# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Programs on several machines: the same script in network namespaces of the host and in rump kernels, with
# equal output. tests/lib/machines.sh says what a script sees.
#
#   machines_same [routed] MACHINES SCRIPT

machines_same() {
	local topology=flat

	[ "$1" != routed ] || { topology=$1 && shift; }
	[ "$(id -u)" -eq 0 ] || skip "servers that change their user take root"
	unshare -nmp --fork true 2>/dev/null || skip 'no namespaces here'
	machines_dir=$(mktemp -d /dev/shm/rump.XXXXXX) # servers run as other users, who cannot see $RUMP_SCRATCH
	echo "$machines_dir" >"$RUMP_SCRATCH/same"
	chmod 755 "$machines_dir"
	machines_run host "$topology" "$@"
	machines_run rump "$topology" "$@"
	same_compare "$2"
}

machines_run() {
	local world=$1 dir=$machines_dir/$1 status=0

	mkdir -m 755 "$dir"
	timeout "$RUMP_TIMEOUT" unshare -nmp --fork --mount-proc --kill-child \
		env -i "PATH=$PATH" LC_ALL=C TZ=UTC HOME=/nonexistent "SCRATCH=$dir" \
		"RUMPHIJACK_LIB=$RUMPHIJACK_LIB" ${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} \
		bash "$RUMP_TOP/tests/lib/machines.sh" "$@" \
		>"$RUMP_SCRATCH/$world.out" 2>"$RUMP_SCRATCH/$world.err" </dev/null 3>&- || status=$?
	same_status "$world" $status
	sed -i "s|$dir/w|D|g; s|/rump/w|D|g; s|$dir|SCRATCH|g" \
		"$RUMP_SCRATCH/$world.out" "$RUMP_SCRATCH/$world.err"
}
