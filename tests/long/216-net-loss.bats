# SPDX-License-Identifier: BSD-2-Clause
# TCP over lines that lose: much data, and many small transfers.

# shellcheck disable=SC2154,SC2034 # one, two, bus: of net_faults; RUMP_TIMEOUT: of hijack
load ../lib/helpers
load ../lib/net_faults

setup() {
	RUMP_TIMEOUT=900
	serving_kernels
}

# A GiB that has no repetition.
stream() {
	head -c 1073741824 /dev/zero |
		openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -nosalt 2>/dev/null
}

@test "a GiB arrives whole where 2 % of the packets are lost" {
	RUMP_SERVER=$one hijack_bg sum sh -c 'nc -l 10.0.0.1 81 | sha256sum'
	wait_for 10 grep -q '/rump-i-.*a000001\.51-' /proc/net/unix
	fault "$one" eth0 loss 2% seed 1
	fault "$two" eth0 loss 2% seed 2
	stream | on "$two" nc -N 10.0.0.1 81
	wait_for 60 grep -q ' -$' sum
	[ "$(cat sum)" = "$(stream | sha256sum)" ]
	[ "$(counted "$two" lost)" -gt 1000 ]
}

@test "small transfers over a bad line take no long time-outs" {
	cat >many.py <<-'END'
		import hashlib, statistics, sys, time, urllib.request
		times = []
		for i in range(40):
		    start = time.monotonic()
		    data = urllib.request.urlopen("http://10.0.0.1/small").read()
		    times.append(time.monotonic() - start)
		    assert hashlib.sha256(data).hexdigest() == sys.argv[1], i
		print(statistics.median(times) < 2)
	END
	head -c 40000 file >small
	fault "$one" eth0 loss 3% corrupt 2% seed 3
	fault "$two" eth0 loss 3% corrupt 2% seed 4
	RUMP_SERVER=$two run_rump timeout 300 /usr/bin/python3 many.py "$(sha256sum <small | cut -d' ' -f1)"
	assert_output True
}
