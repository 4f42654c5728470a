# SPDX-License-Identifier: BSD-2-Clause
# A kernel that goes away under its programs, and comes back: RUMPHIJACK_RETRYCONNECT in all values.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	mkfifo "$RUMP_SCRATCH/ask"
}

# program POLICY: makes a call for each line it reads, and says what came of it.
program() {
	cat >"$RUMP_SCRATCH/program.py" <<-'EOT'
		import errno, os, sys
		os.umask(0o027)
		for line in open(sys.argv[1]):
		    try:
		        print(eval(line), flush=True)
		    except OSError as e:
		        print(errno.errorcode[e.errno], flush=True)
		print("end", flush=True)
	EOT
	RUMPHIJACK_RETRYCONNECT=$1 LD_PRELOAD=$RUMPHIJACK_LIB /usr/bin/python3 "$RUMP_SCRATCH/program.py" \
		"$RUMP_SCRATCH/ask" >"$RUMP_SCRATCH/answers" 2>"$RUMP_SCRATCH/stderr" 3>&- &
	echo $! >>"$RUMP_SCRATCH/background"
	exec {ask}>"$RUMP_SCRATCH/ask"
	asked=0
}

begin_call() {
	echo "${1:-os.path.isdir('/rump') or os.stat('/rump')}" >&"$ask"
	asked=$((asked + 1))
}

answered() {
	[ "$(wc -l <"$RUMP_SCRATCH/answers")" -ge "$asked" ]
}

# The answer to the call that was begun last.
answer() {
	wait_for 20 answered
	run tail -n 1 "$RUMP_SCRATCH/answers"
	assert_output "$1"
}

call() {
	begin_call "${2:-}"
	answer "$1"
}

kernel_dies() {
	local pid

	pid=$(server_pid "$RUMP_SERVER")
	kill -KILL "$pid"
	wait_for 10 gone "$pid"
}

kernel_returns() {
	server_start_at "$RUMP_SERVER"
}

# lines LINE...: what it said on standard error, without names of its own.
lines() {
	run sed "s|$RUMP_SERVER|URL|" "$RUMP_SCRATCH/stderr"
	assert_output "$(printf '%s\n' "$@")"
}

lost='rumpclient: connection to URL lost: the server closed it, or the program did'
again='rumpclient: connected to URL again'

@test "by default calls fail, also when the kernel is back, and one line says why" {
	program 0
	call True
	kernel_dies
	call ENOTCONN
	call ENOTCONN 'os.mkdir("/rump/d")'
	kernel_returns
	call ENOTCONN
	lines "$lost"
}

@test "once: one attempt for a call" {
	program once
	call True
	kernel_dies
	kernel_returns
	call True
	lines
	kernel_dies
	call ENOTCONN
	call ENOTCONN
	lines "$lost"
	kernel_returns
	call True
	lines "$lost" "$again"
}

@test "a number of seconds" {
	program 1
	call True
	kernel_dies
	call ENOTCONN
	lines "$lost"
	kernel_returns
	call True
	lines "$lost" "$again"
}

@test "inftime: a call waits for the kernel" {
	program inftime
	call True
	kernel_dies
	begin_call
	wait_for 10 grep -q lost "$RUMP_SCRATCH/stderr"
	run answered
	assert_failure
	kernel_returns
	answer True
	lines "$lost" "$again"
}

@test "inftime: also for the first kernel" {
	kernel_dies
	program inftime
	begin_call
	wait_for 10 grep -q connect "$RUMP_SCRATCH/stderr"
	kernel_returns
	answer True
}

@test "die: the program ends with status 1" {
	program die
	call True
	kernel_dies
	begin_call
	wait_for 10 gone "$(tail -n 1 "$RUMP_SCRATCH/background")"
	run wait "$(tail -n 1 "$RUMP_SCRATCH/background")"
	assert_failure 1
	lines "$lost"
}

@test "the new process has the mask of the program, and begins in the root" {
	program once
	call None 'os.mkdir("/rump/d")'
	call None 'os.chdir("/rump/d")'
	call /rump/d 'os.getcwd()'
	kernel_dies
	kernel_returns
	call None 'os.mkdir("new")'
	call 0o750 'oct(os.stat("/rump/new").st_mode & 0o7777)'
	call /rump 'os.getcwd()'
}

@test "what was open before goes on without the kernel" {
	program 0
	call None 'globals().update(f=open("/rump/f", "w+"))'
	call 4 'f.write("text")'
	kernel_dies
	call None 'f.flush()'
	call 0 'f.seek(0)'
	call text 'f.read()'
	call 0 'os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "exit 0")'
	call 0 'os.system("true")'
}
