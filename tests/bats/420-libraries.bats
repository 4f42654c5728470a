# SPDX-License-Identifier: BSD-2-Clause
# Programs whose shared libraries lie in the kernel: found as the dynamic linker of the host would.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	need cc
	server_start
}

# Sources: a library that needs another one, and a program.
sources='printf "int two(void) { return 2; }\n" >two.c; printf "int two(void); int one(void) { return two() + 40; }\n" >one.c; printf "#include <stdio.h>\n#include <stdlib.h>\nint one(void); int main(void) { return printf(\"%%d %%s\\\\n\", one(), getenv(\"LD_LIBRARY_PATH\") ? getenv(\"LD_LIBRARY_PATH\") : \"unset\") < 0; }\n" >main.c; mkdir -p lib;'

@test "by LD_LIBRARY_PATH: absolute, relative, empty, and lost" {
	same "$sources"' cc -shared -fPIC -o lib/libtwo.so two.c && cc -shared -fPIC -o lib/libone.so one.c -Llib -ltwo && cc -o prog main.c -Llib -lone -Wl,-rpath-link,lib; ./prog 2>&1 | sed "s/.*error/error/"; LD_LIBRARY_PATH=$PWD/lib ./prog; LD_LIBRARY_PATH=lib ./prog; LD_LIBRARY_PATH=/missing:lib:/usr/lib ./prog; cd lib; LD_LIBRARY_PATH= ../prog 2>&1 | sed "s/.*error/error/"; LD_LIBRARY_PATH=: ../prog; cd ..; LD_LIBRARY_PATH=lib sh -c "./prog; env -u LD_LIBRARY_PATH ./prog 2>&1 | sed s/.*error/error/"'
}

@test "by RUNPATH and RPATH, with ORIGIN" {
	same "$sources"' cc -shared -fPIC -o lib/libtwo.so -Wl,-soname,libtwo.so.1 two.c && ln -s libtwo.so lib/libtwo.so.1 && cc -shared -fPIC -o lib/libone.so one.c -Llib -ltwo "-Wl,-rpath,\$ORIGIN" && cc -o prog main.c -Llib -lone "-Wl,-rpath,\$ORIGIN/lib" -Wl,-rpath-link,lib && ./prog; mkdir bin && mv prog bin && mv lib bin && bin/prog; cd bin && ./prog; PATH=$PWD:$PATH; cd / && prog; cd "$DIR" && cc -o old main.c -Lbin/lib -lone "-Wl,-rpath,$PWD/bin/lib,--disable-new-dtags" && ./old; mv bin/lib bin/lob; ./old 2>&1 | sed "s/.*error/error/"'
}

@test "a program of the host with a library of the kernel" {
	same "$sources"' cc -shared -fPIC -o lib/libtwo.so two.c && cc -shared -fPIC -o lib/libone.so one.c -Llib -ltwo && cc -o prog main.c -Llib -lone -Wl,-rpath-link,lib && prog=$(mktemp /tmp/rump-prog.XXXXXX) && cp prog $prog && chmod 755 $prog && LD_LIBRARY_PATH=lib $prog; rm $prog'
}

@test "nothing is left behind: descriptors, directories, variables" {
	same "$sources"' cc -shared -fPIC -o lib/libtwo.so two.c && cc -shared -fPIC -o lib/libone.so one.c -Llib -ltwo && cc -o prog main.c -Llib -lone -Wl,-rpath-link,lib; cp /bin/ls /bin/env .; LD_LIBRARY_PATH=lib ./prog; LD_LIBRARY_PATH=lib ./env -u OLDPWD | grep -c -e /lib[.] -e LIBRARIES; cc -o fds -xc - -Llib -lone -Wl,-rpath-link,lib <<E
#include <fcntl.h>
int one(void);
int main(void) { one(); for (int i = 3; i < 200; i++) if (fcntl(i, F_GETFD) >= 0) return 1; return 0; }
E
LD_LIBRARY_PATH=lib ./fds 3>&- 4>&-; echo $?; LD_LIBRARY_PATH=lib ./missing 2>/dev/null; echo $?; printf "no program" >text; chmod +x text; LD_LIBRARY_PATH=lib ./text 2>/dev/null; rm lib/libtwo.so; LD_LIBRARY_PATH=lib ./prog 2>&1 | sed "s/.*error/error/"'
	run bash -c 'ls -d /tmp/lib.?????? 2>/dev/null'
	assert_output ""
}

@test "libtool's way: make with a shared library, and its test" {
	need make
	same "$sources"' printf "all: prog\nlibone.so: one.c two.c\n\t\$(CC) -shared -fPIC -o \$@ \$^\nprog: main.c libone.so\n\t\$(CC) -o \$@ main.c -L. -lone\ncheck: prog\n\tLD_LIBRARY_PATH=. ./prog\n" >Makefile; make -s && make -s check'
}

@test "/proc/self/exe of a program in the kernel" {
	same 'cp /bin/readlink rl; ./rl /proc/self/exe; mkdir d; cd d; ../rl /proc/self/exe; ln ../rl hard; ./hard /proc/self/exe; ln -s hard soft; ./soft -f /proc/self/exe; cp /bin/sh ../shell; ../shell -c "readlink /proc/self/exe; ../rl /proc/\$\$/exe" | grep -c DIR; ../rl -n /proc/self/exe | wc -c >/dev/null; /bin/readlink /proc/self/exe'
}

@test "by LD_PRELOAD: paths and names, their own libraries, and the list stays as it was" {
	# shellcheck disable=SC2154
	same "$sources"' printf "int two(void); unsigned getuid(void) { return 40 + two(); } unsigned geteuid(void) { return getuid(); }\n" >uid.c; cc -shared -fPIC -o lib/libtwo.so two.c; cc -shared -fPIC -o uid.so uid.c -Llib -ltwo "-Wl,-rpath,\$ORIGIN/lib"; LD_PRELOAD=./uid.so id -ru; LD_PRELOAD=$PWD/uid.so id -ru; LD_PRELOAD=./uid.so sh -c "id -ru; echo \$LD_PRELOAD | sed s/:.*//; env -i id -ru"; cd lib; LD_PRELOAD="../uid.so libm.so.6" id -ru; LD_PRELOAD=../missing.so id -ru 2>&1 | grep -c "cannot be preloaded"; cp /usr/bin/id .; LD_PRELOAD=libm.so.6:../uid.so ./id -ru; cp ../uid.so named.so; LD_PRELOAD=named.so LD_LIBRARY_PATH=.:$PWD/../lib ./id -ru; cat ../two.c'
}
