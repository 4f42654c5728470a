# SPDX-License-Identifier: BSD-2-Clause
# Programs whose business is to start others: as other users, detached, limited, watched, supervised, debugged.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	chmod 666 "$RUMP_SCRATCH/kernel" 2>/dev/null || true
	export RUMP_TIMEOUT=60
}

# Runs standard input as `same` does; `await FILE WORD` is what it waits with.
snippet() {
	same 'echo x >f; chmod 666 f; chmod 777 .; await() { until grep -qs "$2" "$1"; do :; done; }
'"$(cat)"
}

@test "as another user: su, runuser, setpriv, sudo" {
	[ "$(id -u)" -eq 0 ] || skip "cannot become another user"
	setpriv --reuid nobody --clear-groups test -r "$RUMPHIJACK_LIB" || skip "not for another user's eyes"
	need sudo
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$RUMP_SCRATCH" 2>/dev/null
	snippet <<'END'
su nobody -s /bin/sh -c 'id -un; pwd; cat f; echo su >h; cat h; ls -n h | cut -d" " -f 3'
su - nobody -s /bin/sh -c 'env | sort'
runuser -u nobody -- sh -c 'cat f; id -un'
setpriv --reuid nobody --regid nogroup --clear-groups sh -c 'cat f; id -u; echo new >n; cat n; env -i /bin/cat f'
sudo -n -u nobody sh -c 'id -u; pwd; cat f; echo u >g; ls -l g | cut -c1-10'
sudo -n -i pwd
sudo -n -u nobody env | grep -c -e RUMP -e LD_PRELOAD
END
}

@test "detached: nohup, setsid, start-stop-daemon, screen, dtach" {
	need start-stop-daemon screen dtach
	snippet <<'END'
nohup sh -c 'cat f; pwd' </dev/null
ls nohup.out
setsid -f sh -c 'echo forked >sf'; await sf forked; cat sf
start-stop-daemon --start --background --make-pidfile --pidfile $PWD/pid --chdir $PWD --startas /bin/sh -- -c 'pwd >ssd; echo more >>ssd; exec tail -f /dev/null'
await ssd more; cat ssd; start-stop-daemon --stop --pidfile $PWD/pid --quiet; echo $?
export SCREENDIR=$PWD/scr TERM=xterm; mkdir -m 700 scr
screen -dmS t sh -c 'cat f >sc; pwd >>sc; echo end >>sc'; await sc end; cat sc
dtach -n $PWD/dt.sock sh -c 'cat f >dt; pwd >>dt; echo end >>dt'; await dt end; cat dt
END
}

@test "limited: timeout, nice, chrt, ionice, taskset, prlimit, flock" {
	need chrt ionice taskset prlimit flock
	snippet <<'END'
timeout 30 cat f; timeout -s KILL 0.2 tail -f f >/dev/null; echo $?; timeout --foreground 0.2 tail -f f >/dev/null; echo $?
nice -n 3 sh -c 'nice; cat f'; chrt -b 0 cat f; ionice -c 3 cat f; taskset -c 0 cat f
prlimit --nofile=64 sh -c 'ulimit -n; cat f; ls >/dev/null; exec 60>q; echo deep >&60; cat q'
flock lock sh -c 'cat f'; (flock 9; cat f) 9>lock; flock -n lock sh -c 'flock -n lock true; echo $?'
END
}

@test "with a terminal: script, expect, unbuffer" {
	need script expect unbuffer
	snippet <<'END'
script -qec 'cat f; tty | sed s/[0-9]*$//; pwd' /dev/null
expect -c 'spawn -noecho sh -c "read x; pwd; cat f; exit 7"; send "line\r"; expect eof; lassign [wait] a b c d; puts "status $d"' | tr -d '\r' | tail -3
unbuffer sh -c 'cat f; test -t 1 && echo tty' | tr -d '\r'
END
}

@test "many at a time: xargs, parallel, make, ninja" {
	need parallel make ninja
	snippet <<'END'
seq 40 | xargs -P 8 -n 1 sh -c 'echo $0 >x$0; cat x$0' | sort -n | tail -3
seq 3 | busybox xargs -n 1 no-such-program 2>/dev/null; echo $?
seq 8 | parallel --will-cite -j 4 'echo {} >p{}; cat p{}' 2>/dev/null | sort -n
{ echo "all: t1 t2 t3 t4 t5 t6"; printf 't%%: f\n\t@cat f >$@; echo done $@\n'; } >Makefile
make -j4 | sort; make -j4; ls t?
printf 'rule cc\n  command = cat $in > $out && echo made $out\nbuild a: cc f\nbuild b: cc a\nbuild c: cc a\ndefault b c\n' >build.ninja
ninja -j3 | sed 's/^\[.*//' | sort; ninja
END
}

@test "supervised: supervisord, runit, s6, tini, dumb-init" {
	need supervisord runsvdir s6-svscan tini dumb-init
	snippet <<'END'
cat >sup.conf <<E
[supervisord]
nodaemon=true
logfile=$PWD/sup.log
pidfile=$PWD/sup.pid
[program:one]
command=/bin/sh -c "cat f; pwd; echo end; exec tail -f /dev/null"
directory=$PWD
stdout_logfile=$PWD/one.log
startsecs=0
E
supervisord -c sup.conf >/dev/null 2>&1 & p=$!
await one.log end; cat one.log; kill $p; wait $p; echo $?
mkdir -p sv/a s6/a
printf '#!/bin/sh\npwd; echo up >../../$(basename $(dirname $PWD)).up; exec tail -f /dev/null\n' | tee sv/a/run >s6/a/run
chmod 755 sv/a/run s6/a/run
runsvdir sv >sv.log 2>&1 & p=$!
await sv.up up; cat sv.log; sv -w 60 force-stop $PWD/sv/a | sed "s/: [0-9]*s/: Ns/g"; kill -HUP $p; wait $p; echo $?
s6-svscan s6 >s6.log 2>&1 & p=$!
await s6.up up; cat s6.log; s6-svc -d s6/a; s6-svwait -d -t 60000 s6/a; s6-svscanctl -t s6; wait $p; echo $?
for i in 'tini -s --' dumb-init; do $i sh -c 'cat f; pwd; exit 3'; echo $?; done
END
}

@test "servers that start programs: xinetd, socat" {
	need xinetd socat nc
	snippet <<'END'
cat >xi.conf <<E
service test
{
 type = UNLISTED
 port = $PORT
 bind = 127.0.0.1
 socket_type = stream
 protocol = tcp
 wait = no
 user = $(id -un)
 server = /bin/cat
 server_args = f
}
E
xinetd -dontfork -f $PWD/xi.conf -pidfile $PWD/xi.pid 2>/dev/null & p=$!
wait_port $PORT; nc -w 3 127.0.0.1 $PORT </dev/null; stop $p
socat EXEC:'cat f',pty STDOUT | tr -d '\r'; socat -t 5 SYSTEM:'echo sys; cat f' -
END
}

@test "looked into: strace, ltrace, gdb, valgrind" {
	need strace ltrace gdb valgrind cc
	snippet <<'END'
strace -f -o st.out cat f; grep -c execve st.out; strace -o st2.out -e trace=execve sh -c 'cat f; pwd'
ltrace -o lt.out cat f; test -s lt.out; echo $?
cat >p.c <<E
#include <stdio.h>
int f(int a) { return a + 1; }
int main(void) { char b[9]; printf("%d %s", f(3), fgets(b, 9, fopen("f", "r"))); return 0; }
E
cc -g -o p p.c
gdb -q -nx -batch -ex 'break f' -ex run -ex bt -ex 'print a' -ex c ./p 2>&1 | sed -n 's/0x[0-9a-f]*/X/g; /^#/p; /^\$1/p; /^4/p; /^x/p; /exited/s/process [0-9]*/process N/p'
valgrind -q --error-exitcode=9 cat f; echo $?
valgrind -q --trace-children=yes sh -c 'cat f; mkdir -p d; cd d; pwd; ls -l; stat -c %s ../f; rmdir ../d'
valgrind -q --tool=helgrind ls
END
}

@test "wrapped: faketime, eatmydata, fakeroot, stdbuf; other shells" {
	need faketime eatmydata fakeroot tcsh ksh mksh zsh
	snippet <<'END'
faketime '2001-01-01 00:00:00' date +%Y; eatmydata sh -c 'cat f; pwd'; stdbuf -oL cat f
fakeroot sh -c 'id -u; cat f; touch own; chown 5:6 own; stat -c %u own'
for s in tcsh ksh mksh zsh; do $s -c 'cat f; pwd; ls | wc -l; echo a | cat; no-such-program; echo $?' 2>/dev/null; echo $?; done
END
}
