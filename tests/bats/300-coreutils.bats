# SPDX-License-Identifier: BSD-2-Clause
# coreutils on files of the rump kernel do and say what they do on the host.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "ls: names, kinds, modes, links, sizes, orders" {
	same 'make_tree t; ls t; ls -a t; ls -R t; ls -F t; ls -1 t/sub; ls -d t'
	same 'ls -l --time-style=+%Y t | sed 1d | awk "{ print \$1, \$2, \$3, \$4, \$NF }"'
	same 'cd t; ls -l --time-style=full-iso sub/numbers zeros | awk "{ print \$1, \$2, \$5 }"'
	same 'ls -S t/zeros t/one t/sub/numbers; ls -tr t/sub; ls -U t/sub/deep/er; ls -n t/one | cut -c-12'
	same 'ls missing; ls t/one/below; ls t missing; ls -l t/dangling | sed "s/.* t/t/"'
	same 'ls -i t/one t/hard | awk "{ print \$1 }" | uniq | wc -l; ls -L t/link; ls --color=always t'
}

@test "cp: files, trees, attributes, errors" {
	same 'make_tree t; cp t/one copy && cat copy; cp -r t r 2>&1; ls -R r | grep -v fifo'
	same 'cp -a t a && diff -r --no-dereference t a; stat -c "%n %a %F %h %Y" a a/one a/sub/numbers a/link'
	same 'cp -p t/sub/numbers p; stat -c "%a %Y %s" p; cp -l t/zeros l; stat -c %h l; cp -s t/zeros s; readlink s'
	same 'cp t x; cp missing x; cp t/one t/zeros x; cp t/one t; cp t/one t/one; cp -n t/zeros copy; cat copy'
	same 'cp -u t/one copy; cp --backup t/one copy; ls copy*; cp -v t/one v; cp --sparse=always t/zeros sp; cmp sp t/zeros'
	same 'cp -L t/link followed; stat -c %F followed; cp -P t/link notfollowed; stat -c %F notfollowed'
}

@test "cp between the host and the kernel, both ways" {
	local out=$RUMP_SCRATCH/out in=$RUMP_SCRATCH/in

	mkdir -p "$in/d"
	seq 10000 >"$in/d/numbers"
	ln -s d/numbers "$in/link"
	run_rump cp -a "$in" /rump/in
	assert_success
	run_rump diff -r --no-dereference "$in" /rump/in
	assert_success
	run_rump cp -a /rump/in "$out"
	assert_success
	run diff -r --no-dereference "$in" "$out"
	assert_success
}

@test "mv: names, directories, over others, between kernels" {
	same 'make_tree t; mv t/one t/two; ls t; mv t/sub t/moved; ls t t/moved; mv t/two t/moved; ls t/moved'
	same 'mv missing x; mv t t/moved; mv t/zeros t/empty/; ls t/empty; echo new >n; mv -n n t/hard; cat t/hard'
	same 'mv -f n t/hard; cat t/hard; mkdir e; mv -T e t/empty; mv -T e t/private; ls -d e; mv -v t u'
	echo text >"$RUMP_SCRATCH/file"
	run_rump mv "$RUMP_SCRATCH/file" /rump/file
	assert_success
	[ ! -e "$RUMP_SCRATCH/file" ]
	run_rump cat /rump/file
	assert_output text
	run_rump mv /rump/file "$RUMP_SCRATCH/back"
	assert_success
	run_rump ls /rump/file
	assert_failure
}

@test "rm, rmdir, unlink: what goes and what stays" {
	same 'make_tree t; rm t/one; cat t/hard; rm t/one; rm -f t/one; rm t; rm -r t/sub; ls t'
	same 'rmdir t/empty; rmdir t; rmdir missing; rmdir t/zeros; rm -d t/private; unlink t/link; ls t; rm -rv t/zeros; rm -rf t; ls'
	same 'mkdir -p a/b/c; rmdir -p a/b/c; ls; mkdir ro; touch ro/f; rm -i ro/f </dev/null; ls ro'
}

@test "mkdir, ln, readlink, realpath" {
	same 'mkdir a; mkdir a; mkdir -p a/b/c a/b/c; mkdir x/y; mkdir -m 700 m; stat -c %a m; umask 077; mkdir u; stat -c %a u'
	same 'echo x >f; ln f g; ln f g; ln a h; ln missing h; ln -s f s; ln -s f s; ln -sf a s; readlink s; ln -sfn f s; cat s'
	same 'ln -s loop loop; cat loop; readlink missing; readlink f; readlink -f s; realpath s a/b/../b; realpath missing/x; realpath -e missing'
	same 'ln -s a/b ab; ls ab; cd ab && pwd; cd c && pwd -P; ls ../..'
}

@test "cat, head, tail, tac, nl, wc, cut" {
	same 'seq 100 >n; cat n n | wc; head -n 3 n; head -c 5 n; tail -n 2 n; tail -c 4 n; tail -n +98 n; tac n | head -n 2'
	same 'cat missing n | tail -n 1; cat .; cat -n n | tail -n 1; nl n | tail -n 1; wc n; wc -lc n missing; wc -l <n; cut -c1 n | sort | uniq -c'
	same 'head -n -98 n; od -c n | head -n 2; split -n 3 n p; wc -c p*; paste n n | tail -n 1; fold -w 1 n | head -n 12 | tail -n 1'
	same 'printf x >>n; tail -c 2 n; : >n; wc -c n; cat n; csplit -s missing 1; shuf -n 1 n; comm n n; join n n; expand n'
}

@test "dd: offsets, holes, truncation, append" {
	same 'dd if=/dev/zero of=f bs=1k count=8 2>/dev/null; stat -c %s f; printf abc | dd of=f bs=1 seek=100 conv=notrunc 2>/dev/null; stat -c %s f; dd if=f bs=1 skip=100 count=3 2>/dev/null'
	same 'printf end | dd of=f bs=1 seek=10000 conv=notrunc 2>/dev/null; stat -c %s f; dd if=f bs=1 skip=9000 count=4 2>/dev/null | od -c'
	same 'printf x | dd of=f oflag=append conv=notrunc 2>/dev/null; tail -c 4 f; dd if=f of=g bs=512 count=2 2>&1 | head -n 2; cmp f g'
	same 'dd if=missing; dd if=f of=. ; dd if=f of=h conv=excl 2>/dev/null; dd if=f of=h conv=excl; truncate -s 5 h; stat -c %s h; truncate -s +5 h; stat -c %s h'
}

@test "touch, stat, test, file times" {
	same 'touch -d "2001-02-03 04:05:06" f; stat -c "%Y %X %s %F %a %h %U" f; touch -r f g; stat -c %Y g; touch -c missing; ls; touch -a -d @1000 f; stat -c "%X %Y" f'
	same 'touch -m -d @2000.5 f; stat -c %.Y f; touch missing/f; touch .; stat missing; stat -c "%n %F" . f; ln -s f l; stat -c %F l; stat -Lc %F l; touch -h -d @5 l; stat -c %Y l'
	same 'for t in -e -f -d -r -w -s -L -h -p; do test $t f && echo $t; done; test f -nt g && echo nt; test f -ef f && echo ef; test -d . && echo dir; test -x f || echo no'
	same 'stat -f -c %T . >/dev/null && echo yes; date -r f +%s; df . >/dev/null && echo yes; mktemp -d ./tmp.XXXX | wc -c; sync f; truncate -s 3 f; du -b f; cksum f'
}

@test "chmod, chown, umask" {
	same 'touch f; chmod 640 f; stat -c %a f; chmod u+x,g-r f; stat -c %a f; chmod 1777 .; stat -c %a .; chmod a= f; stat -c %A f; chmod 7755 f; stat -c %A f'
	same 'chmod 600 missing; chmod zz f; mkdir -p d/e; touch d/e/f; chmod -R go-rx d; stat -c "%a %n" d d/e d/e/f; ln -s f l; chmod 600 l; stat -c %a f'
	same 'umask 027; touch u; mkdir v; stat -c %a u v; chown "$(id -u)" u && echo ok; chgrp "$(id -g)" u && echo ok; chmod --reference=f u; stat -c %a u; chmod -v 644 u'
}

@test "chown to another user, as root" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	same 'touch f; chown 1:2 f; stat -c "%u %g" f; chown 3 f; chgrp 4 f; stat -c "%u %g" f; ln -s f l; chown -h 5 l; stat -c %u l f; mkdir d; chown -R 6:6 d; stat -c "%u %g" d'
}

@test "another user may not use the server" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to become another"
	run_tool setpriv --reuid 65534 --clear-groups env LD_PRELOAD="$RUMPHIJACK_LIB" ls /rump
	assert_failure
}

@test "odd names: spaces, newlines, bytes, dashes, long ones" {
	same 'touch "a b" -- -x "$(printf "new\nline")" "$(printf "\377\001")" "\$HOME" "*"; ls -b; rm -- -x; ls -Q; rm -- *; ls -A'
	same 'n=$(printf "%0255d" 0); touch $n && ls | wc -c; touch 0$n; mkdir 0$n; ls | wc -l; rm $n; cat "" ; mkdir ""; ls ./././/.; ls -d .//'
	same 'd=$(printf "%0200d" 0); for i in 1 2 3 4 5 6; do mkdir $d && cd $d && touch f; done; find . -name f | wc -l; ls $d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d'
}

@test "trailing slashes and dots" {
	same 'mkdir d; touch f; ls -d d/ d/. d/..; ls f/; cat f/.; mkdir e/ && ls -d e; rmdir e/; ln -s d l; ls -d l/; rm l/; rm d/.; rmdir d/.; mv d/ g/; ls; touch h/; mkdir f/x'
	same 'rm -rf .; rm -rf ..; cd g && rmdir ../g; ls; pwd; mkdir x; cd ..; ls'
}

@test "many files in one directory" {
	same 'mkdir m; cd m; seq 1 1500 | xargs touch; ls | wc -l; ls -f | wc -l; rm *1; ls | wc -l; for i in *7; do mv $i x$i; done; ls x* | wc -l; cd ..; rm -r m; ls'
}
