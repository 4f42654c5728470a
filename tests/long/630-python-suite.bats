# SPDX-License-Identifier: BSD-2-Clause
# CPython's own tests of files (Debian: libpython3.11-testsuite), each with the result that it has on
# the host.

load ../lib/helpers

# suite MODULE...: warnings that name temporary files are not compared.
suite() {
	/usr/bin/python3 -c 'import test.test_os' || skip "no test suite of python here"
	server_start
	RUMP_TIMEOUT=600 same "TMPDIR=\$PWD /usr/bin/python3 -W ignore $RUMP_TOP/tests/long/python_results.py $* 2>/dev/null"
	[ "$(wc -l <"$RUMP_SCRATCH/host.out")" -gt 10 ]
}

@test "os, posix and paths" {
	suite test_os test_posix test_posixpath test_genericpath test_stat test_glob test_fnmatch
}

@test "files and streams" {
	suite test_file test_fileio test_io test_largefile test_fileinput test_mmap test_fcntl
}

@test "trees, temporary files and archives" {
	suite test_shutil test_tempfile test_pathlib test_zipfile test_tarfile test_filecmp test_gzip
}

@test "databases in files" {
	suite test_dbm test_dbm_dumb test_shelve test_mailbox test_sqlite3
}

@test "programs: subprocess, import, venv" {
	suite test_popen test_pty test_zipimport test_py_compile test_compileall test_runpy
}
