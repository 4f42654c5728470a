# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The demo's part about networks: kernels that reach each other and the host by packets, what one
# sees of them, and what one can break. Kernels have short names here: `on far curl ...`.

# kernel NAME INTERFACE...: a kernel with these interfaces (rump_server's --net).
kernel() {
	local name=$1 interface options=()

	shift
	for interface; do options+=(--net "$interface"); done
	server_start "net-$name" "${options[@]}"
}

# on NAME COMMAND...: in that kernel; on_bg leaves it running there.
on() {
	RUMP_SERVER=unix://$RUMP_SCRATCH/net-$1 "${@:2}"
}

on_bg() {
	on "$1" hijack_bg "$RUMP_SCRATCH/net-$1.out" "${@:2}"
}

# A program with file capabilities cannot be hijacked; a copy has none, and needs none here.
get_ping() {
	cp "$(command -v ping)" "$RUMP_SCRATCH/ping"
}

ping_once() {
	hijack "$RUMP_SCRATCH/ping" -n -q -c 1 "$1"
}

start_eight() {
	local i

	for i in {1..8}; do
		kernel "$i" "bus=$bus,addr=10.0.0.$i/24,addr=fd00::$i/64" || return
	done
}

# Commands that would change the host's network, were they not hijacked, come only after this.
shows_address() {
	on 1 hijack ip address show dev eth0 | grep -wF "inet 10.0.0.1/24"
}

# ping_pairs NETWORK: the addresses begin so.
ping_pairs() {
	local i j

	for i in {1..8}; do
		for j in {1..8}; do
			on "$i" ping_once "$1$j" || return
		done
	done
}

nginx_conf() {
	cat <<-EOT
		daemon off; worker_processes 1; pid nginx.pid;
		$([ "$(id -u)" -ne 0 ] || echo "user root;")
		events { worker_connections 256; }
		http {
			access_log $RUMP_SCRATCH/access;
			client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c;
			uwsgi_temp_path d; scgi_temp_path e;
			server { listen 80; listen [::]:80; root /rump/www; }
		}
	EOT
}

start_nginx() {
	head -c 1000000 /dev/urandom >"$RUMP_SCRATCH/random"
	on 1 hijack mkdir /rump/www /rump/nginx || return
	on 1 hijack cp "$RUMP_SCRATCH/random" /rump/www
	echo "welcome" | on 1 hijack tee /rump/www/index.html
	nginx_conf | on 1 hijack tee /rump/nginx/conf
	on_bg 1 /usr/sbin/nginx -p /rump/nginx -c conf -e stderr
	wait_for 10 on 1 port_open 80
}

load_nginx() {
	on 2 hijack wrk -t 1 -c 16 -d 1 http://10.0.0.1:80/ >"$RUMP_SCRATCH/wrk" &&
		! grep -E 'Socket errors|Non-2xx' "$RUMP_SCRATCH/wrk" &&
		grep 'Requests/sec' "$RUMP_SCRATCH/wrk"
}

# fetch_random URL: the file that nginx serves, whole?
fetch_random() {
	hijack curl -sSf "$1/random" | cmp - "$RUMP_SCRATCH/random"
}

# What tcpdump shows of the packets of kernel 3, as they pass.
start_tcpdump() {
	on 3 rump.capture eth0 | tcpdump -nlr - >"$RUMP_SCRATCH/packets" 2>"$RUMP_SCRATCH/tcpdump" &
	echo $! >>"$RUMP_SCRATCH/background"
	wait_for 10 grep -q 'reading from' "$RUMP_SCRATCH/tcpdump"
}

saw() {
	grep -q "$1" "$RUMP_SCRATCH/packets"
}

see_handshake() {
	start_tcpdump &&
		on 3 fetch_random http://10.0.0.1 &&
		wait_for 10 saw 'IP 10.0.0.3.* > 10.0.0.1.80: Flags \[F' &&
		saw 'IP 10.0.0.3.* > 10.0.0.1.80: Flags \[S\]' &&
		saw 'IP 10.0.0.1.80 > 10.0.0.3.*: Flags \[S.\]' &&
		saw 'HTTP: GET /random'
}

# fetch_broken RULE...: the file through an interface that breaks frames, and that it did.
fetch_broken() {
	on 1 rump.fault eth0 seed 1 "$@" &&
		on 4 fetch_random http://10.0.0.1 &&
		on 1 rump.fault >"$RUMP_SCRATCH/rules" &&
		on 1 rump.fault off
}

add_address() {
	shows_address &&
		on 1 hijack ip address add 192.168.7.1/24 dev eth0 &&
		on 2 hijack ip route add 192.168.7.0/24 dev eth0 &&
		on 2 ping_once 192.168.7.1
}

demo_bus() {
	say "Eight kernels on an Ethernet of their own, without root"
	get_ping
	step "eight times: rump_server --net bus=NAME,addr=10.0.0.N/24" start_eight
	step "ip address shows the interface" shows_address
	step "each pings each, 64 ways, by IPv4" ping_pairs 10.0.0.
	step "and by IPv6" ping_pairs fd00::
	step "nginx serves on port 80 of the first" start_nginx
	step "wrk loads it from the second, one second long" load_nginx
	sed -n 's/^Requests/       requests/p' "$RUMP_SCRATCH/wrk"
	step "curl from the third: rump.capture | tcpdump shows the handshake" see_handshake
	step "rump.fault: 2% of packets lost, 5 ms delay; the file arrives whole" \
		fetch_broken loss 2% delay 5ms
	sed 's/^/       /' "$RUMP_SCRATCH/rules"
	step "ip address add; ip route add: another network, and a ping" add_address
}

start_routed() {
	kernel router "bus=$bus,addr=10.0.0.254/24,addr=fd00::254/64,router" \
		"bus=$bus-far,addr=10.9.0.254/24,addr=fd09::254/64,router" &&
		kernel far "bus=$bus-far,addr=10.9.0.1/24,gw=10.9.0.254,addr=fd09::1/64,gw=fd09::254" &&
		shows_address &&
		on 1 hijack ip route add default via 10.0.0.254 &&
		on 1 hijack ip -6 route add default via fd00::254
}

trace_route() {
	on far hijack busybox traceroute -n -q 1 -w 5 10.0.0.1 >"$RUMP_SCRATCH/route" &&
		grep '^ 1  10\.9\.0\.254 ' "$RUMP_SCRATCH/route" && grep '^ 2  10\.0\.0\.1 ' "$RUMP_SCRATCH/route"
}

demo_router() {
	say "A kernel that is the router between two Ethernets"
	step "rump_server --net bus=A,router --net bus=B,router; one behind it" start_routed
	step "traceroute shows the router on the way" trace_route
	step "curl gets the file over it" on far fetch_random http://10.0.0.1
	step "and by IPv6" on far fetch_random "http://[fd00::1]"
	step "the server saw where it came from" grep -q '^fd09::1 ' "$RUMP_SCRATCH/access"
}

host_serves() {
	/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory "$RUMP_SCRATCH" "$1" \
		>"$RUMP_SCRATCH/host.log" 2>&1 </dev/null &
	echo $! >>"$RUMP_SCRATCH/background"
	wait_for 10 nc -z 127.0.0.1 "$1"
}

# A port of the host that leads into a kernel, to one that only the kernel has.
forward() {
	kernel inside "slirp,forward=tcp:$1:80" &&
		on_bg inside /usr/bin/python3 -m http.server --directory "$RUMP_SCRATCH" 80 &&
		wait_for 10 on inside port_open 80 &&
		curl -sSf "http://127.0.0.1:$1/random" | cmp - "$RUMP_SCRATCH/random"
}

demo_slirp() {
	local port

	say "A way to the host's network, by the sockets of an ordinary process"
	port=$(free_port)
	step "a web server on the host's loopback, not hijacked" host_serves "$port"
	step "rump run --net slirp curl gets the file: the host is 10.0.2.2" \
		rump run --net slirp curl -sSf -o "$RUMP_SCRATCH/from-host" "http://10.0.2.2:$port/random"
	step "it is whole" cmp "$RUMP_SCRATCH/from-host" "$RUMP_SCRATCH/random"
	step "--net slirp,forward=tcp:PORT:80: a port of the host leads inside" forward "$(free_port)"
}

demo_network() {
	bus=demo-$$
	demo_bus
	demo_router
	demo_slirp
}
