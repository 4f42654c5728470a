# SPDX-License-Identifier: BSD-2-Clause
# File systems of limited size: programs that fill them hear what they hear on the host's tmpfs, and
# go on.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	unshare -Urm true 2>/dev/null || skip "no user namespaces here"
}

# small SNIPPET: in a tmpfs of 1 MiB, on the host and in the rump kernel, with the same output.
small() {
	mkdir "$RUMP_SCRATCH/m"
	(cd "$RUMP_SCRATCH" && unshare -Urm sh -c \
		'mount -t tmpfs -o size=1m none m && cd m && eval "$0"' "$1") \
		>"$RUMP_SCRATCH/host" 2>&1 </dev/null || :
	server_start
	hijack mkdir /rump/m
	rump.mount -t tmpfs -o size=1m none /m
	(cd / && hijack sh -c 'cd /rump/m && eval "$0"' "$1") >"$RUMP_SCRATCH/rump" 2>&1 </dev/null || :
	diff -u "$RUMP_SCRATCH/host" "$RUMP_SCRATCH/rump"
}

@test "dd, seq, cp, python, tar and git fill a file system; what is removed gives room" {
	need python3 git
	small 'dd if=/dev/zero of=f bs=64k 2>&1 | grep -v copied
		df -k . | tail -n 1 | tr -s " " | cut -d " " -f 2-5
		seq 1 1000000 >g; echo $?
		cp f copy; echo $?
		python3 -c "
try:
    with open(\"p\", \"w\") as f: f.write(\"x\" * 500000)
except OSError as e: print(e)"
		stat -c "%n %s" *
		rm f; echo small >h; cat h
		tar -cf t --exclude=./t . && tar -tf t | wc -l
		exec 3>z; head -c 2000000 /dev/zero >&3; rm ./*; exec 3>&-
		head -c 1000000 /dev/zero >y; echo $?
		rm y; df -k . | tail -n 1 | tr -s " " | cut -d " " -f 2-5
		fallocate -l 2m q; echo $?
		git init -q r && head -c 3000000 /dev/zero >r/f; (cd r; git add f); echo $?
		rm -rf r; ls -A'
}

@test "sqlite on a full disk: the database is whole and usable after it" {
	need sqlite3
	small 'sqlite3 d "create table t(x); insert into t values(1)"
		sqlite3 d "insert into t select zeroblob(100000) from
			(with recursive c(n) as (select 1 union all select n+1 from c where n<50) select n from c)"
		echo $?
		sqlite3 d "pragma integrity_check; select count(*) from t; insert into t values(2); select count(*) from t"'
}

@test "rump_server --size: the root has a size, also for a kernel of another user" {
	local as=() dir

	dir=$(mktemp -d)
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chmod 777 "$dir"
	"${as[@]}" test -r "$RUMPHIJACK_LIB" || skip "not for another user's eyes"
	export RUMP_SERVER=unix://$dir/kernel
	echo "$RUMP_SERVER" >>"$RUMP_SCRATCH/servers"
	"${as[@]}" timeout 30 rump_server --size 1m "$RUMP_SERVER" 3>&-
	run "${as[@]}" timeout 30 env LD_PRELOAD="$RUMPHIJACK_LIB" sh -c 'cd /rump
		dd if=/dev/zero of=f bs=64k 2>&1 | head -n 1; rm f; stat -f -c "%b %f" /rump'
	assert_output $'dd: error writing \'f\': No space left on device\n256 256'
	run_tool "${as[@]}" rump.mount -o remount,size=2m /
	run_rump stat -f -c "%b %f" /rump
	assert_output '512 512'
	server_stop
	rm -rf "$dir"
}

@test "rump_server --size wants a size" {
	run_tool rump_server --size 3x "unix://$RUMP_SCRATCH/k"
	assert_failure 100
	assert_output 'rump_server: --size 3x: not a size like 64m, 1g or 10%'
}
