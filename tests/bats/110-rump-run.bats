# SPDX-License-Identifier: BSD-2-Clause
# rump run: exit status, signals, the kernel's end, and what it says of programs it cannot help.
# shellcheck disable=SC2016

load ../lib/helpers

@test "the program's exit status is passed on" {
	run_tool rump run -- sh -c 'exit 0'
	assert_success
	run_tool rump run -- sh -c 'exit 42'
	assert_failure 42
}

@test "a program killed by a signal is 128 + its number" {
	run_tool rump run -- sh -c 'kill -KILL $$'
	assert_failure 137
}

@test "a program that is not there is 127, one that cannot be run 126" {
	run_tool sh -c 'rump run -- /no/such/program; echo $?; rump run -- /etc/passwd; echo $?'
	assert_line 127
	assert_line 126
}

@test "wrong usage is 100, help is 0" {
	run_tool rump run
	assert_failure 100
	run_tool rump run --no-such-option -- true
	assert_failure 100
	run_tool rump no-such-subcommand
	assert_failure 100
	run_tool rump run --help
	assert_success
	assert_output --partial --server
}

@test "options after the program are the program's" {
	run_tool rump run echo -e --server x
	assert_output -- '--server x'
}

@test "the kernel and its directory are gone afterwards" {
	mkdir "$RUMP_SCRATCH/run"
	XDG_RUNTIME_DIR=$RUMP_SCRATCH/run run_tool rump run -- sh -c 'echo "$RUMP_SERVER"'
	assert_success
	assert_output --partial "$RUMP_SCRATCH/run"
	run pgrep -f -- "$RUMP_SCRATCH/run/.*"
	assert_failure
	run ls -A "$RUMP_SCRATCH/run"
	assert_output ''
}

@test "a signal sent to rump run reaches the program, and the kernel is halted" {
	mkdir "$RUMP_SCRATCH/run"
	mkfifo "$RUMP_SCRATCH/started.fifo"
	local pid status=0
	XDG_RUNTIME_DIR=$RUMP_SCRATCH/run rump run -- \
		sh -c 'trap "exit 7" TERM; touch "$0"; while :; do read -r x <"$0.fifo"; done' \
		"$RUMP_SCRATCH/started" >/dev/null 2>&1 3>&- &
	pid=$!
	wait_for 10 test -e "$RUMP_SCRATCH/started"
	kill -TERM "$pid"
	wait "$pid" || status=$?
	assert_equal "$status" 7
	run ls -A "$RUMP_SCRATCH/run"
	assert_output ''
}

@test "each rump run has a kernel of its own" {
	run_tool rump run -- mkdir /rump/mine
	assert_success
	run_tool rump run -- ls /rump/mine
	assert_failure
}

@test "--server joins a running kernel and leaves it running" {
	server_start
	run_tool rump run --server "$RUMP_SERVER" -- mkdir /rump/shared
	assert_success
	run_tool rump run -s "$RUMP_SERVER" -- ls -d /rump/shared
	assert_output /rump/shared
	run_tool rump run -s "$RUMP_SERVER" -- sh -c 'exit 3'
	assert_failure 3
}

@test "--hijack sets what is routed" {
	run_tool rump run -e path=/elsewhere -- sh -c 'mkdir /elsewhere/d && ls -d /elsewhere/d'
	assert_output /elsewhere/d
}

@test "an existing LD_PRELOAD is kept" {
	compile_c other.so -shared -fPIC <<-'EOT'
		#include <unistd.h>
		__attribute__((constructor)) static void
		hello(void) { if (write(2, "other\n", 6) != 6) _exit(1); }
	EOT
	LD_PRELOAD=$RUMP_SCRATCH/other.so run_tool rump run -- ls /rump
	assert_success
	assert_output --partial other
}

@test "standard input reaches the program" {
	run_tool sh -c 'echo text | rump run -- sh -c "cat >/rump/f && cat /rump/f"'
	assert_output text
}

@test "a static program is warned about, and runs on the host's kernel" {
	compile_c static -static <<<'int main(void) { return 5; }'
	run_tool rump run -- "$RUMP_SCRATCH/static"
	assert_failure 5
	assert_output --partial 'statically linked'
}

@test "a script is judged by its interpreter" {
	compile_c static -static <<<'int main(void) { return 6; }'
	printf '#!%s\n' "$RUMP_SCRATCH/static" >"$RUMP_SCRATCH/script"
	chmod 755 "$RUMP_SCRATCH/script"
	run_tool rump run -- "$RUMP_SCRATCH/script"
	assert_failure 6
	assert_output --partial 'statically linked'
}

@test "a program with a Go build id is warned about" {
	compile_c gopher <<-'EOT'
		__attribute__((section(".note.go.buildid"), used)) static const char id[] = "x";
		int main(void) { return 0; }
	EOT
	run_tool rump run -- "$RUMP_SCRATCH/gopher"
	assert_success
	assert_output --partial 'Go program'
}

@test "a set-user-ID program is warned about" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to make one"
	cp /bin/true "$RUMP_SCRATCH/suid"
	chown nobody "$RUMP_SCRATCH/suid"
	chmod 4755 "$RUMP_SCRATCH/suid"
	run_tool rump run -- "$RUMP_SCRATCH/suid"
	assert_success
	assert_output --partial 'set-user-ID'
}

@test "an ordinary program is not warned about" {
	run_tool rump run -- true
	assert_success
	assert_output ''
}
