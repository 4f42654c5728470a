# SPDX-License-Identifier: BSD-2-Clause
# Every call of the table with all sorts of arguments, on a live kernel, which is not root's: what it may not
# do on the host then nobody minds. RUMP_FUZZ_SECONDS and RUMP_FUZZ_SEED: how long, and which arguments.

load ../lib/helpers

@test "a kernel that is asked for nonsense lives on and serves others" {
	as=()
	box=$(mktemp -d /dev/shm/rump.XXXXXX)
	echo "$box" >"$RUMP_SCRATCH/same"
	if [ "$(id -u)" -eq 0 ]; then
		others_read_library
		chown 65534 "$box"
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
	fi
	cd "$box"
	export RUMP_SERVER=unix://$box/k
	echo "$RUMP_SERVER" >>"$RUMP_SCRATCH/servers"
	"${as[@]}" rump_server "$RUMP_SERVER" </dev/null 3>&-
	server=$(server_pid "$RUMP_SERVER")
	seconds=${RUMP_FUZZ_SECONDS:-20}
	seed=${RUMP_FUZZ_SEED:-1}
	run "${as[@]}" timeout $((seconds + 60)) /usr/bin/python3 "$RUMP_TOP/tests/fuzz/calls.py" "$box/k" "$seconds" "$seed"
	log_run calls.py "$seconds" "$seed"
	assert_success
	run_tool rump.ps
	assert_success
	run server_pid "$RUMP_SERVER"
	assert_output "$server"
	server_stop
}
