# SPDX-License-Identifier: BSD-2-Clause
# Many threads of one program in the kernel at once, with signals and forks between them.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "python threads on files" {
	cat >"$RUMP_SCRATCH/threads.py" <<'EOT'
import os
from concurrent.futures import ThreadPoolExecutor
def work(i):
    d = f"t{i}"; os.mkdir(d)
    for k in range(50):
        p = f"{d}/{k}"; open(p, "w").write(p); assert open(p).read() == p; os.rename(p, p + "x")
        if k % 2: os.unlink(p + "x")
    return len(os.listdir(d))
with ThreadPoolExecutor(16) as e: print(list(e.map(work, range(32))))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/threads.py"
}

@test "python threads on sockets" {
	cat >"$RUMP_SCRATCH/threads.py" <<'EOT'
import os, socket, threading
from concurrent.futures import ThreadPoolExecutor
s = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=128)
def serve(c):
    with c:
        while data := c.recv(4096): c.sendall(data)
def accept():
    while True: threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
def client(i):
    total = 0
    for k in range(10):
        with socket.create_connection(s.getsockname()) as c:
            c.sendall(b"%d" % i * 100); c.shutdown(socket.SHUT_WR)
            while data := c.recv(4096): total += len(data)
    return total
with ThreadPoolExecutor(16) as e: print(list(e.map(client, range(32))))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/threads.py"
}

@test "threads in calls while signals arrive" {
	compile_c storm -pthread <<-'EOT'
		#include <err.h>
		#include <pthread.h>
		#include <signal.h>
		#include <stdio.h>
		#include <sys/stat.h>
		#include <sys/time.h>
		static volatile int handled;
		static void on_alarm(int s) { struct stat st; (void)s; handled += stat(".", &st) == 0; }
		static void *
		work(void *name)
		{
			struct stat st;
			for (int i = 0; i < 5000; i++)
				if (mkdir(name, 0755) != 0 || stat(name, &st) != 0 || rmdir(name) != 0)
					err(1, "%s", (char *)name);
			return NULL;
		}
		int
		main(void)
		{
			static char names[4][8] = {"a", "b", "c", "d"};
			struct itimerval it = {{0, 3000}, {0, 3000}};
			struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
			pthread_t t[4];
			sigaction(SIGALRM, &sa, NULL);
			setitimer(ITIMER_REAL, &it, NULL);
			for (int i = 0; i < 4; i++)
				pthread_create(&t[i], NULL, work, names[i]);
			for (int i = 0; i < 4; i++)
				pthread_join(t[i], NULL);
			puts(handled > 0 ? "done, handled" : "done, not handled");
			return 0;
		}
	EOT
	same "$RUMP_SCRATCH/storm"
}

@test "threads that call while another one forks" {
	compile_c forks -pthread <<-'EOT'
		#include <err.h>
		#include <pthread.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/stat.h>
		#include <sys/wait.h>
		#include <unistd.h>
		static volatile int over;
		static void *
		work(void *name)
		{
			struct stat st;
			while (!over)
				if (mkdir(name, 0755) != 0 || stat(name, &st) != 0 || rmdir(name) != 0)
					err(1, "%s", (char *)name);
			return NULL;
		}
		int
		main(void)
		{
			pthread_t t[2];
			int status, good = 0;
			struct stat st;
			pthread_create(&t[0], NULL, work, "a");
			pthread_create(&t[1], NULL, work, "b");
			for (int i = 0; i < 50; i++) {
				if (fork() == 0)
					_exit(stat(".", &st) == 0 && mkdir("child", 0755) == 0 && rmdir("child") == 0 ? 0 : 1);
				wait(&status);
				good += status == 0;
			}
			over = 1;
			pthread_join(t[0], NULL);
			pthread_join(t[1], NULL);
			printf("%d children did well\n", good);
			return 0;
		}
	EOT
	same "$RUMP_SCRATCH/forks"
}
