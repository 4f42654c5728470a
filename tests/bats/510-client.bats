# SPDX-License-Identifier: BSD-2-Clause
# librumpclient used directly, by the programs of tests/client: its part of NetBSD's tests.

load ../lib/helpers

setup() {
	server_start
	server=$(server_pid "$RUMP_SERVER")
	# What the kernel makes for its first file is there from now on.
	"$RUMP_BUILD/tests/client/client_fork" simple >/dev/null
}

# client PROGRAM TEST LINE: it prints the line and exits with 0; the server is as it was.
client() {
	local before

	before=$(server_descriptors)
	run quiet "$RUMP_BUILD/tests/client/client_$1" "$2"
	log_run "$1" "$2"
	tail "$RUMP_SCRATCH/stderr"
	assert_success
	assert_output "$3"
	if ! wait_for 5 server_has_descriptors "$before"; then
		ls -l "/proc/$server/fd"
		return 1
	fi
	run server_pid "$RUMP_SERVER"
	assert_output "$server"
}

# What is said on standard error is kept for failures.
quiet() {
	timeout "$RUMP_TIMEOUT" "$@" 2>"$RUMP_SCRATCH/stderr"
}

# What it holds for its clients: the event descriptors are those of threads it keeps for later.
server_descriptors() {
	find "/proc/$server/fd" -type l -printf '%l\n' | grep -vc eventfd
}

server_has_descriptors() {
	[ "$(server_descriptors)" -eq "$1" ]
}

@test "32 clients with 8 threads come and go" {
	client stress usr1 '92 clients'
}

@test "32 clients with 8 threads come and are killed" {
	client stress kill '92 clients'
}

@test "after a fork both sides write to one descriptor" {
	client fork simple 'child parent'
}

@test "a pipe carries a string to a forked child" {
	client fork pipecomm received
}

@test "a child with a forged cookie is refused" {
	client fork fakeauth refused
}

@test "a cancelled fork leaves nothing" {
	client fork cancel cancelled
}

@test "a signal handler makes calls while the program makes calls" {
	client signals sigsafe handled
}

@test "a signal handler makes calls while the program waits in one" {
	[ -z "${TSAN_OPTIONS-}" ] || skip "TSan holds signals back during our system calls"
	client signals blocked handled
}

@test "calls succeed while a thread closes all descriptors" {
	client reconnect closefrom 'every call succeeded'
}

@test "calls succeed while other files take the connections' numbers" {
	client reconnect reuse 'every call succeeded'
}

@test "descriptors 0 to 2 closed before init stay closed" {
	local how

	for how in init threads fork retry; do
		client lowfds "$how" 'still closed'
	done
}

@test "exec keeps the process and closes what is close-on-exec" {
	client exec once 'the same process'
}

@test "exec while 126 threads wait in reads" {
	client exec threads 'the same process'
}

@test "an exec that fails changes nothing" {
	client exec fails 'as before'
}

@test "every public call reaches the kernel and comes back" {
	client smoke '' 'every call answers'
}

@test "the interface that rumpclient(3) documents" {
	client names '' 'as documented'
}
