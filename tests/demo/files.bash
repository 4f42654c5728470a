# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# shellcheck disable=SC2154 # $tree is set by tests/demo/run
# The demo's part about files: a tree, a database, work on it, file systems that are mounted.

# Some hundred files with links between them, as an installed system has them.
make_tree() {
	mkdir "$tree"
	find /usr/share/doc -mindepth 1 -maxdepth 1 | sort | head -n 120 |
		xargs -I{} cp -a {} "$tree"
	mkdir -p "$tree/links/deep"
	ln -s ../links "$tree/links/deep/up"
	ln -s missing "$tree/links/dangling"
	cp /bin/ls "$tree/links/binary"
	ln "$tree/links/binary" "$tree/links/hard"
	# A link that leads out of the tree means another thing after the tree has moved.
	find "$tree" -xtype l -lname '/*' -delete
	echo "a tree of $(find "$tree" -type f | wc -l) files and $(find "$tree" -type l | wc -l)" \
		"symbolic links, $(du -sh "$tree" | cut -f1)"
}

bind_tree() {
	hijack mkdir /rump/host && rump.mount -r -t hostfs "$tree" /host
}

# shellcheck disable=SC2012
equal_listing() {
	diff <(cd "$tree" && ls -lR --time-style=full-iso | listing) \
		<(hijack sh -c 'cd /rump/tree && ls -lR --time-style=full-iso' | listing)
}

# Sizes of directories are the file system's own business.
listing() {
	sed -e '/^total/d' -e '/^d/s/^\([^ ]* *[0-9]* *[^ ]* *[^ ]*\) *[0-9]*/\1/' | tr -s ' '
}

equal_find() {
	diff <(cd "$tree" && find . -printf '%p %y %m %s %l\n' | sed '/ d /s/ [0-9]* $//' | sort) \
		<(hijack sh -c "cd /rump/tree && find . -printf '%p %y %m %s %l\n'" |
			sed '/ d /s/ [0-9]* $//' | sort)
}

tar_back() {
	mkdir "$RUMP_SCRATCH/back"
	hijack tar cf - -C /rump/tree . | tar xf - -C "$RUMP_SCRATCH/back" &&
		diff -r --no-dereference "$tree" "$RUMP_SCRATCH/back"
}

demo_files() {
	say "A file system that only these programs see: $(make_tree)"
	step "cp -a TREE /rump/tree" hijack cp -a "$tree" /rump/tree
	step "diff -r TREE /rump/tree: equal" hijack diff -r --no-dereference "$tree" /rump/tree
	step "ls -lR of both: equal" equal_listing
	step "find -printf of both: equal" equal_find
	step "tar out of the kernel, unpacked on the host: equal" tar_back
	step "grep -r finds what it finds on the host" equal_grep
	step "the host has no /rump/tree" not test -e /rump/tree
	step "rump.mount: the host's TREE at /host, read-only" bind_tree
	step "diff -r /rump/host /rump/tree: equal" hijack diff -r --no-dereference /rump/host /rump/tree
	step "nothing can be removed there" not hijack rm -rf /rump/host/links
	step "rump.umount" rump.umount /host
}

equal_grep() {
	diff <(cd "$tree" && grep -rlI licen . | sort) \
		<(hijack sh -c 'cd /rump/tree && grep -rlI licen . | sort')
}

sqlite_says() {
	[ "$(hijack sqlite3 /rump/db "$2")" = "$1" ]
}

demo_sqlite() {
	say "A database file in the kernel"
	step "sqlite3 creates tables and 10000 rows" hijack sqlite3 /rump/db \
		"create table t(a integer primary key, b text);
		 with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
		 insert into t select i, 'row ' || i from n; create index i on t(b);"
	step "another sqlite3 counts them" sqlite_says 10000 "select count(*) from t"
	step "a query by the index" sqlite_says 4321 "select a from t where b = 'row 4321'"
	step "the database's own integrity check" sqlite_says ok "pragma integrity_check"
}

# job WHAT FUNCTION ARGUMENT: one of tests/lib/jobs.sh, with /rump/work as the current directory;
# what it says must be what it says on the host.
job() {
	local jobs=$RUMP_TOP/tests/lib/jobs.sh

	rm -rf "$RUMP_SCRATCH/work"
	mkdir "$RUMP_SCRATCH/work"
	diff <(cd "$RUMP_SCRATCH/work" && sh -c ". $jobs; $1" 2>&1) \
		<(hijack sh -c "rm -rf /rump/work; mkdir /rump/work; cd /rump/work && . $jobs; $1" 2>&1)
}

# writer N: a hundred transactions.
writer() {
	for _ in $(seq 100); do echo "insert into t values ($1);"; done |
		hijack sqlite3 -cmd ".timeout 60000" /rump/wal
}

sqlite_writers() {
	local other

	hijack sqlite3 /rump/wal "pragma journal_mode = wal; create table t(a)" || return
	writer 1 &
	other=$!
	writer 2 && wait $other &&
		[ "$(hijack sqlite3 /rump/wal "select count(*), sum(a) from t")" = "200|300" ]
}

demo_work() {
	# shellcheck source=tests/lib/jobs.sh
	(source "$RUMP_TOP/tests/lib/jobs.sh" && make_history "$RUMP_SCRATCH/history" 2000 &&
		make_project "$RUMP_SCRATCH/project" 100) || exit 1
	say "Work on files of the kernel: a repository of 2000 commits, a project of 100 files"
	step "git clone, log, commit, merge, blame, gc, fsck as on the host" \
		job "work_in_git $RUMP_SCRATCH/history"
	step "make -j4 builds the project, and what it built runs" \
		job "cp -r $RUMP_SCRATCH/project p; work_in_project p"
	step "rsync -a /usr/include/linux there" hijack rsync -a /usr/include/linux /rump
	step "diff -r says it is the same" hijack diff -r /usr/include/linux /rump/linux
	step "two writers on a database in WAL mode, 100 transactions each" sqlite_writers
}

# The root of the image belongs to who runs this.
make_ext4() {
	/sbin/mke2fs -q -F -t ext4 -E "root_owner=$(id -u):$(id -g)" "$1" 64M
}

demo_ext4() {
	local image=$RUMP_SCRATCH/ext4

	say "An ext4 image: made on the host, filled in the kernel, checked on the host"
	hijack mkdir /rump/ext4
	step "mke2fs -t ext4, 64 MiB" make_ext4 "$image"
	step "rump.mount -t fuse fuse2fs, without root and /dev/fuse" \
		rump.mount -t fuse fuse2fs "$image" {} -o fakeroot /ext4
	step "cp -a TREE there" hijack cp -a "$tree" /rump/ext4/tree
	step "a database in it" hijack sqlite3 /rump/ext4/db \
		"create table t (a); insert into t values (1), (2), (3);"
	step "rump.umount: fuse2fs writes what it has, and ends" rump.umount /ext4
	step "e2fsck -fn finds nothing wrong" /sbin/e2fsck -fn "$image"
	step "mounted again, read-only" rump.mount -r -t fuse fuse2fs "$image" {} -o fakeroot,ro /ext4
	step "diff -r says it is the same tree" hijack diff -r --no-dereference "$tree" /rump/ext4/tree
	step "nothing can be written" not hijack touch /rump/ext4/tree
	step "rump.umount" rump.umount /ext4
}
