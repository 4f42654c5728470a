# SPDX-License-Identifier: BSD-2-Clause
# Shells as their users use them: the same script in each of them, with its files in the kernel.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

# What every POSIX shell has.
common='
seq 100 >n; sort -rn <n | head -n 2 | { read a; read b; echo "$a $b"; }
cat <<E >doc
here $((1 + 2)) $(echo nested | tr a-z A-Z)
E
cat doc; cat <<"E" - doc | sed s/^/-/
quoted $x
E
f() { echo "function $1"; return 3; }; f x >out; echo $?; cat out
exec 3>fd3 4<n; echo to three >&3; read -r first <&4; echo "$first"; exec 3>&- 4<&-; cat fd3
( cd /; pwd; cd - >/dev/null; ls ) | wc -l
mkdir -p sub/dir; cd sub/dir; echo ../*; cd ../..; for i in n d*; do echo "$i"; done
x=$(cat <<E
in a substitution
E
); echo "$x"; { echo a; echo b >&2; } >both 2>&1; cat both
tail -f n >f1 & kill $!; wait $! 2>/dev/null; echo "killed $?"
trap "echo on exit" EXIT; (exit 7) || echo $?; false | true; echo $?; test -s n; ! test -e missing
umask 027; : >private; stat -c %a private; i=0; while [ $i -lt 20 ]; do i=$((i + 1)); echo $i; done >loop; wc -l <loop
command -v f; type cd >/dev/null; eval "echo \$((i * 2))"; printf "%s\n" "$(wc -c <n)" >|n2; cat n2
'

@test "dash" {
	need dash
	same_in dash "$common"
}

@test "bash" {
	need bash
	same_in bash "$common"
}

@test "zsh" {
	need zsh
	same_in zsh "$common"
}

@test "busybox sh, and its own programs" {
	need busybox
	if ! ldd "$(command -v busybox)" >/dev/null 2>&1; then
		skip "a static busybox is not hijacked"
	fi
	same 'mkdir bin; ln -s /bin/busybox bin/sh'
	same "exec busybox sh -c '$common'"
}

@test "bash: coprocesses, process substitution, here strings, descriptors by name" {
	need bash
	same_in bash 'coproc C { while read -r l; do echo "<$l>"; done; }; echo hi >&"${C[1]}"; read -r r <&"${C[0]}"; echo "$r"
		eval "exec ${C[1]}>&-"; wait; seq 5 >a; diff <(sort -r a) <(cat a) | head -n 3; cat <<<"$(<a)"
		exec {v}>named; echo "to $((v > 9))" >&$v; exec {v}>&-; cat named; sort -rn < <(cat a)
		mapfile -t m <a; echo "${m[*]}"; [[ a -nt missing ]] && echo newer; shopt -s globstar; mkdir -p x/y; : >x/y/z; echo **/z
		while read -ru 5 l; do echo -n "$l,"; done 5<a; echo; set -o noclobber; echo x >a; echo $?; set -o pipefail; false | cat; echo $?'
}

@test "bash: a connection to the kernel's network as a descriptor" {
	need bash socat
	same_in bash 'socat TCP-LISTEN:$PORT,bind=127.0.0.1,reuseaddr,fork SYSTEM:"read x; echo got \$x" & p=$!
		wait_port $PORT; exec 7<>/dev/tcp/127.0.0.1/$PORT; echo word >&7; read -r r <&7; echo "$r"; exec 7>&-; stop $p
		(exec 7<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null; echo $?'
}

# On a terminal of its own, as somebody at the keyboard would.
@test "job control: stop, background, foreground" {
	need bash script
	cat >"$RUMP_SCRATCH/jobs" <<-'EOT'
		set -m
		echo >n
		tail -f n >f &
		jobs %1
		kill -STOP %1; wait %1 2>/dev/null; jobs
		kill -CONT %1; kill %1; wait %1; echo "status $?"
		(echo sub >s; kill -STOP $BASHPID; echo resumed >>s)
		jobs
		fg >/dev/null
		cat s
		exit 4
	EOT
	same "script -qec 'bash --norc --noprofile $RUMP_SCRATCH/jobs' /dev/null </dev/null | tr -d '\\r'"
}

@test "a script of 500 commands" {
	same 'i=0; while [ $i -lt 250 ]; do /bin/echo $i; i=$((i + 1)); done | while read -r n; do /usr/bin/expr $n + 1; done | tail -n 2'
}

# bash has functions of its own named setenv and unsetenv.
@test "what a shell that began in the kernel starts elsewhere is there" {
	local shell

	mkdir "$RUMP_SCRATCH/host"
	hijack mkdir /rump/dir
	for shell in bash dash zsh; do
		command -v $shell >/dev/null || continue
		run_rump bash -c "cd /rump/dir && exec $shell -c 'cd $RUMP_SCRATCH/host; touch made-by-$shell; /bin/pwd'"
		assert_output "$RUMP_SCRATCH/host"
		[ -e "$RUMP_SCRATCH/host/made-by-$shell" ]
	done
	[ -z "$(hijack ls /rump/dir)" ]
}
