# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2094 # what a program said is read while it goes on
# TLS and DTLS between the tools of OpenSSL and of GnuTLS.
make_certificate
make_random blob 3000000
on_bg 1 openssl s_server -accept 10.0.0.1:4433 -cert crt -key key -WWW -quiet 2>/dev/null
server=$!
until_open 1 10.0.0.1 4433
printf 'GET /blob HTTP/1.0\r\n\r\n' |
	on 2 openssl s_client -connect 10.0.0.1:4433 -CAfile crt -quiet -verify_return_error -ign_eof 2>/dev/null |
	tail -c 3000000 | cmp - blob && echo whole
on 2 openssl s_client -connect 10.0.0.1:4433 -CAfile crt -tls1_2 </dev/null 2>&1 | grep -E 'Verif|Protocol|Cipher is'
on 2 curl -s --cacert crt https://10.0.0.1:4433/blob | cmp - blob && echo whole
on 2 openssl s_time -connect 10.0.0.1:4433 -new -time 1 2>&1 | grep -c 'connections in'
stop $server

# talk ANSWER COMMAND...: says a line and waits for what is to come back.
talk() {
	local answer=$1

	shift
	: >answer
	(
		echo hello
		until grep -q "^$answer" answer; do :; done
	) | "$@" >answer 2>/dev/null
	grep "^$answer" answer
}

on_bg 1 openssl s_server -accept '[fd00::1]:4434' -cert crt -key key -rev -quiet 2>/dev/null
server=$!
until_open 1 fd00::1 4434
talk olleh on 2 openssl s_client -connect '[fd00::1]:4434' -quiet -no_ign_eof
stop $server

on_bg 1 openssl s_server -accept 4437 -cert crt -key key -www -quiet -naccept 2
server=$!
until on 1 ss -tln | grep -q :4437; do :; done
on 2 curl -s --cacert crt https://10.0.0.1:4437/ | grep -c "^Supported"
on 2 curl -s --cacert crt 'https://[fd00::1]:4437/' | grep -c "^Supported"
wait $server
echo $?

on_bg 1 gnutls-serv --http --x509certfile crt --x509keyfile key -p 5556 -q >/dev/null 2>&1
servers=$!
on_bg 1 gnutls-serv --echo --x509certfile crt --x509keyfile key -p 5557 -q >/dev/null 2>&1
servers="$servers $!"
on_bg 1 gnutls-serv -u --echo --x509certfile crt --x509keyfile key -p 5558 -q >/dev/null 2>&1
servers="$servers $!"
until_open 1 10.0.0.1 5556
until_open 1 10.0.0.1 5557
until_udp 1 5558
printf 'GET / HTTP/1.0\r\n\r\n' | on 2 gnutls-cli --x509cafile crt -p 5556 10.0.0.1 2>&1 | grep -E 'Status|Handshake'
on 2 curl -s --cacert crt 'https://[fd00::1]:5556/' | grep -c GnuTLS
talk hello on 2 gnutls-cli --insecure -p 5557 fd00::1
talk hello on 2 gnutls-cli -u --insecure -p 5558 10.0.0.1
# shellcheck disable=SC2086
stop $servers
