# SPDX-License-Identifier: BSD-2-Clause
# CPython's own tests of processes, signals and threads (Debian: libpython3.11-testsuite), each with
# the result that it has on the host.

load ../lib/helpers

# suite MODULE...: warnings that name temporary files are not compared.
suite() {
	/usr/bin/python3 -c 'import test.test_os' || skip "no test suite of python here"
	server_start
	RUMP_TIMEOUT=600 same "TMPDIR=\$PWD /usr/bin/python3 -W ignore $RUMP_TOP/tests/long/python_results.py $* 2>/dev/null"
	[ "$(wc -l <"$RUMP_SCRATCH/host.out")" -gt 10 ]
}

@test "subprocess, fork, wait, pty" {
	suite test_subprocess test_fork1 test_wait3 test_wait4 test_popen test_pty test_fcntl
}

@test "signals and threads" {
	suite test_signal test_threading test_threadsignals test_thread
}

@test "pools of processes" {
	suite test_concurrent_futures
}

@test "multiprocessing by fork" {
	suite test_multiprocessing_fork
}

@test "multiprocessing by spawn" {
	suite test_multiprocessing_spawn
}

@test "asyncio: subprocesses, events of the system" {
	suite test_asyncio.test_subprocess test_asyncio.test_unix_events
}
