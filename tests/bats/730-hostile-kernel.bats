# SPDX-License-Identifier: BSD-2-Clause
# Kernels that lie: programs get errors and nonsense, but they do not crash, hang or touch other memory.

load ../lib/helpers

# What a kernel tells a program to do on the host, it does: in this directory, and not as root.
setup() {
	box=$(mktemp -d /dev/shm/rump.XXXXXX)
	echo "$box" >"$RUMP_SCRATCH/same"
	as=()
	if [ "$(id -u)" -eq 0 ]; then
		others_read_library
		chown 65534 "$box"
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
	fi
	cp "$RUMP_BUILD/tests/fault/fault_victim" "$box/victim"
	"${as[@]}" mkdir "$box/dir"
	cd "$box/dir" || return
}

# victim SECONDS SEED: comes to its end.
victim() {
	run "${as[@]}" env RUMPHIJACK_RETRYCONNECT=1 LD_PRELOAD="$RUMPHIJACK_LIB" timeout 120 "$box/victim" "$1" "$2" \
		2>"$RUMP_SCRATCH/stderr" </dev/null 3>&-
	log_run victim "$1" "$2"
	tail -n 5 "$RUMP_SCRATCH/stderr"
	assert_success
	assert_output alive
}

@test "memory that is shared becomes nonsense" {
	for seed in 1 2; do
		as=()
		SCRIBBLE_SEED=$seed LD_PRELOAD=$RUMP_BUILD/tests/fault/libscribble.so server_start "k$seed"
		victim 2 "$seed"
		server_stop
	done
}

@test "answers are nonsense, or none" {
	for seed in 1 2; do
		rm -rf "${box:?}/k" "$box/dir"
		"${as[@]}" mkdir "$box/dir"
		cd "$box/dir"
		"${as[@]}" /usr/bin/python3 "$RUMP_TOP/tests/lib/kernel_liar.py" "$box/k" "$seed" "$box/dir" \
			>"$RUMP_SCRATCH/liar" 2>&1 </dev/null 3>&- &
		echo $! >>"$RUMP_SCRATCH/background"
		wait_for 10 test -S "$box/k"
		RUMP_SERVER=unix://$box/k victim 3 "$seed"
		background_stop
		[ ! -s "$RUMP_SCRATCH/liar" ] || cat "$RUMP_SCRATCH/liar"
	done
}
