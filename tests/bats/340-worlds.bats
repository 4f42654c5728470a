# SPDX-License-Identifier: BSD-2-Clause
# Where the host's tree and the kernel's meet: the current directory, links and names across.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "the current directory in the kernel is named with its prefix, and .. does not leave it" {
	run_rump sh -c 'cd /rump && pwd -P && mkdir d && cd d && mkdir d && cd d && pwd -P && cd -P ../.. && pwd -P'
	assert_output $'/rump\n/rump/d/d\n/rump'
	run_rump /usr/bin/python3 -c '
import os
os.chdir("/rump/d/d"); print(os.getcwd())
os.chdir(".."); print(os.getcwd())
os.chdir("../../../../../.."); print(os.getcwd())
os.chdir("/"); print(os.getcwd())
os.chdir("/tmp"); os.chdir("/rump/d"); os.chdir("/tmp"); print(os.getcwd())'
	assert_output $'/rump/d/d\n/rump/d\n/rump\n/\n/tmp'
}

@test ".. in the root shows the host's directory, so programs that climb know where they are" {
	need zsh
	run_rump sh -c '[ / -ef /rump/.. ] && ! [ /rump -ef /rump/.. ] && mkdir /rump/d && [ /rump -ef /rump/d/.. ] && [ / -ef /rump/d/../.. ] && echo right'
	assert_output right
	run_rump zsh -fc 'cd /rump/d && print $PWD && mkdir e && touch e/f && print e(:A) && cd -P e/.. && print $PWD && ls e(:A)'
	assert_output $'/rump/d\n/rump/d/e\n/rump/d\nf'
}

@test "a path with dots that leads into the prefix, or out of it, means what it says" {
	hijack mkdir -p /rump/a/b
	run_rump ls -d /./rump/a /tmp/../rump/a //rump//a /rump/a/b/../../a
	assert_success
	run_rump ls -d /rump/../etc/passwd
	assert_failure
}

@test "the current directory stays in the kernel over exec and fork" {
	hijack mkdir -p /rump/w
	run_rump sh -c 'cd /rump/w && exec sh -c "touch x; exec /bin/ls"'
	assert_output x
	run_rump sh -c 'cd /rump/w && (touch y; ls | wc -l) && env -u OLDPWD /bin/pwd'
	assert_output $'2\n/rump/w'
}

@test "an absolute link in the kernel leads where the program's own path would" {
	hijack mkdir -p /rump/d
	hijack sh -c 'echo inside >/rump/d/f; ln -s /rump/d/f /rump/in; ln -s /etc/hostname /rump/out; ln -s /rump/d /rump/dir'
	run_rump cat /rump/in /rump/dir/f
	assert_output $'inside\ninside'
	run_rump cmp /rump/out /etc/hostname
	assert_success
	run_rump readlink /rump/in /rump/out
	assert_output $'/rump/d/f\n/etc/hostname'
	run_rump realpath /rump/in /rump/dir/f
	assert_output $'/rump/d/f\n/rump/d/f'
}

@test "a link on the host that leads into the prefix" {
	ln -s /rump/top/target "$RUMP_SCRATCH/link"
	hijack sh -c 'mkdir /rump/top; echo inside >/rump/top/target'
	run_rump readlink "$RUMP_SCRATCH/link"
	assert_output /rump/top/target
	run_rump cat "$RUMP_SCRATCH/link"
	assert_output inside
	ln -s /rump/top "$RUMP_SCRATCH/root"
	run_rump sh -c "cd $RUMP_SCRATCH/root && pwd -P && ls && cp $RUMP_SCRATCH/link copy && mkdir $RUMP_SCRATCH/root/d && echo new >$RUMP_SCRATCH/root/d/f"
	assert_output $'/rump/top\ntarget'
	run_rump sh -c "mv $RUMP_SCRATCH/root/copy $RUMP_SCRATCH/root/d/ && mv /rump/top/d/f $RUMP_SCRATCH/root/g && ls /rump/top /rump/top/d && find $RUMP_SCRATCH/root/ | wc -l"
	assert_output $'/rump/top:\nd\ng\ntarget\n\n/rump/top/d:\ncopy\n5'
	run_rump sh -c "printf '#!/bin/sh\necho ran\n' >/rump/top/script && chmod +x /rump/top/script && $RUMP_SCRATCH/root/script"
	assert_output ran
	run_rump sh -c "rm $RUMP_SCRATCH/link && ls $RUMP_SCRATCH/link"
	assert_failure
	run_rump cat /rump/top/target
	assert_output inside
}

@test "the host's tables of mounts show the kernel's file systems, so df and mountpoint know them" {
	same 'df --output=fstype . | tail -n 1; df . | wc -l; mountpoint .; busybox df . | wc -l; mountpoint /'
	run_rump sh -c 'df --output=target /rump /rump/dev | tail -n 2; stat -c %m /rump/tmp; cut -d" " -f 2 /etc/mtab | grep rump; mountpoint -q /rump && echo point'
	assert_output $'/rump\n/rump/dev\n/rump\n/rump\n/rump/dev\n/rump/proc\n/rump/sys\npoint'
	run_rump awk '{ print $1 }' /proc/self/mountinfo
	assert_equal "$(printf '%s\n' "${lines[@]}" | sort | uniq -d)" ""
}

@test "renaming and linking across kernels is EXDEV" {
	echo x >"$RUMP_SCRATCH/f"
	run_rump ln "$RUMP_SCRATCH/f" /rump/f
	assert_failure
	assert_output --partial 'Invalid cross-device link'
	run_rump /usr/bin/python3 -c 'import os, sys; os.rename(sys.argv[1], "/rump/f")' "$RUMP_SCRATCH/f"
	assert_failure
	assert_output --partial 'Invalid cross-device link'
}

@test "two blankets of which one is a link to the other" {
	hijack sh -c "mkdir -p /rump$RUMP_SCRATCH/dir; ln -s dir /rump$RUMP_SCRATCH/too"
	export RUMPHIJACK=path=/rump,blanket=$RUMP_SCRATCH/dir:$RUMP_SCRATCH/too
	run_rump sh -c "echo x >$RUMP_SCRATCH/dir/f; cat $RUMP_SCRATCH/too/f; ls $RUMP_SCRATCH/too"
	assert_output $'x\nf'
}

@test "descriptors of both worlds side by side: select, poll, copies" {
	hijack sh -c 'seq 1000 >/rump/f'
	seq 1000 >"$RUMP_SCRATCH/f"
	run_rump sh -c "exec 3</rump/f 4<$RUMP_SCRATCH/f; cmp /dev/fd/3 /dev/fd/4 && cmp /rump/f $RUMP_SCRATCH/f && paste - - <&3 | head -n 1"
	assert_success
	assert_output $'1\t2'
}

@test "devices of the kernel" {
	run_rump sh -c 'echo gone >/rump/dev/null; head -c 4 /rump/dev/zero | od -An -tx1; dd if=/dev/zero of=/rump/dev/full count=1 2>&1; head -c 8 /rump/dev/urandom | wc -c'
	assert_line ' 00 00 00 00'
	assert_line --partial 'No space left'
	assert_line 8
}

@test "a file that is removed while open can still be read" {
	same 'seq 100 >f; exec 3<f; rm f; ls; tail -n 1 <&3; exec 4>g; rm g; echo x >&4; exec 5<>h; rm h; echo y >&5; ls'
}
