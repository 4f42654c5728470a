# SPDX-License-Identifier: BSD-2-Clause
# Ten thousand processes leave nothing behind.

load ../lib/helpers

setup() {
	server_start
	server=$(server_pid "$RUMP_SERVER")
}

descriptors() {
	find "/proc/$1/fd" -type l | wc -l
}

resident() {
	awk '/^Rss:/ { print $2 }' "/proc/$1/smaps_rollup"
}

@test "10,000 forks, spawns and execs: no descriptor, process or memory is lost" {
	compile_c many <<-'EOT'
		#include <dirent.h>
		#include <err.h>
		#include <fcntl.h>
		#include <malloc.h>
		#include <spawn.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/stat.h>
		#include <sys/wait.h>
		#include <unistd.h>
		extern char **environ;
		static int
		open_now(void)
		{
			int n = 0;
			for (int fd = 0; fd < 2048; fd++)
				n += fcntl(fd, F_GETFD) >= 0;
			return n;
		}
		static int
		maps(void)
		{
			FILE *f = fopen("/proc/self/maps", "r");
			int n = 0, c;
			while ((c = getc(f)) != EOF)
				n += c == '\n';
			fclose(f);
			return n;
		}
		static void
		one(int i)
		{
			char *argv[] = {"true", NULL};
			struct stat st;
			int status;
			pid_t pid;
			if (i % 4 == 3) {
				if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) != 0)
					err(1, "spawn");
			} else if ((pid = i % 4 == 2 ? vfork() : fork()) == 0) {
				if (i % 4 == 0)
					_exit(stat("f", &st));
				execv("/bin/true", argv);
				_exit(1);
			}
			if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
				errx(1, "child %d: %d", i, status);
		}
		int
		main(void)
		{
			int fds, lines;
			size_t heap;
			close(open("f", O_CREAT | O_RDWR, 0644));
			for (int i = 0; i < 100; i++)
				one(i);
			fds = open_now();
			lines = maps();
			heap = mallinfo2().uordblks;
			for (int i = 0; i < 10000; i++)
				one(i);
			printf("descriptors %d maps %d heap %d\n", open_now() - fds, maps() - lines, (int)(mallinfo2().uordblks - heap));
			return 0;
		}
	EOT
	run_rump sh -c "cd /rump; exec $RUMP_SCRATCH/many" # warms up
	before=$(descriptors "$server") memory=$(resident "$server")
	RUMP_TIMEOUT=300 run_rump sh -c "cd /rump; exec $RUMP_SCRATCH/many"
	assert_output "descriptors 0 maps 0 heap 0"
	settled() { [ "$(descriptors "$server")" -le "$before" ]; }
	wait_for 10 settled
	echo "resident: $memory, then $(resident "$server") kB"
	[ "$(resident "$server")" -le $((memory + 1024)) ]
	run rump.ps
	[ "${#lines[@]}" -eq 3 ]
}
