# SPDX-License-Identifier: BSD-2-Clause
# A day's work on files in the kernel, with the programs that people use for it; alike on the host.
# The same with more and larger inputs is in tests/long.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	# shellcheck source=tests/lib/jobs.sh
	source "$RUMP_TOP/tests/lib/jobs.sh"
	export RUMP_TIMEOUT=120
}

@test "git: clone, log, commit, merge, gc, fsck of a repository with some hundred commits" {
	need git
	make_history "$RUMP_SCRATCH/origin" 400
	same ". $RUMP_TOP/tests/lib/jobs.sh; work_in_git $RUMP_SCRATCH/origin"
	grep -qx 'A  new' "$RUMP_SCRATCH/host.out"
}

@test "make -j and cc build a project of many files, and what they built runs" {
	need make cc
	make_project "$RUMP_SCRATCH/project" 30
	same ". $RUMP_TOP/tests/lib/jobs.sh; cp -r $RUMP_SCRATCH/project p; work_in_project p"
	grep -qx 'nothing to do' "$RUMP_SCRATCH/host.out"
}

@test "tar and rsync carry headers there and back" {
	need rsync
	same 'tar cf - -C /usr/include linux | tar xf - && diff -r linux /usr/include/linux && echo equal; tar cf a.tar linux && tar df a.tar && rsync -a linux/ copy && diff -r linux copy && echo equal; rsync -ain --delete linux/ copy; rm -r linux/netfilter; touch copy/extra; rsync -ai --delete linux/ copy | sort | md5sum; diff -r linux copy && echo equal'
}

@test "sqlite3: two writers in WAL mode, and a reader meanwhile" {
	need sqlite3
	same 'sqlite3 db "pragma journal_mode = wal; create table t(a)"; for i in 1 2; do (for j in $(seq 25); do sqlite3 -cmd ".timeout 60000" db "insert into t values ($i * 100 + $j)"; done) & done; for j in $(seq 10); do sqlite3 -readonly -cmd ".timeout 60000" db "select count(*) <= 50 from t"; done; wait; sqlite3 db "select count(*), sum(a) from t; pragma integrity_check; pragma wal_checkpoint(truncate)"; ls'
}

@test "vim -es edits files, with backup, swap and undo files beside them" {
	need vim
	same 'vim -es -u NONE -c "e f" -c "normal ihello world" -c "normal yyp" -c "s/hello/bye/" -c wq; cat f; vim -es -u NONE -c "set backup backupdir=. undofile undodir=." -c "e f" -c "%s/o/0/g" -c "w" -c "w! g" -c "swapname" -c "qa!"; cat f g; ls -A | sed "s/.*%//"; printf "a\nb\n" | vim -es -u NONE -c "%!sort -r" -c "w x" -c "q!" -; cat x; vim -es -u NONE -c "args f g" -c "argdo %s/w/W/e | w" -c q; cat f g'
}

@test "dpkg-deb packs and unpacks a package" {
	need dpkg-deb
	same 'mkdir -p b/DEBIAN b/usr/share/own/deep; printf "Package: own\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example>\nDescription: d\n" >b/DEBIAN/control; seq 5000 >b/usr/share/own/numbers; ln -s numbers b/usr/share/own/link; printf "#!/bin/sh\n" >b/DEBIAN/postinst; chmod 755 b/DEBIAN/postinst; dpkg-deb --root-owner-group -b b own.deb; dpkg-deb -I own.deb | grep -v size; dpkg-deb -c own.deb | awk "{print \$1, \$2, \$6, \$7, \$8}"; dpkg-deb -x own.deb out && diff -r --no-dereference b/usr out/usr && echo equal; ar t own.deb; dpkg-deb -R own.deb raw && find raw | sort; dpkg-deb -x missing.deb out'
}
