# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# nginx with two workers: files from the kernel and from the host by sendfile, TLS, HTTP/2, uploads, load, reload.
mkdir -p www tmp
make_certificate
make_random www/big 30000000
head -c 100000 /dev/zero >www/middle
echo small >www/small
on 1 cp -r www "$D/www"
cat >conf <<END
daemon off;
worker_processes 2;
pid $D/pid;
user root;
events { worker_connections 1024; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; client_max_body_size 100m;
	client_body_temp_path $SCRATCH/tmp/b; proxy_temp_path $SCRATCH/tmp/p; fastcgi_temp_path $SCRATCH/tmp/f;
	uwsgi_temp_path $SCRATCH/tmp/u; scgi_temp_path $SCRATCH/tmp/s;
	ssl_certificate $SCRATCH/crt; ssl_certificate_key $SCRATCH/key;
	server {
		listen 80 reuseport; listen [::]:80 reuseport ipv6only=on;
		root $D/www;
		location /host/ { alias $SCRATCH/www/; }
		location /address { return 200 "\$remote_addr \$server_addr \$server_port\n"; }
		location /slowly { limit_rate 500k; alias $SCRATCH/www/middle; }
		location /closed { return 444; }
	}
	server { listen 443 ssl http2; listen [::]:443 ssl http2; root $D/www; }
}
END
on_bg 1 nginx -c "$SCRATCH/conf" -e "$SCRATCH/error"
server=$!
until_open 1 127.0.0.1 443

get() {
	on 2 curl -sS --cacert crt "$@"
}

for url in http://10.0.0.1 'http://[fd00::1]' https://10.0.0.1 'https://[fd00::1]'; do
	get "$url/big" | cmp - www/big && echo "whole: $url"
	get "$url/small"
done
get http://10.0.0.1/host/big | cmp - www/big && echo whole from the host
get http://10.0.0.1/address 'http://[fd00::1]/address'
get -r 1000-1999 http://10.0.0.1/big | cmp - <(tail -c +1001 www/big | head -c 1000) && echo a part
get -w '%{num_connects} %{http_code}\n' -o /dev/null http://10.0.0.1/small -o /dev/null http://10.0.0.1/middle
get --http2 -w '%{http_version} %{size_download}\n' -o /dev/null https://10.0.0.1/middle
get http://10.0.0.1/closed
echo $?
get http://10.0.0.1/slowly | wc -c
for url in http://10.0.0.1/small http://10.0.0.1/host/middle https://10.0.0.1/middle 'http://[fd00::1]/small'; do
	on 2 wrk -t2 -c20 -d1 "$url" | grep -E 'Socket|Non-2xx'
	on 2 ab -q -k -n 2000 -c 10 "$url" 2>&1 | grep -E 'Complete requests|Failed|Non-2xx|Keep-Alive requests'
done
on 2 ab -q -n 2000 -c 10 http://10.0.0.1/small 2>&1 | grep -E 'Complete requests|Failed|Non-2xx'
on 2 h2load -n 2000 -c 10 -m 10 https://10.0.0.1/middle | grep -E '^requests|^status'
on 2 h2load -n 20 -c 4 -m 4 https://10.0.0.1/big | grep -E '^requests|^status'

# New connections find a worker, whichever generation it is of.
on_bg 2 ab -q -n 5000 -c 8 http://10.0.0.1/small >load 2>&1
load=$!
for _ in 1 2 3; do
	on 1 nginx -c "$SCRATCH/conf" -e "$SCRATCH/error" -s reload
	get http://10.0.0.1/small
done
wait $load
grep -E 'Complete requests|Failed|Non-2xx' load
on 2 sh -c 'for i in 1 2 3 4 5 6 7 8; do curl -s http://10.0.0.1/big | cmp - www/big & done; wait'
on 1 nginx -c "$SCRATCH/conf" -e "$SCRATCH/error" -s quit
wait $server
echo $?
grep -oE '\[(alert|crit|emerg|error)\].*' error
