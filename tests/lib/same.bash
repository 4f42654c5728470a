# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Shell-level parity: the same snippet of shell on the host and in the rump kernel.
#
#   same 'mkdir a; ls -l'
#
# runs it in a directory of /dev/shm and, hijacked, in one of /rump; both must print the same on
# stdout and stderr (the directory's own path apart) and exit alike. Within a test the directory
# stays, so a later `same` goes on where the last one ended. Snippets see the functions of
# tests/lib/snippet.sh and $PORT, a port free in both worlds. same_in SHELL: another shell than sh.

same() {
	same_in sh "$1"
}

same_in() {
	same_prepare
	same_host "$@"
	same_rump "$@"
	same_compare "$2"
}

# The program that runs a snippet, with an environment that is equal on both sides.
same_env=(env -i "PATH=/usr/bin:/bin:/usr/sbin:/sbin" HOME=/nonexistent LC_ALL=C TZ=UTC
	"SNIPPET=$RUMP_TOP/tests/lib/snippet.sh" ${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"})

same_prepare() {
	[ -z "${SAME_DIR:-}" ] || return 0
	SAME_DIR=$(mktemp -d /dev/shm/rump.XXXXXX)
	SAME_PORT=$(free_port)
	echo "$SAME_DIR" >"$RUMP_SCRATCH/same"
	hijack mkdir /rump/same
	hijack chmod 755 /rump/same
	chmod 755 "$SAME_DIR"
}

same_clean() {
	[ ! -f "$RUMP_SCRATCH/same" ] || rm -rf "$(cat "$RUMP_SCRATCH/same")"
}

# What both sides run: from the directory of that side, with the snippet's functions there.
# shellcheck disable=SC2016
same_start='cd "$DIR" && exec "$0" -c ". \"\$SNIPPET\"
$1" "$0"'

same_host() {
	local status=0

	timeout "$RUMP_TIMEOUT" "${same_env[@]}" DIR="$SAME_DIR" PORT="$SAME_PORT" \
		sh -c "$same_start" "$1" "$2" \
		>"$RUMP_SCRATCH/host.out" 2>"$RUMP_SCRATCH/host.err" </dev/null 3>&- || status=$?
	same_status host $status
	same_normalise "$SAME_DIR" host
}

same_rump() {
	local status=0

	timeout "$RUMP_TIMEOUT" "${same_env[@]}" DIR=/rump/same PORT="$SAME_PORT" \
		RUMP_SERVER="$RUMP_SERVER" LD_PRELOAD="$RUMPHIJACK_LIB" \
		sh -c "$same_start" "$1" "$2" \
		>"$RUMP_SCRATCH/rump.out" 2>"$RUMP_SCRATCH/rump.err" </dev/null 3>&- || status=$?
	same_status rump $status
	same_normalise /rump/same rump
}

# same_status SIDE STATUS: compared like what the side printed; two that hang are not alike.
same_status() {
	[ "$2" != 124 ] || fail "$1: not done within $RUMP_TIMEOUT seconds"
	echo "exit status $2" >>"$RUMP_SCRATCH/$1.out"
}

same_normalise() {
	sed -i "s|$1|DIR|g" "$RUMP_SCRATCH/$2.out" "$RUMP_SCRATCH/$2.err"
}

same_compare() {
	local part status=0

	for part in out err; do
		diff -au --label "host's $part" --label "rump's $part" \
			"$RUMP_SCRATCH/host.$part" "$RUMP_SCRATCH/rump.$part" >"$RUMP_SCRATCH/diff" ||
			{
				printf '$ %s\n' "$1"
				head -60 "$RUMP_SCRATCH/diff"
				status=1
			}
	done
	return $status
}
