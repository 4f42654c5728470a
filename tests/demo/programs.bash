# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# shellcheck disable=SC2154 # $tree is set by tests/demo/run
# The demo's part about servers: each kernel has ports, processes and files of its own.

# Every file by name, in one curl, with its checksum.
fetch_all() {
	local got=$RUMP_SCRATCH/got

	mkdir "$got"
	(cd "$tree" && find . -type f | sort) | /usr/bin/python3 -c '
import sys, urllib.parse
for line in sys.stdin:
    name = line.rstrip("\n")[2:]
    quoted = urllib.parse.quote(name)
    print(f"url = \"http://127.0.0.1:80/{quoted}\"\noutput = \"{name}\"")' >"$RUMP_SCRATCH/urls"
	(cd "$got" && hijack curl -sSf --create-dirs -K "$RUMP_SCRATCH/urls") || return
	diff <(cd "$tree" && find . -type f -exec sha256sum {} + | sort) \
		<(cd "$got" && find . -type f -exec sha256sum {} + | sort)
}

demo_web() {
	say "A web server on port 80 of the kernel, serving that tree from the kernel's files"
	hijack_bg "$RUMP_SCRATCH/http.log" /usr/bin/python3 -m http.server --bind 127.0.0.1 \
		--directory /rump/tree 80
	step "python3 -m http.server listens on port 80" wait_for 10 port_open 80
	step "curl fetches every file by the kernel's network: checksums equal" fetch_all
	step "the host has nothing at that port for a curl that is not hijacked" not \
		curl -sf http://127.0.0.1:80/links/binary -o /dev/null
}

benchmark_redis() {
	hijack redis-benchmark -p 6379 -c 50 -n 20000 -t get,set -q | tr '\r' '\n' |
		grep 'requests per second' >"$RUMP_SCRATCH/redis"
	[ "$(wc -l <"$RUMP_SCRATCH/redis")" -eq 2 ]
}

redis_says() {
	[ "$(hijack redis-cli "${@:2}")" = "$1" ]
}

lists_redis() {
	rump.ps | grep -w redis-server
}

demo_redis() {
	say "redis in the kernel"
	hijack mkdir /rump/redis
	hijack_bg "$RUMP_SCRATCH/redis.log" redis-server --bind 127.0.0.1 --dir /rump/redis --save ""
	step "redis-server listens" wait_for 10 port_open 6379
	step "rump.ps lists it" lists_redis
	step "redis-benchmark, 50 clients, GET and SET" benchmark_redis
	sed 's/^/       /' "$RUMP_SCRATCH/redis"
	step "redis-cli sets a value" redis_says OK set greeting hello
	step "redis-cli gets it back" redis_says hello get greeting
	step "redis saves its data to a file of the kernel" redis_says OK save
	step "the file is there" hijack test -s /rump/redis/dump.rdb
}

# serve KERNEL TEXT: a web server on port 80 of that kernel, with one page.
serve() {
	export RUMP_SERVER=$1
	hijack mkdir /rump/www &&
		hijack sh -c "echo '$2' >/rump/www/index.html" &&
		hijack_bg "$RUMP_SCRATCH/$2.log" /usr/bin/python3 -m http.server --bind 127.0.0.1 \
			--directory /rump/www 80 &&
		wait_for 10 port_open 80
}

page_is() {
	[ "$(RUMP_SERVER=$1 hijack curl -sf http://127.0.0.1/)" = "$2" ]
}

demo_two() {
	local one two

	say "Two kernels at once, each with its own port 80 and its own /rump"
	server_start one
	one=$RUMP_SERVER
	server_start two
	two=$RUMP_SERVER
	step "a server on port 80 of the first" serve "$one" first
	step "a server on port 80 of the second" serve "$two" second
	step "the first answers for itself" page_is "$one" first
	step "the second answers for itself" page_is "$two" second
	RUMP_SERVER=$one step "a file made in the first" hijack touch /rump/only-here
	RUMP_SERVER=$two step "is not in the second" not hijack test -e /rump/only-here
}
