# SPDX-License-Identifier: BSD-2-Clause
# rump.ps: the kernel's view of programs that fork, exec and end.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

# has REGEX: a line of the list, blanks between the columns made one.
has() {
	rump.ps | tr -s ' ' | grep -qE "^ ?$1\$"
}

# column N NAME: of the line of that program.
column() {
	rump.ps | awk -v n="$1" -v name="$2" '$NF == name { print $n }'
}

# Programs named `alive`, which wait for the end of their input after they have made a call.
waiting() {
	mkfifo "$RUMP_SCRATCH/hold"
	exec {hold}<>"$RUMP_SCRATCH/hold"
}

@test "the list: this program, the kernel, nobody else" {
	run_tool rump.ps
	assert_success
	assert_line --index 0 --regexp '^ +PID +PARENT +UID +HOSTPID +FILES +CALLS +RECEIVED +SENT +NAME$'
	assert_line --index 1 --regexp '^ +1 +0 +[0-9]+ .* init$'
	assert_line --index 2 --regexp "^ +[0-9]+ +1 +$(id -u) +[0-9]+ +0 +[0-9]+ .* rump.ps$"
	[ "${#lines[@]}" -eq 3 ]
	run_tool rump.ps -x
	assert_failure 100
	run_tool rump.ps -h
	assert_success
	RUMP_SERVER=unix://$RUMP_SCRATCH/nobody run_tool rump.ps
	assert_failure 111
}

@test "children by fork, spawn and system are their parent's, under their names, and gone when they end" {
	waiting
	cat >"$RUMP_SCRATCH/parent.py" <<-'EOT'
		import ctypes, os, subprocess
		open("/proc/self/comm", "w").write("parent")
		os.chdir("/rump"); f = open("/rump/f", "w")
		subprocess.Popen(["/bin/sh", "-c", "echo >/rump/spawned; read x <$HOLD; exit 0"])
		if os.fork() == 0: os.stat("f"); os.execl("/bin/cat", "cat", os.environ["HOLD"], "/rump/f")
		if os.fork() == 0: open("forked", "w"); os.read(os.open(os.environ["HOLD"], os.O_RDONLY), 1); os._exit(0)
		os.system("/usr/bin/head -c 1 $HOLD; :")
	EOT
	HOLD=$RUMP_SCRATCH/hold hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 "$RUMP_SCRATCH/parent.py"
	host=$(tail -n 1 "$RUMP_SCRATCH/background")
	wait_for 10 has '[0-9]+ .* head'
	wait_for 10 has '[0-9]+ .* cat'
	wait_for 10 test -e "/proc/$host/fd/3"
	parent=$(column 1 python3 | head -n 1)
	run column 2 cat
	assert_output "$parent"
	run column 2 head
	assert_output "$(rump.ps | awk -v p="$parent" '$NF == "sh" && $2 == p { print $1 }' | tail -n 1)"
	[ "$(rump.ps | awk -v p="$parent" '$2 == p' | wc -l)" -ge 4 ]
	rump.ps | awk '$NF == "cat" && $4 > 1 && $6 > 0 && $7 > 0 && $8 > 0 { found = 1 } END { exit !found }'
	kill "$host"
	pkill -P "$host" || :
	exec {hold}>&-
	echo >>"$RUMP_SCRATCH/hold" &
	wait_for 10 has '[0-9]+ 1 .* rump.ps'
}

@test "exec keeps the process under another name; a descriptor that is close-on-exec is not there after it" {
	cat >"$RUMP_SCRATCH/server.py" <<-'EOT'
		import os, socket, sys
		a = socket.create_server(("127.0.0.1", int(sys.argv[1]))); b = socket.create_server(("127.0.0.1", int(sys.argv[2])))
		a.set_inheritable(True); b.set_inheritable(sys.argv[3] == "both")
		os.execl(sys.argv[4], "h_ution", "-c", "import time; time.sleep(1000)")
	EOT
	ln -s /usr/bin/python3 "$RUMP_SCRATCH/h_ution"
	for which in both one; do
		one=$(free_port) two=$(free_port)
		hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 "$RUMP_SCRATCH/server.py" "$one" "$two" "$which" "$RUMP_SCRATCH/h_ution"
		wait_for 10 has '[0-9]+ .* h_ution'
		wait_for 10 port_open "$one"
		if [ "$which" = both ]; then port_open "$two"; else ! port_open "$two"; fi
		kill "$(tail -n 1 "$RUMP_SCRATCH/background")"
		wait_for 10 gone "$(tail -n 1 "$RUMP_SCRATCH/background")"
	done
	run_tool rump.ps
	refute_output --partial h_ution
}

@test "a killed program is gone, whatever it was doing" {
	for i in 1 2 3 4 5 6; do
		hijack_bg "$RUMP_SCRATCH/log$i" sh -c 'cd /rump; while :; do mkdir "$0"; (ls; rmdir "$0"); done' "d$i"
	done
	wait_for 10 has '[0-9]+ .* ls'
	while read -r pid; do
		pkill -KILL -P "$pid" || :
		kill -KILL "$pid"
	done <"$RUMP_SCRATCH/background"
	only_us() { [ "$(rump.ps | wc -l)" -eq 3 ]; }
	wait_for 10 only_us
}

@test "a list longer than what is asked for at first" {
	cat >"$RUMP_SCRATCH/many.py" <<-'EOT'
		import os, signal, sys
		open("/rump/f", "w").close()
		signal.signal(signal.SIGTERM, lambda *_: sys.exit())
		children = []
		for i in range(200):
		    pid = os.fork()
		    if pid == 0: signal.pause()
		    children.append(pid)
		try: signal.pause()
		finally:
		    for pid in children: os.kill(pid, signal.SIGKILL)
	EOT
	hijack_bg "$RUMP_SCRATCH/log" /usr/bin/python3 "$RUMP_SCRATCH/many.py"
	all_there() { [ "$(rump.ps | grep -c 'python3$')" -eq 201 ]; }
	wait_for 20 all_there
}
