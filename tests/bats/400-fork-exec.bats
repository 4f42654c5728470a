# SPDX-License-Identifier: BSD-2-Clause
# Processes: what children and new images have of the kernel.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "descriptors and the current directory pass over fork and exec" {
	same 'echo text >f; exec 3<f; cat <&3; mkdir d; cd d; pwd; sh -c pwd; (cd ..; pwd); env pwd; sh -c "cat ../f; cd ..; ls"; exec 4>out; sh -c "echo child >&4"; echo parent >&4; cat out; (exec 3<../f; cat <&3)'
	same 'exec 5<f; sh -c "read x <&5; echo \$x" ; cat <&5 | wc -c; cd d; exec sh -c "pwd; ls"'
}

@test "a program that lies in the kernel can be run" {
	same 'cp /bin/echo e; ./e hello; mkdir bin; cp /bin/cat bin; PATH=$PWD/bin:$PATH; echo x >f; cat f; chmod -x e; ./e; echo $?; ./missing; echo $?; ./bin; echo $?'
}

@test "scripts that lie in the kernel, with interpreters in both worlds" {
	same 'printf "#!/bin/sh\necho \"script \$0 \$*\"\n" >s; chmod 755 s; ./s a b; sh s c; cp /bin/sh mysh; printf "#!$PWD/mysh\necho mine \$*\n" >t; chmod 755 t; ./t x; printf "#!/bin/sh -e\nfalse\necho no\n" >u; chmod 755 u; ./u; echo $?; printf "#!/no/such\n" >v; chmod 755 v; ./v; echo $?; printf "echo plain\n" >w; chmod 755 w; ./w'
	same 'printf "#!/usr/bin/env sh\necho by env\n" >x; chmod 755 x; ./x; printf "#!/usr/bin/python3\nimport sys; print(sys.argv[1:])\n" >y; chmod 755 y; ./y 1 2; printf "#!./s nested\n" >z; chmod 755 z; ./z arg'
}

@test "pipelines, background jobs, subshells, command substitution" {
	same 'seq 1000 >n; cat n | grep 7 | sort -rn | head -n 3; for i in 1 2 3 4 5; do (echo $i >f$i) & done; wait; cat f?; x=$(cat $(ls f1) f2); echo $x; { cat f3; } | { read y; echo "y=$y"; }; ls f* | xargs -P 4 -n 1 cat | sort'
	same 'sh -c "exit 3"; echo $?; sh -c "kill -TERM \$\$"; echo $?; (trap "echo trapped" USR1; kill -USR1 $$) ; nohup true </dev/null >/dev/null 2>&1; timeout 5 cat n | tail -n 1; timeout 0.1 tail -f n >/dev/null; echo $?; nice cat f1; setsid cat f2; env -i /bin/cat f3; time -p true 2>/dev/null; exec cat f4'
}

@test "python: subprocess, os.fork, multiprocessing, posix_spawn" {
	cat >"$RUMP_SCRATCH/procs.py" <<'EOT'
import multiprocessing, os, subprocess, sys
open("f", "w").write("text\n")
print(subprocess.run(["cat", "f"], capture_output=True, text=True)); print(subprocess.check_output("pwd; ls", shell=True, text=True).split()[-1:])
os.makedirs("d", exist_ok=True); print(subprocess.run(["ls", ".."], cwd="d", capture_output=True, text=True).stdout.split())
with open("out", "w") as o: subprocess.run(["echo", "to file"], stdout=o)
with open("out") as i: print(subprocess.run(["cat"], stdin=i, capture_output=True, text=True).stdout)
try: subprocess.run(["cat"], cwd="missing")
except OSError as e: print(type(e).__name__, e.filename)
r, w = os.pipe(); fd = os.open("f", os.O_RDONLY)
sys.stdout.flush(); pid = os.fork()
if pid == 0: os.write(w, os.read(fd, 2)); os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 9), os.read(fd, 9))
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "cat <&9; exit 4"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, os.open("f", os.O_RDONLY), 9)]); print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(os.system("exit 5") >> 8, os.popen("cat f").read())
def work(i): open(f"w{i}", "w").write(str(i)); return len(open("f").read()) + i
if __name__ == "__main__":
    with multiprocessing.Pool(4) as p: print(p.map(work, range(8)))
    print(sorted(x for x in os.listdir(".") if x.startswith("w")))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/procs.py"
}

@test "a listener is shared by forked workers, and lives while one does" {
	cat >"$RUMP_SCRATCH/workers.py" <<'EOT'
import os, socket
s = socket.create_server(("127.0.0.1", int(os.environ["PORT"]))); addr = s.getsockname(); pids = []
for i in range(4):
    pid = os.fork()
    if pid == 0:
        while True:
            c, _ = s.accept(); word = c.recv(10)
            if word == b"end": os._exit(0)
            c.sendall(word.upper()); c.close()
    pids.append(pid)
s.close()
def ask(w):
    with socket.create_connection(addr) as c: c.sendall(w); return c.recv(10)
print([ask(b"w%d" % i) for i in range(20)]); [ask(b"end") for _ in pids]; print([os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in pids])
try: ask(b"x")
except OSError as e: print(type(e).__name__)
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/workers.py"
}

@test "a connection survives exec as a numbered descriptor" {
	need socat
	printf '#!/bin/sh\nread x\necho "got $x"\nexec /bin/echo done\n' >"$RUMP_SCRATCH/handler"
	chmod 755 "$RUMP_SCRATCH/handler"
	same "socat TCP-LISTEN:\$PORT,bind=127.0.0.1,fork,reuseaddr EXEC:$RUMP_SCRATCH/handler 2>/dev/null & p=\$!"'
		wait_port $PORT; echo word | socat -t 10 - TCP:127.0.0.1:$PORT; stop $p'
}

@test "hundreds of short programs in a row" {
	same 'i=0; while [ $i -lt 200 ]; do /bin/echo $i >>f; i=$((i + 1)); done; wc -l f; tail -n 1 f'
}

@test "programs that vfork learn from their children: busybox xargs, make, dash" {
	need busybox make
	same 'echo a | busybox xargs no-such-program 2>/dev/null; echo $?; echo a | busybox xargs -n 1 echo got; dash -c "no-such-program 2>/dev/null; echo \$?; ls f* 2>/dev/null; echo x >f; cat f"; printf "all: a b\na:\n\techo a >a\nb: a\n\tcat a >b\n\tno-such-program\n" >Makefile; make -j 3 2>/dev/null; echo $?; ls'
}

@test "closing every descriptor does not cut the program off" {
	same '/usr/bin/python3 -c "
import os
open(\"f\", \"w\").write(\"x\")
os.closerange(3, 1024)
print(os.listdir(\".\"))
fd = os.open(\"f\", os.O_RDONLY); print(fd)
for n in range(3, 200): os.dup2(fd, n)
print(os.stat(\"f\").st_size, os.listdir(\".\"))
"'
}

@test "an emptied environment stays in the kernel, and is empty" {
	not_under_asan "its options go with the environment"
	same 'echo inside >f; env -i env; env -i A=b env; env -i A=b sh -c "cat f; env -i cat f; exec env -i ls"; env -i LD_PRELOAD=libm.so.6 env; env -i LD_PRELOAD=libm.so.6 sh -c "cat f; env -i sh -c \"cat f; ls\"" ; env -i sh -c "export LD_PRELOAD=libm.so.6; cat f; env -u PWD -u _ -u SHLVL env"'
	same '/usr/bin/python3 -c "
import os, subprocess
open(\"f\", \"w\").write(\"text\n\")
print(subprocess.run([\"/bin/cat\", \"f\"], env={}, capture_output=True))
for argv in [\"cat\", \"f\"], [\"env\"], [\"sh\", \"-c\", \"cat f; cat f | cat\"]:
    os.waitpid(os.posix_spawn(\"/bin/\" + argv[0], argv, {\"X\": \"y\"}), 0)
"'
}

@test "who wants to leave the kernel can" {
	run_rump sh -c 'echo x >/rump/f; exec 3</rump/f; LD_PRELOAD= cat /rump/f 2>/dev/null || env -u LD_PRELOAD cat /rump/f 2>/dev/null || env -u LD_PRELOAD cat <&3'
	assert_output x
	export RUMPHIJACK=path=/rump,keepenv=no
	run_rump sh -c 'exec 3</rump/f; env -i /bin/cat /rump/f 2>/dev/null || env -i /bin/cat <&3'
	assert_output x
	RUMPHIJACK=keepenv=maybe run_rump true
	assert_failure
	assert_output --partial "keepenv is yes or no"
}

@test "children of a program that is not hijacked do not share its connection" {
	compile_c middle -static <<-'EOT'
		#include <stdio.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int
		main(void)
		{
			char name[12];
			int bad = 0, status;
			for (int i = 0; i < 8; i++) {
				sprintf(name, "d%d", i);
				if (fork() == 0) {
					execl("/bin/sh", "sh", "-c", "cd /rump && for i in 1 2 3 4 5; do mkdir $0 && rmdir $0 || exit 1; done", name, NULL);
					_exit(1);
				}
			}
			while (wait(&status) > 0)
				bad += status != 0;
			printf("failed %d\n", bad);
			fflush(stdout);
			execl("/bin/sh", "sh", "-c", "cat /rump/f", NULL);
		}
	EOT
	run_rump sh -c "echo text >/rump/f; cat /rump/f; exec $RUMP_SCRATCH/middle"
	assert_output "$(printf 'text\nfailed 0\ntext')"
}

@test "children of a program that is not hijacked are where it is" {
	compile_c elsewhere -static <<-'EOT'
		#include <sys/wait.h>
		#include <unistd.h>
		int
		main(void)
		{
			if (chdir("/usr") != 0)
				return 1;
			if (fork() == 0)
				execl("/bin/sh", "sh", "-c", "pwd; cat /rump/f /proc/$$/comm; ls -d bin", NULL);
			return wait(NULL) < 0;
		}
	EOT
	run_rump sh -c "mkdir /rump/d; echo text >/rump/f; cp $RUMP_SCRATCH/elsewhere /rump/d; cd /rump/d; ./elsewhere"
	assert_output "$(printf '/usr\ntext\nsh\nbin')"
}

@test "root that becomes another user with its first routed call still to come" {
	((EUID == 0)) || skip "not root"
	need setpriv
	others_read_library
	run_rump setpriv --reuid=65534 --regid=65534 --clear-groups \
		sh -c 'echo mine >/rump/tmp/f; cat /rump/tmp/f; stat -c "%u %g" /rump/tmp/f'
	assert_success
	assert_output "mine
65534 65534"
}
