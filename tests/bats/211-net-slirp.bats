# SPDX-License-Identifier: BSD-2-Clause
# The host's network from inside, and programs inside from the host.

load ../lib/helpers

setup() {
	cd "$RUMP_SCRATCH" || return
	PORT=$(free_port)
}

host_bg() {
	"$@" >"$RUMP_SCRATCH/host.log" 2>&1 </dev/null 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
}

@test "curl from inside to a server on the host's loopback" {
	server_start kernel --net slirp
	head -c 5000000 /dev/urandom >file
	host_bg /usr/bin/python3 -m http.server --bind 127.0.0.1 "$PORT"
	wait_for 10 nc -z 127.0.0.1 "$PORT"
	hijack curl -sS -o copy "http://10.0.2.2:$PORT/file"
	cmp file copy
	run_rump curl -sS "http://10.0.2.2:1/"
	assert_failure 7
}

@test "datagrams to the host and back" {
	server_start kernel --net slirp
	host_bg socat "UDP-RECVFROM:$PORT,bind=127.0.0.1,fork" SYSTEM:'echo heard; cat'
	udp_bound() { grep -q "$(printf ' 0100007F:%04X' "$PORT")" /proc/net/udp; }
	wait_for 10 udp_bound
	run hijack sh -c "echo hello | socat -T5 - UDP:10.0.2.2:$PORT,shut-null"
	assert_line heard
}

@test "a port of the host leads inside" {
	server_start kernel --net "slirp,forward=tcp:$PORT:80"
	echo hello >file
	hijack_bg log /usr/bin/python3 -m http.server 80
	wait_for 10 port_open 80
	[ "$(curl -sS "http://127.0.0.1:$PORT/file")" = hello ]
	grep -q '^10.0.2.2 ' log
	# The port is taken.
	run_tool rump_server --net "slirp,forward=tcp:$PORT:80" "unix://$RUMP_SCRATCH/x"
	assert_failure 111
	assert_output --partial 'Address already in use'
}

@test "a private kernel with the host's network" {
	echo hello >file
	host_bg /usr/bin/python3 -m http.server --bind 127.0.0.1 "$PORT"
	wait_for 10 nc -z 127.0.0.1 "$PORT"
	run_tool rump run --net slirp curl -sS "http://10.0.2.2:$PORT/file"
	assert_success
	assert_output hello
}
