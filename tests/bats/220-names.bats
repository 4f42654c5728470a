# SPDX-License-Identifier: BSD-2-Clause
# Names of hosts: the host's by default, the rump kernel's by names=rump.

load ../lib/helpers

# A kernel with a name server of its own on its loopback interface.
names_start() {
	server_start
	hijack mkdir -p /rump/etc
	hijack sh -c 'echo "nameserver 127.0.0.1" >/rump/etc/resolv.conf
		echo "10.3.3.3 file.test alias.test" >/rump/etc/hosts'
	hijack_bg "$RUMP_SCRATCH/dns" python3 "$RUMP_TOP/tests/lib/dns.py" 127.0.0.1 \
		web.test=10.9.8.7 web.test=fd00::7 four.test=10.4.4.4
	wait_for 20 grep -q ready "$RUMP_SCRATCH/dns"
}

@test "names=rump: servers and files of the rump kernel" {
	names_start
	export RUMPHIJACK=path=/rump,socket=all:nolocal,names=rump
	run_rump getent ahosts web.test
	assert_success
	assert_line --partial '10.9.8.7        STREAM'
	assert_line --partial 'fd00::7         STREAM'
	run_rump getent ahostsv6 four.test
	assert_line --partial '::ffff:10.4.4.4 STREAM four.test'
	run_rump getent ahosts alias.test
	assert_line --partial '10.3.3.3        STREAM'
	run_rump getent ahosts missing.test
	assert_failure 2
	run_rump getent ahosts 127.0.0.9
	assert_line --partial '127.0.0.9       STREAM'
}

@test "names=rump: gethostbyname, gethostbyaddr, getnameinfo" {
	names_start
	export RUMPHIJACK=path=/rump,socket=all:nolocal,names=rump
	run_rump python3 -c 'import socket as s
print(s.gethostbyname_ex("four.test"), s.gethostbyaddr("10.4.4.4"))
print(s.getnameinfo(("10.9.8.7", 80), 0), s.getnameinfo(("10.1.1.1", 80), 0))
print([a[4][0] for a in s.getaddrinfo("web.test", "http", s.AF_INET, s.SOCK_STREAM)])
for call in (lambda: s.gethostbyname("missing.test"),
             lambda: s.getnameinfo(("10.1.1.1", 80), s.NI_NAMEREQD)):
    try:
        call()
    except s.gaierror as e:
        print(e)'
	assert_success
	assert_output "('four.test', [], ['10.4.4.4']) ('four.test', [], ['10.4.4.4'])
('web.test', 'http') ('10.1.1.1', 'http')
['10.9.8.7']
[Errno -2] Name or service not known
[Errno -2] Name or service not known"
}

@test "names are the host's by default" {
	names_start
	run_rump getent ahosts file.test
	assert_failure
}

@test "without c-ares names=rump is one line, and status 1" {
	server_start
	mkdir "$RUMP_SCRATCH/none"
	: >"$RUMP_SCRATCH/none/libcares.so.2"
	RUMPHIJACK=path=/rump,names=rump LD_LIBRARY_PATH=$RUMP_SCRATCH/none run_rump getent ahosts x.test
	assert_failure 1
	assert_output --partial 'RUMPHIJACK'
	assert_output --partial 'libcares.so.2'
}
