# SPDX-License-Identifier: BSD-2-Clause
# The jobs of tests/bats/610-main-job.bats on inputs of the size that people have.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	# shellcheck source=tests/lib/jobs.sh
	source "$RUMP_TOP/tests/lib/jobs.sh"
	export RUMP_TIMEOUT=600
}

@test "git: a repository with 5000 commits" {
	need git
	make_history "$RUMP_SCRATCH/origin" 5000
	same ". $RUMP_TOP/tests/lib/jobs.sh; work_in_git $RUMP_SCRATCH/origin"
	grep -qx 'A  new' "$RUMP_SCRATCH/host.out"
}

@test "make -j and cc: a project of 150 files" {
	need make cc
	make_project "$RUMP_SCRATCH/project" 150
	same ". $RUMP_TOP/tests/lib/jobs.sh; cp -r $RUMP_SCRATCH/project p; work_in_project p"
	grep -qx 'nothing to do' "$RUMP_SCRATCH/host.out"
}

@test "tar and rsync: all of /usr/include" {
	need rsync
	same 'tar cf - -C /usr include | tar xf - && diff -r --no-dereference include /usr/include && echo equal; tar cf a.tar include && tar df a.tar && rsync -aHAX include/ copy && diff -r --no-dereference include copy && echo equal; tar czf - include | tar tzf - | wc -l; find include -printf "%P %y %m %s %l %n\n" | sort | md5sum; du -s --apparent-size copy >/dev/null; rm -rf include copy; ls'
	grep -qx equal "$RUMP_SCRATCH/host.out"
}

@test "sqlite3 in WAL mode: two writers with 300 transactions each" {
	need sqlite3
	same 'sqlite3 db "pragma journal_mode = wal; create table t(a)"; for i in 1 2; do (for j in $(seq 300); do echo "insert into t values ($i * 1000 + $j);"; done | sqlite3 -cmd ".timeout 120000" db) & done; wait; sqlite3 db "select count(*), sum(a) from t; pragma integrity_check; pragma wal_checkpoint(truncate)"; ls'
}

@test "python3 -m venv with pip, which installs a package of the kernel" {
	/usr/bin/python3 -c 'import ensurepip' || skip "no ensurepip here"
	same '/usr/bin/python3 -m venv v && mkdir p && printf "from setuptools import setup\nsetup(name=\"own\", version=\"1\", py_modules=[\"own\"])\n" >p/setup.py && echo "value = 7" >p/own.py && v/bin/pip install -q --no-index --no-build-isolation ./p 2>&1 | grep -v notice; v/bin/python -c "import own; print(own.value, own.__file__.split(\"/\")[-2:])"; v/bin/pip list 2>/dev/null | grep own; v/bin/pip uninstall -qy own; v/bin/python -c "import own" 2>&1 | tail -n 1'
}
