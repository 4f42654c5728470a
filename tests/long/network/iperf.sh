# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# iperf3 and iperf in all directions. Only that it was done is compared, not how fast.
on_bg 1 iperf3 -s >log 2>&1
server=$!
until_open 1 127.0.0.1 5201

measure() {
	echo "iperf3 $*"
	on 2 iperf3 "$@" -J >json 2>&1
	echo "status $?"
	/usr/bin/python3 - <<-'END'
		import json
		try:
		    said = json.load(open("json"))
		    end = said["end"]
		    print(said.get("error"), len(said["start"].get("connected", [])))
		    print([(k, v["bytes"] > 0) for k, v in sorted(end.items()) if k.startswith("sum")])
		except ValueError as e:
		    print(open("json").read())
	END
}

measure -c 10.0.0.1 -n 20M
measure -c 10.0.0.1 -n 20M -R
measure -c fd00::1 -n 20M -P 4
measure -c fd00::1 -t 1 --bidir
measure -c 10.0.0.1 -t 1 -P 3 --bidir
measure -c 10.0.0.1 -n 10M -Z
measure -c 10.0.0.1 -n 1M -l 100
measure -c 10.0.0.1 -n 10M -w 100k -M 1000
measure -c 10.0.0.1 -n 10M -C cubic -B 10.0.0.2 --cport 7777 -S 16 -N
measure -c 10.0.0.1 -k 100
measure -c 10.0.0.1 -u -b 10M -t 1 -l 1000
measure -c fd00::1 -u -b 10M -t 1 -l 1000 -R
measure -c 10.0.0.1 -u -b 5M -t 1 -l 1000 --bidir
measure -c 10.0.0.1 -u -b 5M -t 1 -l 1000 -P 3
on 2 iperf3 -c 10.0.0.1 -p 99 2>&1
stop $server

on_bg 1 iperf -s >log 2>&1
server=$!
until_open 1 127.0.0.1 5001
for options in '-n 20M' '-n 10M -P 3' '-n 5M -r' '-n 5M -d' '-n 5M --full-duplex' '-n 5M -R'; do
	# shellcheck disable=SC2086
	on 2 iperf -c 10.0.0.1 $options >out 2>&1
	echo "iperf $options: $?"
	grep -c bits/sec out
	grep -iE 'error|fail|warn' out
done
stop $server
on_bg 1 iperf -s -u >log 2>&1
server=$!
until_udp 1 5001
on 2 iperf -u -c 10.0.0.1 -b 10M -t 1 >out 2>&1
echo $?
grep -c 'Server Report' out
stop $server
