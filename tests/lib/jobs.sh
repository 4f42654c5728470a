# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What people do with files all day, made to measure: the inputs of the demo and of tests 610.

# No git configuration but this, and commits that are the same at any time.
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'

# make_history DIR N: a repository of N commits, on some hundred files in a tree of directories.
make_history() {
	git init -q -b main "$1"
	awk -v n="$2" 'BEGIN {
		for (i = 1; i <= n; i++) {
			text = "file of commit " i "\n"
			for (k = 0; k < i % 50; k++) text = text "line " k " of " i "\n"
			printf "commit refs/heads/main\ncommitter a <a@example> %d +0000\n", 1500000000 + i * 60
			printf "data %d\n%s\n", length("commit " i), "commit " i
			printf "M 100644 inline dir%d/sub%d/file%d\n", i % 7, i % 13, i % 301
			printf "data %d\n%s\n", length(text), text
		}
	}' | git -C "$1" fast-import --quiet
	git -C "$1" checkout -q main
}

# work_in_git REPOSITORY: what one does with a clone, in ./clone; says what came of it.
work_in_git() {
	git clone -q "$1" clone
	cd clone || return
	git log --oneline | md5sum
	git log --stat -n 50 -- dir3 | md5sum
	git status --short
	echo more >>dir1/sub1/file1
	echo new >new
	git add new && git status --short
	git commit -qam 'one more' && git log --oneline -n 1 --format=%s
	git checkout -q -b side HEAD~20 && git rev-list --count HEAD
	echo side >side && git add side && git commit -qm side && git merge -q -m merged main
	git diff --stat HEAD~1 | tail -n 1
	git blame dir1/sub1/file1 | wc -l
	git gc -q && git count-objects
	git fsck --full 2>&1 | tail -n 1
	git grep -c more | tail -n 1
	git stash list && git clean -ndx
	cd .. || return
}

# make_project DIR N: N sources in C with headers of their own, a library, and a Makefile.
make_project() {
	mkdir -p "$1/src" "$1/include"
	awk -v n="$2" -v dir="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			header = dir "/include/part" i ".h"
			source = dir "/src/part" i ".c"
			printf "#pragma once\nint part%d(int x);\n", i >header
			printf "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n" >source
			printf "#include \"part%d.h\"\n#include \"part%d.h\"\n", i, (i + 1) % n >source
			printf "int part%d(int x) { char b[32]; return ", i >source
			printf "snprintf(b, sizeof b, \"%%d\", x) + %d * abs(x) + (int)strlen(b); }\n", i >source
			printf "#include \"part%d.h\"\n", i >(dir "/include/all.h")
			close(header); close(source)
		}
		main = dir "/src/main.c"
		printf "#include <stdio.h>\n#include \"all.h\"\nint main(void) {\n\tlong sum = 0;\n" >main
		for (i = 0; i < n; i++) printf "\tsum += part%d(%d);\n", i, i >main
		printf "\treturn printf(\"%%ld\\n\", sum) < 0;\n}\n" >main
	}'
	cat >"$1/Makefile" <<-'END'
		.RECIPEPREFIX = >
		CFLAGS = -O1 -Wall -MMD -Iinclude
		PARTS = $(sort $(wildcard src/part*.c))
		OBJECTS = $(PARTS:.c=.o)

		program: src/main.o libparts.a
		> $(CC) -o $@ src/main.o -L. -lparts
		libparts.a: $(OBJECTS)
		> $(AR) rcs $@ $^
		clean:
		> rm -f src/*.o src/*.d libparts.a program
		-include $(wildcard src/*.d)
	END
}

# work_in_project DIR: builds and runs it, changes a header, builds and runs it again.
work_in_project() {
	cd "$1" || return
	make -s -j4 && ./program
	make -q program && echo "nothing to do"
	touch include/part3.h
	make -n | grep -c -- -c
	make -s -j4 && ./program
	ar t libparts.a | md5sum
	nm libparts.a | grep -c ' T '
	make -s clean && find . -name '*.o'
	cd .. || return
}
