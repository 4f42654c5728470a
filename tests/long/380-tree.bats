#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The file system under load, and with very many files.

load ../lib/helpers

few_descriptors() {
	[ "$(find "/proc/$(server_pid "$RUMP_SERVER")/fd" -mindepth 1 | wc -l)" -lt 60 ]
}

@test "100 processes in one tree, 500 of them killed: consistent, and no descriptor is left" {
	export RUMP_TIMEOUT=600
	server_start
	for _ in 1 2 3; do
		run_rump "$RUMP_BUILD/tests/client/client_tree" /rump/tree 100 2000 500
		assert_success
		assert_line consistent
	done
	wait_for 20 few_descriptors
}

@test "random calls: 60 more seeds have the same results as on the host" {
	for seed in $(seq 1001 1060); do
		PARITY_TEST=seed_given PARITY_SEED=$seed PARITY_CALLS=600 \
			"$RUMP_TOP/tests/parity/run" random
	done
}

@test "a million files: the descriptors suffice, and what was written is there" {
	export RUMP_TIMEOUT=900
	server_start
	cat >"$RUMP_SCRATCH/million.py" <<-'EOT'
		import os
		N, PER_DIR = 1000000, 10000
		path = lambda i: f"/rump/m/{i // PER_DIR}/{i}"
		os.mkdir("/rump/m")
		for i in range(N):
		    if i % PER_DIR == 0:
		        os.mkdir(os.path.dirname(path(i)))
		    with open(path(i), "w") as f:
		        f.write(f"file {i}")
		for i in range(0, N, 997):
		    with open(path(i)) as f:
		        assert f.read() == f"file {i}", i
		    assert os.stat(path(i)).st_size == len(f"file {i}")
		print(os.statvfs("/rump").f_files - os.statvfs("/rump").f_ffree > N)
	EOT
	run_rump /usr/bin/python3 "$RUMP_SCRATCH/million.py"
	assert_success
	assert_output True
}

@test "a directory with 100,000 entries" {
	export RUMP_TIMEOUT=300
	server_start
	same "mkdir d; cd d; seq 100000 | xargs touch; ls | wc -l; ls -f | wc -l; find . -name '*99' | wc -l; rm 5*; ls | wc -l; cd ..; rm -r d; ls"
}
