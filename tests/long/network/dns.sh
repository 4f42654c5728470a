# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# dnsmasq on the first machine; dig, host and nslookup on the second.
cat >conf <<END
no-daemon
no-resolv
no-hosts
user=root
bind-interfaces
listen-address=10.0.0.1,fd00::1
local=/lan/
address=/www.lan/10.0.0.1
address=/www.lan/fd00::1
host-record=two.lan,10.0.0.2,fd00::2
cname=alias.lan,two.lan
mx-host=lan,www.lan,10
txt-record=t.lan,"some text"
srv-host=_http._tcp.lan,www.lan,80,1,2
ptr-record=2.0.0.10.in-addr.arpa,two.lan
END
for i in $(seq 60); do echo "host-record=many.lan,10.9.9.$i"; done >>conf
on_bg 1 dnsmasq -C conf 2>log
dnsmasq=$!
until_open 1 10.0.0.1 53

ask() {
	on 2 dig +noall +answer +tries=1 +time=10 "@$server" "$@"
}

for server in 10.0.0.1 fd00::1; do
	for question in www.lan 'www.lan AAAA' alias.lan 'lan MX' 't.lan TXT' '_http._tcp.lan SRV' '-x 10.0.0.2' '+tcp two.lan'; do
		# shellcheck disable=SC2086
		ask $question
	done
	ask many.lan +bufsize=512 | wc -l
	ask many.lan +ignore +noedns | wc -l
	on 2 dig +tries=1 @$server none.lan | grep -o 'status: [A-Z]*'
	on 2 host two.lan $server | grep .
	on 2 host -T -t TXT t.lan $server | grep .
	on 2 host nothere.lan $server
	on 2 nslookup two.lan $server
done
server=10.0.0.2
ask x.lan | grep -c refused
on 2 sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do dig +short @10.0.0.1 two.lan & done; wait' | sort | uniq -c
stop $dnsmasq
