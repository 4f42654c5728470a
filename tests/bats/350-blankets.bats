# SPDX-License-Identifier: BSD-2-Clause
# Blankets: paths of the host that are the kernel's under their own names.

load ../lib/helpers

setup() {
	server_start
	cd "$BATS_TEST_TMPDIR" || return
}

@test "a blanket is entered by absolute and relative paths, and shown as it stands" {
	hijack mkdir -p "/rump$RUMP_SCRATCH/b/sub"
	mkdir -p "$RUMP_SCRATCH/other"
	export RUMPHIJACK=path=/rump,blanket=$RUMP_SCRATCH/b
	run_rump sh -c 'echo in >b/f; cd other && cat ../b/f && cd ../b && pwd -P && cat f && cd sub && pwd -P'
	assert_output "in
$RUMP_SCRATCH/b
in
$RUMP_SCRATCH/b/sub"
	run_rump realpath b/sub "$RUMP_SCRATCH/other/../b/f"
	assert_output "$RUMP_SCRATCH/b/sub
$RUMP_SCRATCH/b/f"
	[ ! -e "$RUMP_SCRATCH/b" ]
}

@test "several blankets, one inside another, and their borders" {
	hijack mkdir -p "/rump$RUMP_SCRATCH/one/deep" "/rump$RUMP_SCRATCH/two"
	mkdir -p "$RUMP_SCRATCH/one-more"
	echo host >"$RUMP_SCRATCH/one-more/f"
	export RUMPHIJACK=path=/rump,blanket=$RUMP_SCRATCH/one:$RUMP_SCRATCH/two,blanket=$RUMP_SCRATCH/one/deep
	run_rump sh -c 'echo 1 >one/f; echo 2 >one/deep/f; mv one/f two/g; cat two/g one/deep/f one-more/f; ls one'
	assert_output $'1\n2\nhost\ndeep'
	run_rump mv one-more/f two/h
	assert_success
	run_rump cat two/h
	assert_output host
}

@test "a blanket over /dev/shm has shared memory and semaphores with names" {
	hijack mkdir -p /rump/dev/shm
	compile_c shm <<-'EOF'
		#include <fcntl.h>
		#include <semaphore.h>
		#include <stdio.h>
		#include <sys/mman.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int main(void)
		{
			sem_t *sem = sem_open("/count", O_CREAT | O_EXCL, 0600, 2), *same, *again;
			int fd = shm_open("/mem", O_CREAT | O_RDWR, 0600), value;
			char *mem;

			ftruncate(fd, 4096);
			mem = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
			same = sem_open("/count", 0);
			again = sem_open("/count", O_CREAT | O_EXCL, 0600, 2);
			if (fork() == 0) {
				mem[0] = 'x';
				sem_post(sem);
				return 0;
			}
			wait(NULL);
			sem_getvalue(sem, &value);
			printf("%c %d %d %d\n", mem[0], value, same == sem, again == SEM_FAILED);
			printf("%d %d\n", sem_close(same), sem_close(sem));
			printf("%d %d\n", sem_open("a/b", O_CREAT, 0600, 0) == SEM_FAILED,
			    sem_open("/none", 0) == SEM_FAILED);
			printf("%d %d\n", shm_unlink("/none"), sem_unlink("none"));
			shm_open("/gone", O_CREAT | O_RDWR, 0600);
			return shm_unlink("/gone") | access("/dev/shm/sem.count", F_OK);
		}
	EOF
	RUMPHIJACK=path=/rump,blanket=/dev/shm run_rump "$RUMP_SCRATCH/shm"
	assert_success
	assert_output $'x 3 1 1\n0 0\n1 1\n-1 -1'
	RUMPHIJACK=path=/rump,blanket=/dev/shm run_rump ls /dev/shm
	assert_output $'mem\nsem.count'
}

@test "a blanket over /tmp has temporary files" {
	hijack mkdir -p /rump/tmp
	compile_c temporary -w <<-'EOF'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		int main(void)
		{
			char line[8] = "", name[L_tmpnam];
			FILE *f = tmpfile();

			fputs("text", f);
			rewind(f);
			puts(fgets(line, sizeof line, f));
			puts(strncmp(tempnam(NULL, "pre"), "/tmp/pre", 8) == 0 ? "tempnam" : "?");
			puts(strncmp(tmpnam(name), "/tmp/file", 9) == 0 ? "tmpnam" : "?");
			return 0;
		}
	EOF
	RUMPHIJACK=path=/rump,blanket=/tmp run_rump "$RUMP_SCRATCH/temporary"
	assert_output $'text\ntempnam\ntmpnam'
	RUMPHIJACK=path=/rump,blanket=/tmp run_rump bash -c 'cat <<<here; mktemp; ls /tmp | wc -l'
	assert_line --index 0 here
	assert_line --index 2 1
}

@test "a library is found by the RUNPATH of the program that asks for it" {
	not_under_asan "it opens libraries in the program's place"
	mkdir "$RUMP_SCRATCH/lib"
	echo 'int answer(void) { return 42; }' |
		cc -shared -fPIC -xc - -o "$RUMP_SCRATCH/lib/libanswer.so"
	compile_c ask -Wl,-rpath,"$RUMP_SCRATCH/lib",--enable-new-dtags <<-'EOF'
		#include <dlfcn.h>
		#include <stdio.h>
		int main(void)
		{
			void *l = dlopen("libanswer.so", RTLD_NOW);

			printf("%d\n", l == NULL ? -1 : ((int (*)(void))dlsym(l, "answer"))());
			return 0;
		}
	EOF
	run_rump "$RUMP_SCRATCH/ask"
	assert_output 42
}
