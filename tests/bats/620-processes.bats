# SPDX-License-Identifier: BSD-2-Clause
# Programs whose trade is other programs.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "perl: system, pipes, open3, signals, waitpid" {
	need perl
	cat >"$RUMP_SCRATCH/p.pl" <<-'EOT'
		use strict; use IPC::Open3; use POSIX ":sys_wait_h"; $| = 1;
		open my $f, ">", "f"; print $f "one\ntwo\n"; close $f; mkdir "d"; chdir "d";
		print system("cat", "../f"), " ", system("exit 3") >> 8, "\n"; print `pwd | xargs basename`;
		open my $p, "-|", "sort -r ../f" or die; print <$p>; close $p; open $p, "|-", "cat >../g" or die; print $p "to cat\n"; close $p; print `cat ../g`;
		my $pid = open3(my $in, my $out, undef, "sh", "-c", "read x; echo \$x; echo err >&2; exit 4"); print $in "asked\n"; close $in; print <$out>; waitpid $pid, 0; print $? >> 8, "\n";
		my @kids = map { my $k = fork; exit $_ if !defined $k; if ($k == 0) { open my $o, ">", "kid$_"; print $o $_; exit $_ } $k } 1 .. 5;
		print join(",", map { waitpid $_, 0; $? >> 8 } @kids), " ", join(",", sort glob "kid*"), "\n";
		$pid = fork; if (!$pid) { open STDOUT, ">", "../told"; exec "tail", "-f", "../f" } select undef, undef, undef, 0.01 until -s "../told"; kill TERM => $pid; waitpid $pid, 0; print WTERMSIG($?), "\n", `cat ../told`;
		local $SIG{CHLD} = sub { 1 while waitpid(-1, WNOHANG) > 0; print "child gone\n" }; system "true"; exec "./missing" or print "no: $!\n"; exec "cat", "../f";
	EOT
	same "perl $RUMP_SCRATCH/p.pl"
}

@test "ruby: spawn with redirections, popen3, fork, exec" {
	need ruby
	cat >"$RUMP_SCRATCH/r.rb" <<-'EOT'
		require "open3"; $stdout.sync = true
		Dir.mkdir "d"; File.write "f", "one\ntwo\n"; puts `cat f`, $?.exitstatus
		pid = spawn({"A" => "b"}, "echo $A; pwd | xargs basename; cat", chdir: "d", in: "f", out: "d/out", unsetenv_others: false, close_others: true); Process.wait pid; puts $?.exitstatus, File.read("d/out")
		o, e, s = Open3.capture3("cat; echo err >&2; exit 5", stdin_data: "data\n"); p o, e, s.exitstatus
		IO.popen(["sort", "-r", "f"]) { |io| puts io.read }; r, w = IO.pipe; pid = fork { r.close; w.puts Dir.children(".").sort.join(","); exit! 2 }; w.close; puts r.read; Process.wait pid; p $?.exitstatus
		begin; spawn("./missing"); rescue => x; puts x.class; end; puts 4.times.map { |i| Thread.new { `echo #{i}; cat f | wc -l`.split.join(" ") } }.map(&:value)
		Dir.chdir("d") { puts `pwd`.split("/").last; system("ls") }; exec "cat", "f"
	EOT
	same "ruby $RUMP_SCRATCH/r.rb"
}

@test "node: child_process in all its ways" {
	need node
	cat >"$RUMP_SCRATCH/n.js" <<-'EOT'
		const cp = require("child_process"), fs = require("fs");
		fs.mkdirSync("d"); fs.writeFileSync("f", "one\ntwo\n"); console.log(cp.execSync("cat f; basename $(pwd)", { cwd: "." }).toString(), cp.execFileSync("sort", ["-r", "f"]).toString());
		console.log(cp.spawnSync("sh", ["-c", "basename $(pwd); cat; exit 6"], { cwd: "d", input: "input\n" }).output.map(String), cp.spawnSync("./missing").error.code, cp.spawnSync("ls", { cwd: "missing" }).error.code);
		const out = fs.openSync("out", "w"); const c = cp.spawn("sh", ["-c", "echo to file; echo err >&2"], { stdio: ["ignore", out, "pipe"] });
		c.stderr.on("data", d => console.log("stderr", String(d).trim())); c.on("close", code => { console.log(code, fs.readFileSync("out", "utf8").trim());
		  const k = cp.fork(__filename.replace("n.js", "child.js")); k.on("message", m => { console.log(m); k.send("end"); }); k.on("exit", (code, sig) => { console.log("exit", code, sig);
		    const t = cp.spawn("tail", ["-f", "f"]); t.stdout.once("data", d => { t.kill(); }); t.on("exit", (code, sig) => { console.log(code, sig);
		      Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(i => new Promise(r => cp.exec(`echo ${i} >w${i}; cat w${i} f | wc -l`, (e, o) => r(o.trim()))))).then(v => console.log(v.join(), fs.readdirSync(".").join())); }); }); });
	EOT
	echo 'process.send(require("fs").readFileSync("f", "utf8")); process.on("message", m => process.exit(7));' >"$RUMP_SCRATCH/child.js"
	same "mkdir n; cd n; node $RUMP_SCRATCH/n.js"
}

@test "java: ProcessBuilder" {
	need javac
	cat >"$RUMP_SCRATCH/P.java" <<-'EOT'
		import java.io.*; import java.nio.file.*;
		public class P { public static void main(String[] a) throws Exception {
		    File d = new File("d"); d.mkdir(); Files.writeString(Path.of("f"), "one\n");
		    Process p = new ProcessBuilder("sh", "-c", "basename $(pwd); echo out >g; cat; cat ../f; exit 3").directory(d).redirectErrorStream(true).start();
		    p.getOutputStream().write("in\n".getBytes()); p.getOutputStream().close(); System.out.print(new String(p.getInputStream().readAllBytes())); System.out.println(p.waitFor());
		    System.out.println(new ProcessBuilder("ls").directory(d).redirectOutput(new File(d, "list")).start().waitFor() + Files.readString(Path.of("d/list")));
		    for (String bad : new String[] {"./missing", "f"}) try { new ProcessBuilder(bad).start(); } catch (IOException e) { System.out.println(e.getMessage()); }
		    Process q = new ProcessBuilder("tail", "-f", "f").start(); System.out.println(q.isAlive()); q.destroyForcibly(); System.out.println(q.waitFor());
		    ProcessBuilder.startPipeline(java.util.List.of(new ProcessBuilder("cat", "f"), new ProcessBuilder("tr", "a-z", "A-Z").redirectOutput(ProcessBuilder.Redirect.INHERIT))).get(1).waitFor(); } }
	EOT
	javac -d "$RUMP_SCRATCH" "$RUMP_SCRATCH/P.java"
	same "java -cp $RUMP_SCRATCH P"
}

@test "git: hooks, pager, filters, automatic gc in the background" {
	need git
	same 'export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE="2020-01-01 00:00 +0000" GIT_COMMITTER_DATE="2020-01-01 00:00 +0000"
		git init -q -b main r; cd r; git config user.email a@b; git config user.name a; git config gc.auto 10; git config gc.autoDetach false
		printf "#!/bin/sh\necho before; git diff --cached --name-only\ntest ! -e forbidden\n" >.git/hooks/pre-commit; printf "#!/usr/bin/env python3\nprint(\"after\")\n" >.git/hooks/post-commit; chmod +x .git/hooks/*-commit
		git config filter.up.clean "tr a-z A-Z"; git config filter.up.smudge "tr A-Z a-z"; echo "*.up filter=up" >.gitattributes
		for i in $(seq 12); do echo "text $i" >"f$i.up"; git add .; git commit -qm "c$i" || break; done 2>&1 | sort | uniq -c | sort -rn | head -n 5
		: >forbidden; git add .; git commit -qm no; echo $?; git -c core.pager="sed s/^/P/" -p log --oneline | tail -n 2; git gc --auto 2>&1 | head -n 1; git show HEAD:f3.up; git fsck; git status --short'
}

@test "tmux: a server that detaches, with a shell in the kernel" {
	need tmux
	same 'export TMUX_TMPDIR=$PWD TERM=xterm; t() { tmux -S "$PWD/t.sock" -f /dev/null "$@"; }
		t new-session -d -s s "sh" || exit; t send-keys -t s "echo typed >made; cd /; pwd >>\"$PWD/made\"; tmux wait-for -S done" Enter; t wait-for done; cat made; t list-sessions -F "#{session_name}"; t kill-server'
}

@test "socat: a server that runs a program for each connection" {
	need socat
	same "socat TCP-LISTEN:\$PORT,bind=127.0.0.1,fork,reuseaddr EXEC:'sort -r',nofork & p=\$!"'
		wait_port $PORT; for i in 1 2 3; do printf "a\nb\n$i\n" | socat -t 10 - TCP:127.0.0.1:$PORT; done; stop $p'
}

@test "sshd and ssh, keys made on the spot, through the kernel's network" {
	need ssh ssh-keygen /usr/sbin/sshd
	not_under_asan "its options go with the environment"
	[ "$(id -u)" -eq 0 ] || skip "sshd wants to be root"
	mkdir -p /run/sshd
	same 'chmod 700 .; ssh-keygen -q -t ed25519 -N "" -f host; ssh-keygen -q -t ed25519 -N "" -f key; cp key.pub authorized
		printf "Port $PORT\nListenAddress 127.0.0.1\nHostKey $PWD/host\nAuthorizedKeysFile $PWD/authorized\nStrictModes no\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\nAcceptEnv *\nSetEnv A=b\n" >conf
		/usr/sbin/sshd -D -e -f "$PWD/conf" 2>log & p=$!; wait_port $PORT; mkdir t; echo content >t/f
		s="ssh -q -p $PORT -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o SetEnv=DIR=$PWD 127.0.0.1"
		$s "cat $PWD/t/f; echo \$A; exit 5"; echo $?; echo through | $s "cat >$PWD/t/g; ls $PWD/t"; seq 20000 | $s cat | md5sum; $s "no-such-command" 2>/dev/null; echo $?; stop $p'
}

@test "postgres: a database made, used and benchmarked in the kernel" {
	local bin

	bin=$(echo /usr/lib/postgresql/*/bin)
	[ -x "$bin/initdb" ] || skip "no postgres here"
	id postgres >/dev/null 2>&1 || skip "no user for postgres"
	[ "$(id -u)" -eq 0 ] || skip "cannot become another user"
	setpriv --reuid postgres --clear-groups test -r "$RUMPHIJACK_LIB" || skip "not for another user's eyes"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$RUMP_SCRATCH" 2>/dev/null
	chmod 666 "$RUMP_SCRATCH/kernel"
	chown postgres "$RUMP_SCRATCH"
	export RUMP_TIMEOUT=120
	same "PATH=$bin:\$PATH"'; chmod 777 .; as() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
		as initdb -D db -A trust --no-sync >/dev/null; echo "unix_socket_directories = '"''"'" >>db/postgresql.conf
		as pg_ctl -D db -w -o "-p $PORT -h 127.0.0.1" -l db/log start >/dev/null; q="psql -h 127.0.0.1 -p $PORT -U postgres -AtX"
		$q -c "create table t as select generate_series(1, 1000) n" -c "select sum(n) from t"; pgbench -h 127.0.0.1 -p $PORT -U postgres -i -q postgres >/dev/null 2>&1
		pgbench -h 127.0.0.1 -p $PORT -U postgres -c 4 -j 2 -t 50 postgres 2>/dev/null | grep processed; $q -c "select count(*) from pgbench_history"; as pg_ctl -D db -w stop'
}

@test "nginx: reloaded while it serves, no request is lost" {
	need nginx
	cat >"$RUMP_SCRATCH/load.py" <<-'EOT'
		import collections, http.client, os, signal
		seen = collections.Counter()
		for i in range(1000):
		    if i % 200 == 100: os.kill(int(open("pid").read()), signal.SIGHUP)
		    h = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=20); h.request("GET", "/index.html"); r = h.getresponse(); seen[r.status, r.read()] += 1; h.close()
		print(seen)
	EOT
	same 'printf "daemon off; worker_processes 2; pid $PWD/pid; events { } http { access_log off; server { listen 127.0.0.1:$PORT; root $PWD; } }" >conf
		echo hello >index.html; chmod 755 .; export PORT; nginx -p . -e err -c "$PWD/conf" & p=$!; wait_port $PORT; /usr/bin/python3 '"$RUMP_SCRATCH/load.py"'; kill -QUIT $p; wait $p; echo $?'
}
