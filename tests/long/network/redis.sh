# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# redis on two machines, one following the other; memcached; both used from the third.
for i in 1 2; do
	mkdir $i
	on_bg $i redis-server --bind 0.0.0.0 :: --protected-mode no --dir $i --save "" --enable-debug-command yes >log$i
	redis[i]=$!
	until_open $i 127.0.0.1 6379
done

one() {
	on 3 redis-cli -h 10.0.0.1 "$@"
}

two() {
	on 3 redis-cli -h fd00::2 "$@"
}

seq 20000 | sed 's/.*/set key& value&/' | one | sort | uniq -c
two replicaof 10.0.0.1 6379
until [ "$(two dbsize)" = 20000 ]; do :; done
until two info replication | grep -q master_link_status:up; do :; done
one set x y
until [ "$(two get x)" = y ]; do :; done
one wait 1 10000
two set no no
one info replication | grep -E 'role|connected_slaves|slave0' | sed 's/offset.*//'
for address in 10.0.0.1 fd00::1; do
	on 3 redis-benchmark -h $address -q -n 5000 -c 50 -P 10 -t get,set 2>&1 | tr '\r' '\n' | grep -c 'requests per second'
	on 3 redis-benchmark -h $address -q -n 3000 -c 20 -t get,lpush,mset 2>&1 | tr '\r' '\n' | grep -c 'requests per second'
done
until [ "$(one debug digest)" = "$(two debug digest)" ]; do :; done
on_bg 3 redis-cli -h 10.0.0.2 subscribe channel >heard
subscriber=$!
until grep -q hello heard; do one publish channel hello >/dev/null; done
stop $subscriber
{
	kill -KILL "${redis[1]}"
	wait "${redis[1]}"
} 2>/dev/null
until two info replication | grep -q master_link_status:down; do :; done
two replicaof no one
two set z 1
two get key777
two shutdown nosave
wait "${redis[2]}"
echo $?

on_bg 1 memcached -u root -l 10.0.0.1,fd00::1 -p 11211 -U 11211 -t 2
memcached=$!
until_open 1 10.0.0.1 11211
printf 'set k 0 0 5\r\nhello\r\nget k\r\nincr k 1\r\nquit\r\n' | on 2 nc -N 10.0.0.1 11211
printf 'set big 0 0 900000\r\n%s\r\nquit\r\n' "$(head -c 900000 /dev/zero | tr '\0' x)" | on 2 nc -N fd00::1 11211
printf 'get big\r\nquit\r\n' | on 2 nc -N 10.0.0.1 11211 | md5sum
printf '\0\1\0\0\0\1\0\0get k\r\n' | on 2 socat -t1 - UDP:10.0.0.1:11211 | tail -c +9
stop $memcached
