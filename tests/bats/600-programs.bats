# SPDX-License-Identifier: BSD-2-Clause
# Real servers and their clients, unmodified, all in the kernel; alike on the host.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "python http.server with curl and wget" {
	same 'make_tree t; rm t/fifo t/dangling; /usr/bin/python3 -m http.server --bind 127.0.0.1 --directory t $PORT >/dev/null 2>&1 & p=$!; wait_port $PORT; curl -s http://127.0.0.1:$PORT/one; curl -s http://127.0.0.1:$PORT/sub/numbers | cmp - t/sub/numbers && echo same; curl -s -o /dev/null -w "%{http_code} %{size_download}\n" http://127.0.0.1:$PORT/missing http://127.0.0.1:$PORT/zeros; curl -sI http://127.0.0.1:$PORT/zeros | grep -i length; wget -q -O w http://127.0.0.1:$PORT/zeros && wc -c w; wget -qr -nH -P r http://127.0.0.1:$PORT/sub/; find r -type f | sort; curl -s -r 0-9 http://127.0.0.1:$PORT/zeros | wc -c; stop $p; curl -s http://127.0.0.1:$PORT/; echo $?'
}

@test "curl: parallel transfers, file URLs" {
	same 'mkdir d; for i in $(seq 40); do seq $i >d/$i; done; /usr/bin/python3 -m http.server --bind 127.0.0.1 --directory d $PORT >/dev/null 2>&1 & p=$!; wait_port $PORT; curl --no-progress-meter --parallel "http://127.0.0.1:$PORT/[1-40]" -o "got#1" && cat got* | md5sum; curl -s file://$PWD/d/7; stop $p'
}

@test "redis: server, commands, persistence, benchmark" {
	need redis-server redis-cli redis-benchmark
	same 'redis-server --port $PORT --bind 127.0.0.1 --dir . --save "" --appendonly no >log 2>&1 & p=$!; wait_port $PORT; r="redis-cli -p $PORT"; $r ping; $r set k v; $r get k; $r incr n; $r lpush l a b c; $r lrange l 0 -1; $r eval "return redis.call(\"get\", \"k\")" 0; seq 100 | sed "s/.*/set key& &/" | $r | sort | uniq -c; $r dbsize; $r save; ls *.rdb; redis-benchmark -p $PORT -q -n 2000 -c 50 -t get,set,lpush 2>&1 | tr "\r" "\n" | grep -c "requests per second"; $r shutdown nosave; wait $p; echo $?; redis-server --port $PORT --bind 127.0.0.1 --dir . >log 2>&1 & p=$!; wait_port $PORT; $r get key77; stop $p'
}

@test "redis: append-only file and pipelining" {
	need redis-server redis-cli redis-benchmark
	same 'redis-server --port $PORT --bind 127.0.0.1 --dir . --appendonly yes --save "" >log 2>&1 & p=$!; wait_port $PORT; redis-cli -p $PORT set a 1; redis-cli -p $PORT set b 2; redis-benchmark -p $PORT -q -n 5000 -P 16 -c 20 -t set >/dev/null; redis-cli -p $PORT bgrewriteaof; stop $p; ls -d appendonlydir; redis-server --port $PORT --bind 127.0.0.1 --dir . --appendonly yes >log 2>&1 & p=$!; wait_port $PORT; until redis-cli -p $PORT get b | grep 2; do kill -0 $p || break; done; stop $p'
}

@test "nginx with two workers, reload and end" {
	need nginx
	cat >"$RUMP_SCRATCH/nginx.sh" <<'EOT'
mkdir -p www logs tmp
seq 5000 >www/numbers
cat >nginx.conf <<END
daemon off; worker_processes 2; pid nginx.pid; error_log logs/error;
events { worker_connections 256; }
http { access_log logs/access; client_body_temp_path tmp/b; proxy_temp_path tmp/p; fastcgi_temp_path tmp/f; uwsgi_temp_path tmp/u; scgi_temp_path tmp/s;
  server { listen 127.0.0.1:$PORT; root www; location /moved { return 302 /numbers; } location /p/ { proxy_pass http://127.0.0.1:$PORT/; } } }
END
nginx -p "$PWD" -c nginx.conf 2>/dev/null & p=$!
wait_port $PORT
curl -s http://127.0.0.1:$PORT/numbers | cmp - www/numbers && echo same
curl -sL -o /dev/null -w '%{http_code} %{size_download} %{num_redirects}\n' http://127.0.0.1:$PORT/moved
curl -s -o /dev/null -w '%{http_code} %{size_download}\n' http://127.0.0.1:$PORT/p/numbers
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:$PORT/missing
echo new >www/new
kill -HUP $p
curl -s http://127.0.0.1:$PORT/new
for i in 1 2 3 4 5 6 7 8; do curl -s http://127.0.0.1:$PORT/numbers | md5sum & done >sums
until [ "$(wc -l <sums)" -eq 8 ]; do kill -0 $p || break; done
sort -u sums | wc -l
kill -QUIT $p
wait $p
echo "ended $?"
ls logs; [ -e nginx.pid ] || echo "no pid file"
EOT
	same ". $RUMP_SCRATCH/nginx.sh"
}

@test "lighttpd" {
	need lighttpd
	same 'mkdir www; seq 3000 >www/f.txt; printf "server.document-root = \"$PWD/www\"\nserver.port = $PORT\nserver.bind = \"127.0.0.1\"\nmimetype.assign = ( \".txt\" => \"text/plain\" )\n" >conf; lighttpd -D -f conf >log 2>&1 & p=$!; wait_port $PORT; curl -s http://127.0.0.1:$PORT/f.txt | cmp - www/f.txt && echo same; curl -s -o /dev/null -w "%{http_code} %{content_type}\n" http://127.0.0.1:$PORT/f.txt http://127.0.0.1:$PORT/g.txt; kill -INT $p; wait $p; echo $?'
}

@test "memcached" {
	need memcached
	same 'u=; [ "$(id -u)" -eq 0 ] && u="-u root"; memcached $u -l 127.0.0.1 -p $PORT -U 0 -t 2 & p=$!; wait_port $PORT; printf "set k 0 0 5\r\nhello\r\nget k\r\nincr k 1\r\ndelete k\r\nget k\r\nquit\r\n" | nc -N 127.0.0.1 $PORT; for i in 1 2 3 4 5 6; do printf "set k$i 0 0 1\r\n$i\r\nget k$i\r\nquit\r\n" | nc -N 127.0.0.1 $PORT; done; stop $p'
}

@test "iperf3 moves data both ways" {
	need iperf3
	cat >"$RUMP_SCRATCH/iperf.sh" <<'EOT'
iperf3 -s -B 127.0.0.1 -p $PORT >log 2>&1 & p=$!
until iperf3 -c 127.0.0.1 -p $PORT -n 20M >out 2>&1; do kill -0 $p || break; done
grep -c receiver out
iperf3 -c 127.0.0.1 -p $PORT -n 20M -R -P 2 >out 2>&1; echo $?
grep -c receiver out
stop $p
EOT
	same ". $RUMP_SCRATCH/iperf.sh"
}

@test "git: a repository in the kernel" {
	need git
	same 'export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE="2020-01-01T00:00:00Z" GIT_COMMITTER_DATE="2020-01-01T00:00:00Z" GIT_CONFIG_NOSYSTEM=1; git init -q -b main r && cd r; make_tree t; rm t/fifo; git add . && git commit -qm one && git log --oneline; echo x >>t/one; git status --short; git diff | tail -n 1; git commit -qam two; git checkout -q -b other HEAD~1; git branch; git merge -q main; cd ..; git clone -q r c && diff -r --no-dereference r/t/sub c/t/sub && echo equal; git -C c fsck --full 2>&1 | tail -n 1; git -C c gc -q && git -C c count-objects; git -C c log missing'
}

@test "a C program is compiled and run in the kernel" {
	need cc make
	same 'printf "#include <stdio.h>\n#include \"h.h\"\nint main(void) { return printf(HELLO) != 6; }\n" >m.c; printf "%s\n" "#define HELLO \"hello\\n\"" >h.h; printf "m: m.c h.h\n\tcc -o m m.c\n" >Makefile; make -s && ./m; echo $?; make; rm h.h; touch m.c; make 2>&1 | grep -c "No rule"'
	grep -qx hello "$RUMP_SCRATCH/host.out"
}
