# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# tests/bench/run with real servers: each is started on the host and in the kernel, and measured in turn.

# host_bg COMMAND...: a server on the host, ended by host_stop.
host_bg() {
	"$@" >"$RUMP_SCRATCH/host.log" 2>&1 </dev/null &
	echo $! >>"$RUMP_SCRATCH/host_pids"
}

host_stop() {
	local pid

	[ -f "$RUMP_SCRATCH/host_pids" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || :
	done <"$RUMP_SCRATCH/host_pids"
	rm -f "$RUMP_SCRATCH/host_pids"
}

# both PORT COMMAND...: the server in both worlds; the command may use $host_dir for either.
both() {
	local port=$1

	shift
	restart_kernel
	host_bg "$@"
	hijack_bg "$RUMP_SCRATCH/rump.log" "$@"
	wait_for 10 nc -z 127.0.0.1 "$port" && wait_for 10 port_open "$port"
}

end_both() {
	host_stop
	background_stop
}

redis_rate() {
	redis-benchmark -p "$port" -n 60000 -c 50 -t "$1" --csv 2>/dev/null |
		awk -F '","' 'NR == 2 { print $2 }'
}

redis_rate_rump() {
	hijack bash -c "redis_rate $1"
}

bench_redis() {
	port=$(free_port)
	both "$port" redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$host_dir"
	export port
	export -f redis_rate
	compare "redis-benchmark GET, 50 clients" /s ">=1.3" "redis_rate get" "redis_rate_rump get"
	compare "redis-benchmark SET, 50 clients" /s ">=1.3" "redis_rate set" "redis_rate_rump set"
	end_both
}

nginx_conf() {
	cat <<-EOT
		daemon off; worker_processes 1; pid $host_dir/\$1.pid; error_log /dev/null;
		events { worker_connections 512; }
		http { access_log off; client_body_temp_path $host_dir/b; proxy_temp_path $host_dir/p;
		       fastcgi_temp_path $host_dir/f; uwsgi_temp_path $host_dir/u; scgi_temp_path $host_dir/s;
		       keepalive_requests 1000000;
		       server { listen 127.0.0.1:$port; location / { return 200 "0123456789"; } } }
	EOT
}

wrk_rate() {
	wrk -t 1 -c 32 -d 2 "http://127.0.0.1:$port/" | awk '/Requests\/sec/ { print $2 }'
}

bench_nginx() {
	port=$(free_port)
	nginx_conf >"$host_dir/nginx.conf"
	both "$port" nginx -p "$host_dir" -c "$host_dir/nginx.conf"
	export port
	export -f wrk_rate
	compare "nginx keep-alive, wrk 32" /s ">=1.3" "bash -c wrk_rate" "hijack bash -c wrk_rate"
	end_both
}

iperf_rate() {
	iperf3 -c 127.0.0.1 -p "$port" -t 2 -J |
		/usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"] / 8e6)'
}

bench_iperf() {
	port=$(free_port)
	both "$port" iperf3 -s -B 127.0.0.1 -p "$port"
	export port
	export -f iperf_rate
	compare "iperf3, one stream" MB/s ">=1.3" "bash -c iperf_rate" "hijack bash -c iperf_rate"
	end_both
}
