# SPDX-License-Identifier: BSD-2-Clause
# find, grep, sed, sort, tee, diff, xargs and friends on trees of the rump kernel.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "find: tests, actions, links, order of depth" {
	same 'make_tree t; find t | sort; find t -type f | sort; find t -type l | sort; find t -type p; find t -empty | sort; find t -name "n*" | sort'
	same 'find t -size +10k; find t -perm -4000 | sort; find t -links 2 -type f | sort; find t -samefile t/one | sort; find -L t -type f | sort; find t -maxdepth 1 | sort; find t -xtype l'
	same 'find t -type f -exec wc -c {} + | sort; find t -name "*.x" -o -type d -print | sort; find t -newer t/sub/numbers -type d | sort; find t -depth | tail -n 1; find missing; find t -mindepth 3 -printf "%P %y %s\n" | grep -v " d " | sort'
	same 'find t -type f -execdir echo {} \; | sort; find t -type f -print0 | xargs -0 ls | sort; find t -name nothing -delete; find t -type d -empty | sort; find t -delete; ls'
}

@test "grep: files, trees, counts, binary files" {
	same 'make_tree t; rm t/fifo; grep -c 1 t/sub/numbers; grep -rl one t | sort; grep -r "^19[0-9]9$" t; grep -n 1999 t/sub/numbers; grep x t; grep x missing; grep -s x missing; grep -q 77 t/sub/numbers && echo found'
	same 'grep -rc 7 t | sort; grep -L one t/one t/zeros; grep -a -c "" t/zeros; grep -l one t/*; grep -R one t | sort; grep --include="num*" -rh 500 t; printf "a\0b\n" >bin; grep b bin; grep -v 1 t/sub/numbers | tail -n 1'
}

@test "sed: streams, in place, backups" {
	same 'seq 5 >f; sed s/3/three/ f; sed -i s/3/three/ f; cat f; sed -i.bak 1d f; cat f; cat f.bak; ls; sed -n 2p f; sed -i x missing; ln -s f l; sed -i s/5/five/ l; ls -F; sed "w out" f >/dev/null; cat out; chmod 640 f; sed -i 1d f; stat -c %a f'
}

@test "sort: merges, uniqueness, temporary files, in place" {
	same 'seq 3000 | sort -R --random-source=/dev/zero >f; sort -n f | head -n 3; sort -n -o f f; head -n 2 f; sort -u f f | wc -l; sort -c f; sort -nc f && echo ok; sort -m f f | wc -l; sort missing'
	same 'mkdir tmp; seq 20000 | sort -S 64k -T tmp | tail -n 1; ls tmp; uniq -c f | tail -n 1; tsort </dev/null'
}

@test "tee, redirections, pipes, here documents" {
	same 'echo a | tee x y; cat x y; echo b | tee -a x; cat x; echo c | tee missing/z; exec 3>f; echo one >&3; echo two >&3; exec 3>&-; cat f; cat <f >g; cmp f g && echo same'
	same 'exec 4<f; read a <&4; read b <&4; echo "$b $a"; exec 5<>f; echo ONE >&5; cat f; echo three >>f; cat f; set -C; echo x >f; echo x >|f; cat f; echo x >.; cat <missing; : >f; test -s f || echo empty'
	same '{ echo out; echo err >&2; } >both 2>&1; cat both; cat <<EOT >h
here $((1 + 1))
EOT
cat h; (echo sub >s; cat s) | cat; ls | while read -r n; do echo "[$n]"; done; x=$(cat s); echo "$x"'
}

@test "diff, cmp, patch, comm" {
	same 'make_tree t; rm t/fifo; cp -a t u; diff -r t u && echo equal; echo more >>u/sub/numbers; touch u/new; diff -rq t u; diff t/sub/numbers u/sub/numbers; cmp t/zeros u/zeros; cmp t/one t/zeros; diff t missing'
	same 'seq 10 >a; sed s/5/five/ a >b; diff -u --label a --label b a b >p; cat p; patch a p; cmp a b && echo patched; patch -R a p; patch -R a p </dev/null; ls'
}

@test "awk, xargs, tr, split, base64, sums" {
	same 'seq 100 >n; awk "{ s += \$1 } END { print s }" n; awk "{ print > \"out\" (\$1 % 3) }" n; wc -l out*; awk "BEGIN { while ((getline l < \"n\") > 0) c++; print c }"; awk 1 missing; ls out* | xargs -n 1 echo'
	same 'md5sum n >sums; sha256sum n >>sums; cat sums; md5sum -c sums 2>/dev/null | head -n 1; base64 n | base64 -d | cmp - n && echo same; split -l 30 n part.; ls part.*; cat part.* | cmp - n; tr 1 x <n | head -n 1; xxd n | head -n 1'
}

@test "ed and make work on files of the kernel" {
	need ed make
	same 'seq 3 >f; printf "2d\nw\nq\n" | ed -s f; cat f'
	same 'printf "all: b\nb: a\n\tcp a b\n" >Makefile; echo x >a; make; make; touch -d "+1 min" a; make; make missing; rm b; make -n; make -s; ls'
}
