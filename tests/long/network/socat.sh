# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2016,SC2094
# socat and ncat: streams, datagrams, relays, names of sockets, TLS.
on_bg 1 socat TCP-LISTEN:5000,fork,reuseaddr EXEC:'tr a-z A-Z'
all=$!
on_bg 1 socat TCP6-LISTEN:5001,fork,reuseaddr SYSTEM:'wc -c'
all="$all $!"
on_bg 1 socat UDP4-RECVFROM:5002,fork EXEC:md5sum
all="$all $!"
on_bg 2 socat TCP-LISTEN:5003,fork,reuseaddr TCP:10.0.0.1:5000
all="$all $!"
on_bg 2 socat "UNIX-LISTEN:$D/socket,fork" TCP:10.0.0.1:5000
all="$all $!"
until_open 1 10.0.0.1 5000
until_open 1 ::1 5001
until_udp 1 5002
until_open 2 10.0.0.2 5003
until on 2 test -S "$D/socket"; do :; done
echo hello | on 2 socat - TCP:10.0.0.1:5000
head -c 5000000 /dev/zero | on 2 socat -t 10 - 'TCP6:[fd00::1]:5001'
echo datagram | on 2 socat -t 2 - UDP4:10.0.0.1:5002
echo relayed | on 3 socat - TCP:10.0.0.2:5003
echo from a name | on 2 socat - "UNIX:$D/socket"
on 2 socat - TCP:10.0.0.1:5999 2>&1 | sed 's/.*socat.*E //'
on 2 socat - TCP:10.0.0.77:5999,connect-timeout=1 2>&1 | grep -c .
# shellcheck disable=SC2086
stop $all

on_bg 1 ncat -l -k 10.0.0.1 5100 -c 'read line; echo "got $line"'
all=$!
on_bg 1 ncat -l -k --ssl fd00::1 5101 -e /bin/cat
all="$all $!"
on_bg 1 ncat -l --broker 10.0.0.1 5102
all="$all $!"
until_open 1 10.0.0.1 5100
until_open 1 fd00::1 5101 2>/dev/null
until_open 1 10.0.0.1 5102
for i in 1 2 3; do echo "line $i" | on 2 ncat --no-shutdown 10.0.0.1 5100; done
: >echoed
(
	echo by TLS
	until grep -q TLS echoed; do :; done
) | on 2 ncat --ssl fd00::1 5101 2>/dev/null >echoed
cat echoed
on_bg 3 ncat --recv-only 10.0.0.1 5102 >heard
all="$all $!"
until grep -q 'to all' heard; do echo to all | on 2 ncat --send-only 10.0.0.1 5102; done
# shellcheck disable=SC2086
stop $all
on 2 ncat 10.0.0.1 5100
echo $?
