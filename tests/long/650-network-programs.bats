# SPDX-License-Identifier: BSD-2-Clause
# Servers and clients on several machines, as they are on the host: scripts of tests/long/network, each on one
# Ethernet and, where it says so, with a router between the machines.

load ../lib/helpers
load ../lib/machines

setup() {
	export RUMP_TIMEOUT=300
	scripts=$RUMP_TOP/tests/long/network
}

@test "ssh: commands, copies, forwards, shared connections, rsync" {
	need sshd ssh rsync
	machines_same 2 "$scripts/ssh.sh"
}

@test "ssh over a router" {
	need sshd ssh rsync
	machines_same routed 2 "$scripts/ssh.sh"
}

@test "rsync's own server" {
	need rsync
	machines_same 2 "$scripts/rsync.sh"
}

@test "nginx: files, TLS, HTTP/2, load, reload" {
	need nginx wrk ab h2load
	machines_same 2 "$scripts/nginx.sh"
}

@test "nginx over a router" {
	need nginx wrk ab h2load
	machines_same routed 2 "$scripts/nginx.sh"
}

@test "haproxy before two web servers" {
	need haproxy nginx ab socat
	machines_same 4 "$scripts/haproxy.sh"
}

@test "postgres: clients, and a standby that follows" {
	need psql
	machines_same 3 "$scripts/postgres.sh"
}

@test "postgres over routers" {
	need psql
	machines_same routed 3 "$scripts/postgres.sh"
}

@test "redis: one follows another; memcached" {
	need redis-server memcached socat
	machines_same 3 "$scripts/redis.sh"
}

@test "mosquitto: publish and subscribe" {
	need mosquitto mosquitto_pub
	machines_same 3 "$scripts/mosquitto.sh"
}

@test "socat and ncat" {
	need socat ncat
	machines_same 3 "$scripts/socat.sh"
}

@test "git by its own protocol and by HTTP" {
	need git
	machines_same 3 "$scripts/git.sh"
}

@test "dnsmasq asked by dig, host and nslookup" {
	need dnsmasq dig host
	machines_same 2 "$scripts/dns.sh"
}

@test "iperf3 and iperf" {
	need iperf3 iperf
	machines_same 2 "$scripts/iperf.sh"
}

@test "servers and clients in node, php, ruby and java" {
	need node php ruby javac
	machines_same 2 "$scripts/languages.sh"
}

@test "TLS and DTLS: OpenSSL and GnuTLS" {
	need openssl gnutls-serv gnutls-cli
	machines_same 2 "$scripts/tls.sh"
}
