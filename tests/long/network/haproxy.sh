# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# haproxy on the first machine, before nginx on two others: http and tcp, health checks, its command socket.
for i in 2 3; do
	mkdir "$i"
	cat >$i/conf <<-END
		daemon off;
		worker_processes 1;
		pid $SCRATCH/$i/pid;
		user root;
		events { worker_connections 512; }
		http {
			access_log off;
			client_body_temp_path $SCRATCH/$i/b; proxy_temp_path $SCRATCH/$i/p; fastcgi_temp_path $SCRATCH/$i/f;
			uwsgi_temp_path $SCRATCH/$i/u; scgi_temp_path $SCRATCH/$i/s;
			server {
				listen 80; listen [::]:80;
				root $SCRATCH/$i;
				location /who { return 200 "machine $i\n"; }
				location /from { return 200 "\$remote_addr \$http_x_forwarded_for\n"; }
			}
			server {
				listen 81 proxy_protocol;
				location / { return 200 "\$proxy_protocol_addr by \$remote_addr\n"; }
			}
		}
	END
	head -c 5000000 /dev/zero >$i/big
	on_bg $i nginx -c "$SCRATCH/$i/conf" -e "$SCRATCH/$i/error"
	nginx[i]=$!
	until_open $i 127.0.0.1 81
done
cat >conf <<END
global
  stats socket $D/command mode 600 level admin
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  option redispatch
frontend web
  bind 10.0.0.1:80
  bind [fd00::1]:80
  option forwardfor
  default_backend two
backend two
  balance roundrobin
  option httpchk GET /who
  server m2 10.0.0.2:80 check inter 200ms fall 1 rise 1
  server m3 [fd00::3]:80 check inter 200ms fall 1 rise 1
listen first
  mode tcp
  bind 10.0.0.1:90
  server m2 10.0.0.2:81 send-proxy check
listen both
  mode tcp
  bind :::91 v4v6
  balance roundrobin
  server m2 10.0.0.2:80 check
  server m3 10.0.0.3:80 check
END
on_bg 1 haproxy -W -f conf >log 2>&1
haproxy=$!
until_open 1 10.0.0.1 91

command() {
	echo "$1" | on 1 socat - "UNIX-CONNECT:$D/command"
}

servers() {
	command 'show stat' | cut -d, -f1,2,18 | grep ',m'
}

get() {
	on 4 curl -sS "$@"
}

all_up() {
	[ "$(servers | grep -c ',UP')" = 5 ]
}

until all_up; do :; done
for i in 1 2 3 4 5 6; do get http://10.0.0.1/who; done | sort | uniq -c
for i in 1 2 3 4; do get 'http://[fd00::1]/from'; done | sort
get http://10.0.0.1:90/
for i in 1 2 3 4; do get 'http://[fd00::1]:91/who'; done | sort | uniq -c
get http://10.0.0.1/big | md5sum
get http://10.0.0.1:91/big | md5sum
command 'disable server two/m3'
for i in 1 2 3; do get http://10.0.0.1/who; done
command 'enable server two/m3'
until all_up; do :; done
stop "${nginx[2]}"
until servers | grep -q '^two,m2,DOWN'; do :; done
for i in 1 2 3; do get http://10.0.0.1/who; done
on 4 ab -q -n 1000 -c 20 http://10.0.0.1/who 2>&1 | grep -E 'Complete|Failed|Non'
stop "${nginx[3]}"
until servers | grep -q '^two,m3,DOWN'; do :; done
get -o /dev/null -w '%{http_code}\n' http://10.0.0.1/who
command 'show servers state two' | tail -n +3 | cut -d' ' -f4-6
kill -USR2 $haproxy
until [ "$(grep -c 'New worker\|Loading success' log)" -ge 2 ]; do :; done
kill $haproxy
wait $haproxy
echo $?
