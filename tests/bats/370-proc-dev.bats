# SPDX-License-Identifier: BSD-2-Clause
# /proc and /dev of the rump kernel.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "/proc: everything can be listed and read" {
	run_rump sh -c 'find /rump/proc -type f -exec cat {} + >/dev/null'
	refute_line --regexp 'Bad file|Is a directory|Invalid'
	run_rump ls /rump/proc /rump/proc/self /rump/proc/sys/kernel
	assert_success
}

@test "/proc: about the kernel" {
	run_rump cat /rump/proc/sys/kernel/ostype /rump/proc/sys/kernel/hostname /rump/proc/filesystems
	assert_line Linux
	assert_line rump
	assert_line $'nodev\ttmpfs'
	run_rump grep -c MemTotal /rump/proc/meminfo
	assert_output 1
	run_rump cat /rump/proc/uptime
	assert_output --regexp '^[0-9]+\.[0-9][0-9] [0-9]+\.[0-9][0-9]$'
	run_rump stat -c '%s %A' /rump/proc/uptime
	assert_output '0 -r--r--r--'
	run_rump sh -c 'echo x >/rump/proc/uptime'
	assert_failure
}

@test "/proc/self: is who asks" {
	run_rump cat /rump/proc/self/cmdline
	assert_output "cat"/rump/proc/self/cmdline
	run_rump sh -c 'cat /rump/proc/self/comm; exec readlink /rump/proc/self/exe'
	assert_line --index 0 cat
	assert_line --index 1 --regexp /readlink$
	run_rump awk '/^(Name|Uid)/' /rump/proc/self/status
	assert_line $'Name:\tawk'
	assert_line --regexp "^Uid:[[:space:]]$(id -u)[[:space:]]"
	run_rump sh -c 'cd /rump/tmp; readlink /rump/proc/self/cwd; ls -di /rump/proc/self/cwd/. . | sort -u | cut -d" " -f1 | uniq | wc -l'
	assert_output $'/tmp\n1'
}

@test "/proc/self/fd: files by their paths" {
	run_rump sh -c 'exec 5>/rump/f; readlink /rump/proc/self/fd/5; echo text >&5; cat /rump/proc/self/fd/5
		grep -c pos: /rump/proc/self/fdinfo/5; ls /rump/proc/self/fd | grep -c "^5$"; readlink /rump/proc/self/fd/77'
	assert_output $'/f\ntext\n1\n1'
}

@test "/proc/PID: processes by the numbers that programs have" {
	run_rump sh -c ': </rump/dev/null; cat /rump/proc/$$/comm; cut -d" " -f1 /rump/proc/$$/stat | grep -c "^$$\$"'
	assert_output $'sh\n1'
	run_rump cat /rump/proc/999999/stat
	assert_failure
}

@test "/proc with blanket=/proc: ps, top, free, uptime" {
	need ps top free uptime killall pgrep
	export RUMPHIJACK=path=/rump,blanket=/proc
	run_rump ps -e -o pid=,comm=
	assert_success
	assert_output --regexp '^ *[0-9]+ ps$'
	run_rump top -b -n1
	assert_success
	assert_line --partial 'Tasks:   1 total'
	run_rump sh -c '{ : >/rump/f; tail -f /rump/f & p=$!; until pgrep -x tail; do :; done | grep -cx $p; killall tail; wait $p; } 2>/dev/null; echo $?'
	assert_output $'1\n143'
	run_rump sh -c 'free; uptime; : </proc/version; ps -o comm= -p $$'
	assert_success
	assert_line sh
	run_rump sh -c 'exec 5>/rump/f; echo text >/proc/self/fd/5; cat /rump/f; cat /dev/fd/6 6</rump/f'
	assert_output $'text\ntext'
}

@test "/proc/mounts: what is mounted, blanks and all" {
	run_rump mkdir '/rump/a b'
	run_tool rump.mount -t tmpfs none '/a b'
	run_rump cat /rump/proc/mounts
	assert_line --regexp '^none /a\\040b tmpfs rw,relatime(,uid=[0-9]+,gid=[0-9]+)? 0 0$'
	assert_line --regexp '^devtmpfs /dev devtmpfs'
	assert_line --regexp '^proc /proc proc'
	run_rump sh -c 'cat /rump/proc/self/mountinfo'
	assert_line --regexp '^[0-9]+ [0-9]+ [0-9]+:[0-9]+ / /a\\040b rw,relatime - tmpfs none rw$'
}

@test "/dev: the devices" {
	same 'head -c 3 /dev/zero | od -c; echo x >/dev/null; cat /dev/null; echo x >/dev/full; head -c 8 /dev/urandom | wc -c'
	run_rump sh -c 'head -c 3 /rump/dev/zero | od -c; echo x >/rump/dev/null; cat /rump/dev/null
		head -c 8 /rump/dev/urandom | wc -c; (echo x >/rump/dev/full) 2>&1'
	assert_line --regexp 'No space left|write error|I/O error'
	assert_line 8
	run_rump stat -c '%F %t %T %A' /rump/dev/tty
	assert_output 'character special file 5 0 crw-rw-rw-'
	run_rump sh -c '[ -w /rump/dev/null ] && readlink /rump/dev/stdin'
	assert_output /proc/self/fd/0
}

@test "/dev/fd, /dev/stdin, /dev/stdout" {
	run_rump sh -c 'echo in | cat /rump/dev/stdin; echo out >/rump/dev/stdout; cat /rump/dev/fd/4 4</rump/proc/sys/kernel/ostype'
	assert_output $'in\nout\nLinux'
}

@test "/dev/tty and /dev/ptmx are the program's own" {
	need script
	run_rump script -qec 'echo to-terminal >/rump/dev/tty' /dev/null
	assert_output --partial to-terminal
	run_rump python3 -c 'import os; print(os.isatty(os.open("/rump/dev/ptmx", os.O_RDWR | os.O_NOCTTY)))'
	assert_output True
}

@test "devices that were made elsewhere" {
	[ "$(id -u)" = 0 ] || skip 'needs root'
	run_rump sh -c 'mknod /rump/z c 1 5; head -c 2 /rump/z | od -An -c; mknod /rump/none c 99 99; cat /rump/none'
	assert_line --partial '\0  \0'
	assert_line --partial 'No such device or address'
}
