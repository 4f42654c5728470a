# SPDX-License-Identifier: BSD-2-Clause
# CPython's own tests of sockets, event loops and servers (Debian: libpython3.11-testsuite), each with
# the result that it has on the host.  AF_VSOCK is the host's in both runs, and may hang.

load ../lib/helpers

suite() {
	/usr/bin/python3 -c 'import test.test_socket' || skip "no test suite of python here"
	server_start
	RUMP_TIMEOUT=900 same "TMPDIR=\$PWD /usr/bin/python3 -W ignore $RUMP_TOP/tests/long/python_results.py --offline --without VSOCK $* 2>/dev/null"
	[ "$(wc -l <"$RUMP_SCRATCH/host.out")" -gt 10 ]
}

@test "sockets" {
	suite test_socket
}

@test "select, poll, epoll" {
	suite test_select test_selectors test_epoll test_poll test_asyncore test_asynchat
}

@test "ssl" {
	suite test_ssl
}

@test "servers and clients of protocols" {
	suite test_http_cookiejar test_telnetlib test_nntplib test_docxmlrpc test_smtpd test_logging \
		test_httplib test_httpservers test_urllib2_localnet test_ftplib test_smtplib test_poplib \
		test_imaplib test_xmlrpc test_wsgiref
}

@test "asyncio" {
	suite test_asyncio.test_events test_asyncio.test_streams test_asyncio.test_sock_lowlevel \
		test_asyncio.test_server test_asyncio.test_ssl test_asyncio.test_sslproto \
		test_asyncio.test_unix_events test_asyncio.test_sendfile test_asyncio.test_subprocess
}
