# SPDX-License-Identifier: BSD-2-Clause
# The commands that README and the manual pages show, as they stand there.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	export XDG_RUNTIME_DIR=$RUMP_SCRATCH # its buses are nobody else's
	server_start
	mkdir "$RUMP_SCRATCH/site"
	echo welcome >"$RUMP_SCRATCH/site/index.html"
}

# Examples with the machine's own configuration, its network, or a disk image.
needs_more='nginx|slirp|\.img'${RUMP_ASAN:+'|redis'}

run_examples() {
	local script name

	cd "$RUMP_SCRATCH" || return # where the programs leave what they like
	/usr/bin/python3 "$RUMP_TOP/tests/lib/examples.py" "$RUMP_TOP/$1" "$RUMP_SCRATCH" "$RUMPHIJACK_LIB"
	for name in k one two; do
		echo "unix://$RUMP_SCRATCH/$name.example" >>"$RUMP_SCRATCH/servers"
	done
	for script in "$RUMP_SCRATCH"/example.*.sh; do
		! grep -qE "$needs_more" "$script" || continue
		cat "$script"
		run timeout "$RUMP_TIMEOUT" bash -e "$script"
		log_run "$script"
		assert_success
	done
}

@test "README's commands" {
	run_examples README.md
	run bash -ec "$(grep -o "rump run -- sh -c '.*'" "$RUMP_TOP/README.md")"
	assert_success
	assert_output --partial " file"
}

@test "rump(1)'s commands" {
	run_examples docs/man/rump.1
}

@test "rump_server(1)'s commands" {
	run_examples docs/man/rump_server.1
}

@test "rump.mount(1)'s commands" {
	hijack mkdir /rump/mnt
	run_examples docs/man/rump.mount.1
}

@test "rumphijack(3)'s commands" {
	run_examples docs/man/rumphijack.3
}

@test "rumpclient(3)'s program" {
	sed -n '/^#include <rump/,/^\.Ed/p' "$RUMP_TOP/docs/man/rumpclient.3" | grep -v '^\.' |
		compile_c hello "-I$RUMP_TOP/include" "-I$RUMP_BUILD/include" "-L$RUMP_BUILD" \
			"-Wl,-rpath,$RUMP_BUILD" -Werror -x none -lrumpclient
	run_tool "$RUMP_SCRATCH/hello"
	assert_success
	run_rump ls -d /rump/hello
	assert_success
}
