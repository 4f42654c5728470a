# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Rump kernels and programs in them, for every script that tests, measures or shows something.
#
# Everything lies in $RUMP_SCRATCH, a private directory that the caller makes and removes. Whoever
# starts a server stops it with server_stop_all, also when something failed (trap or teardown).

RUMP_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=/usr/bin:/bin:/usr/sbin:/sbin
eval "$("$RUMP_TOP/dev" env)"
export RUMP_TOP LC_ALL=C TZ=UTC

# How long anything may take that should take no time: seconds until a test gives up.
RUMP_TIMEOUT=${RUMP_TIMEOUT:-30}

# A moment, for loops that wait for a condition: reads from a pipe that nobody writes to. Changes $!.
pause() {
	read -rt 0.02 <> <(:) || :
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when the time is over.
wait_for() {
	local until=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS < until)) || return 1
		pause
	done
}

# server_start [NAME [OPTION...]]: a kernel of its own, ready when this returns; sets RUMP_SERVER.
server_start() {
	local name=${1:-kernel}

	shift || :
	server_start_at "unix://$RUMP_SCRATCH/$name" "$@"
}

# server_start_at URL [OPTION...]: the server detaches when it is ready.
server_start_at() {
	local url=$1 log

	shift
	log=$RUMP_SCRATCH/$(basename "$url").log
	echo "$url" >>"$RUMP_SCRATCH/servers"
	if ! timeout "$RUMP_TIMEOUT" rump_server "$@" "$url" >"$log" 2>&1 </dev/null 3>&-; then
		cat "$log" >&2
		return 1
	fi
	export RUMP_SERVER=$url
}

# The process of the server at URL: its command line ends in the URL, which is ours alone.
server_pid() {
	pgrep -f -- "rump_server .*$1\$"
}

# A process that only waits for its parent to take notice is gone as well.
gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.*[ZX] (' "/proc/$1/status" 2>/dev/null
}

# server_stop [URL]: halts the kernel; fails if it had to be killed.
server_stop() {
	local url=${1:-$RUMP_SERVER} pid

	pid=$(server_pid "$url") || return 0
	RUMP_SERVER=$url timeout 10 rump.halt 3>&- || :
	wait_for 10 gone "$pid" && return
	kill -KILL "$pid"
	echo "server $url did not halt" >&2
	return 1
}

server_stop_all() {
	local url status=0

	[ -f "$RUMP_SCRATCH/servers" ] || return 0
	while read -r url; do
		server_stop "$url" || status=1
	done < <(sort -u "$RUMP_SCRATCH/servers")
	rm -f "$RUMP_SCRATCH/servers"
	return $status
}

# hijack COMMAND...: the command with its /rump and its sockets in the kernel of RUMP_SERVER.
hijack() {
	timeout "$RUMP_TIMEOUT" env LD_PRELOAD="$RUMPHIJACK_LIB" "$@"
}

# hijack_bg LOG COMMAND...: the same in the background, without a time-out; the process is $!, and
# background_stop ends all of them.
hijack_bg() {
	local log=$1

	shift
	LD_PRELOAD=$RUMPHIJACK_LIB "$@" >"$log" 2>&1 </dev/null 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
}

background_stop() {
	local pid

	[ -f "$RUMP_SCRATCH/background" ] || return 0
	while read -r pid; do
		gone "$pid" && continue
		kill "$pid" 2>/dev/null || :
		wait_for 5 gone "$pid" || kill -KILL "$pid"
	done <"$RUMP_SCRATCH/background"
	rm -f "$RUMP_SCRATCH/background"
}

# port_open PORT: does something accept connections there, in the kernel?
port_open() {
	hijack nc -z 127.0.0.1 "$1" 2>/dev/null
}

# free_port: a port of the host's loopback that nothing uses now.
free_port() {
	/usr/bin/python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
