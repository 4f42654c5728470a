# SPDX-License-Identifier: BSD-2-Clause
# To see packets and to break them: rump.capture, rump.fault.

# shellcheck disable=SC2154 # one, two, bus: of net_faults
load ../lib/helpers
load ../lib/net_faults

setup() {
	serving_kernels
}

@test "a capture shows the packets of a connection" {
	need tcpdump
	RUMP_SERVER=$two rump.capture -w all.pcapng eth0 &
	capture=$!
	wait_for 10 test -s all.pcapng
	[ "$(on "$two" curl -sS http://10.0.0.1/file | cmp - file && echo same)" = same ]
	wait_for 10 has_end
	kill "$capture"
	tcpdump -nr all.pcapng >text 2>/dev/null
	grep -q '10.0.0.2.[0-9]* > 10.0.0.1.80: Flags \[S\]' text
	grep -q 'GET /file' text
	grep -q 'ARP, Re' text
}

has_end() {
	tcpdump -nr all.pcapng 2>/dev/null | grep -q '10.0.0.2.[0-9]* > 10.0.0.1.80: Flags \[F'
}

@test "a capture can be read before there is a packet" {
	need tcpdump
	server_start alone --net "bus=$bus-alone,addr=10.0.0.1/24"
	rump.capture eth0 | tcpdump -nr - >/dev/null 2>says &
	wait_for 10 grep -q '^reading from file -, link-type EN10MB' says
	server_stop
	wait "$!"
}

larger_than() {
	[ "$(wc -c <"$2")" -gt "$1" ]
}

@test "a capture cut short, by length and by its reader" {
	need tcpdump
	RUMP_SERVER=$two rump.capture -s 60 >short.pcapng &
	capture=$!
	wait_for 10 test -s short.pcapng
	on "$two" curl -sS -o copy http://10.0.0.1/file
	wait_for 10 larger_than 10000 short.pcapng
	kill "$capture"
	[ "$(wc -c <short.pcapng)" -lt 200000 ]
	RUMP_SERVER=$two rump.capture | head -c 1000 >/dev/null &
	on "$two" curl -sS -o copy http://10.0.0.1/file
	cmp copy file
}

@test "a capture of what is not there" {
	RUMP_SERVER=$two run_tool rump.capture eth7
	assert_failure 111
	assert_output --partial 'eth7: No such device'
	RUMP_SERVER=$two run_tool rump.capture -w x lo
	assert_failure 111
	assert_output --partial 'lo: there are no packets'
}

@test "a file arrives whole over a line that loses, doubles, damages and delays" {
	fault "$one" eth0 loss 1% dup 10% corrupt 1% delay 2ms jitter 1ms seed 3
	on "$two" curl -sS -o copy http://10.0.0.1/file
	cmp copy file
	[ $(($(counted "$one" lost) + $(counted "$one" damaged) + $(counted "$one" doubled))) -gt 0 ]
	[ "$(counted "$one" delayed)" -gt 10 ]
}

@test "faults of what comes in are those of single segments, checksums and all" {
	fault "$two" eth0 in loss 1% dup 5% corrupt 1% seed 3
	on "$two" curl -sS -o copy http://10.0.0.1/file
	cmp copy file
	[ "$(counted "$two" frames)" -gt $(($(wc -c <file) / 1460)) ]
}

@test "a capture shows segments of the size that both ends agreed on" {
	need tcpdump
	RUMP_SERVER=$two rump.capture -w all.pcapng eth0 &
	capture=$!
	wait_for 10 test -s all.pcapng
	on "$two" curl -sS -o copy http://10.0.0.1/file
	wait_for 10 has_end
	kill "$capture"
	tcpdump -envr all.pcapng 'tcp port 80' >text 2>/dev/null
	[ "$(grep -oE ', length [0-9]+: ' text | tr -dc '0-9\n' | sort -n | tail -1)" -eq 1514 ]
	run grep -c 'incorrect' text
	assert_output 0
}

@test "pieces of all sizes arrive whole while faults come and go" {
	local sizes=$BATS_TEST_DIRNAME/../lib/tcp_sizes.py sender

	RUMP_SERVER=$one hijack_bg sizes.log /usr/bin/python3 "$sizes" serve 10.0.0.1 1
	wait_for 10 on "$one" nc -z 10.0.0.1 9000
	on "$two" /usr/bin/python3 "$sizes" send 10.0.0.1 2 &
	sender=$!
	while kill -0 "$sender" 2>/dev/null; do
		for rule in 'loss 1%' 'in dup 10% corrupt 1%' off 'delay 1ms' 'in loss 1%' off off; do
			# shellcheck disable=SC2086
			fault "$one" eth0 $rule
			# shellcheck disable=SC2086
			fault "$two" eth0 $rule
		done
	done
	wait "$sender"
}

@test "a dead line, by port, and alive again" {
	fault "$two" eth0 loss 100% port 80
	run on "$two" curl -sS --max-time 1 http://10.0.0.1/file
	[ "$status" -eq 28 ]
	[ "$(counted "$two" lost)" -gt 0 ]
	fault "$two" eth0 off
	[ -z "$(fault "$two")" ]
	on "$two" curl -sS --max-time 60 -o copy http://10.0.0.1/file
	cmp copy file
}

@test "rules that make no sense" {
	for rule in 'eth0 loss 200%' 'eth0 delay soon' 'eth0 jitter 1ms' 'eth0 eat 1%'; do
		# shellcheck disable=SC2086
		RUMP_SERVER=$two run_tool rump.fault $rule
		assert_failure 100
	done
	RUMP_SERVER=$two run_tool rump.fault eth7 loss 1%
	assert_failure 111
	assert_output 'rump.fault: eth7: no such interface'
}
