# SPDX-License-Identifier: BSD-2-Clause
# The files of the rump kernel as python, perl, sqlite, bash and busybox see them.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "bash: redirections, globs, process substitution, cd, here strings" {
	same_in bash 'make_tree t; cd t/sub && pwd; echo *; cd ..; echo */; shopt -s globstar; echo **; diff <(cat one) one && echo same; read -r l <one; echo $l; mapfile -t a <sub/numbers; echo ${#a[@]}'
	same_in bash 'cat <<<text >f; cat f; exec {fd}>g; echo x >&$fd; exec {fd}>&-; cat g; [[ f -nt t/sub/numbers ]] && echo newer; [[ -k t ]]; pushd t >/dev/null; dirs -l; popd; cd - ; cd missing; printf "%s\n" t/*; compgen -f t/s; echo $(<f); echo t/missing*'
	same_in bash 'echo "echo sourced \$1" >s; . ./s arg; bash s; chmod +x s; ./s x; PATH=$PATH:.; s y; type -t s; exec 3<t/sub/numbers; read -ru 3 a; read -ru 3 b; echo $a $b; head -n 1 <&3; cat t/one | tee >(cat >p) >/dev/null; wait; trap "echo bye >bye" EXIT'
	same_in bash 'cat bye; ls -d ~ 2>/dev/null; [ -r bye -a -w bye ] && echo rw; ulimit -f 1 2>/dev/null; test -O bye && echo mine; cd t; for d in */; do (cd "$d" && pwd); done'
}

@test "busybox: its own ls, cp, find, tar, sed, vi-less editing" {
	need busybox
	same 'make_tree t; rm t/fifo; for c in "ls t" "ls -l t/sub/numbers" "cp -a t u" "find u -type f" "rm -r u" "tar cf a.tar t" "tar tf a.tar" "stat -c %s t/zeros" "wc t/sub/numbers" "head -n 1 t/one" "mv t/one t/two" "cat t/two" "mkdir -p a/b" "rmdir a/b" "ln -s x y" "readlink y" "md5sum t/zeros" "du -s missing"; do echo "$c"; busybox $c 2>&1 | sort; done'
}

@test "python: os, shutil, pathlib, tempfile, mmap" {
	cat >"$RUMP_SCRATCH/files.py" <<'EOT'
import mmap, os, pathlib, shutil, tempfile
def attempt(f, *a, **k):
    try:
        print(f.__name__, f(*a, **k))
    except OSError as e:
        print(f.__name__, type(e).__name__, e.strerror, e.filename)
os.makedirs("a/b/c")
open("a/f", "w").write("hello\n" * 1000)
print(os.path.getsize("a/f"), sorted(os.listdir("a")), os.path.isdir("a/b"), os.getcwd().endswith("same") or True)
for e in sorted(os.scandir("a"), key=lambda e: e.name):
    print(e.name, e.is_dir(), e.is_file(), e.is_symlink(), e.stat().st_size if e.is_file() else "-")
shutil.copytree("a", "d"); shutil.move("d/f", "d/b/g"); print(sorted(str(p) for p in pathlib.Path("d").rglob("*")))
for f, args in ((os.mkdir, ("a",)), (os.rmdir, ("a",)), (os.open, ("missing", os.O_RDONLY)), (os.unlink, ("a/b",)),
                (os.listdir, ("a/f",)), (os.rename, ("a", "a/b/x")), (os.link, ("a/f", "d/h")), (os.symlink, ("f", "a/s")),
                (os.readlink, ("a/s",)), (os.readlink, ("a/f",)), (os.chdir, ("a/f",)), (os.truncate, ("a/f", 10)),
                (os.access, ("a/f", os.R_OK)), (os.stat, ("a/missing",)), (os.remove, ("a/s",)), (os.mkfifo, ("a/p",))):
    attempt(f, *args)
with open("m", "w+b") as f:
    f.write(b"x" * 8192); f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        m[4096:4101] = b"mmap!"; m.flush()
    f.seek(4096); print(f.read(5)); f.truncate(100); print(os.fstat(f.fileno()).st_size)
with tempfile.TemporaryDirectory(dir=".") as t:
    p = pathlib.Path(t, "x"); p.write_text("deep"); print(p.read_text(), p.exists())
print(os.path.exists(t)); fd = os.open("pos", os.O_RDWR | os.O_CREAT, 0o600)
print(os.pwrite(fd, b"abc", 10), os.pread(fd, 3, 10), os.lseek(fd, 0, os.SEEK_END), os.writev(fd, [b"d", b"e"]), oct(os.fstat(fd).st_mode))
os.utime("pos", ns=(10**9, 2 * 10**9)); print(os.stat("pos").st_mtime_ns, os.stat(fd).st_atime_ns)
d = os.open("a", os.O_DIRECTORY); print(sorted(os.listdir(d)), os.stat("f", dir_fd=d).st_size); os.fchdir(d); print(os.path.basename(os.getcwd()))
os.chmod("f", 0o600); print(oct(os.stat("f").st_mode)); print([(len(x), sorted(y), sorted(z)) for x, y, z in os.walk("..")][0][1:])
shutil.rmtree("../d"); print(sorted(os.listdir("..")))
EOT
	same "/usr/bin/python3 $RUMP_SCRATCH/files.py"
}

@test "python: runs a program and imports modules that lie in the kernel" {
	same 'mkdir p; echo "value = 42" >p/mod.py; echo "import mod; print(mod.value)" >p/main.py; /usr/bin/python3 p/main.py; ls p; ls p/__pycache__ | wc -l; /usr/bin/python3 p/main.py; /usr/bin/python3 missing.py; /usr/bin/python3 -c "import sys; sys.exit(3)"'
}

@test "python: a virtual environment, whose programs are links to the host's" {
	same '/usr/bin/python3 -m venv --without-pip v && v/bin/python -c "import sys; print(sys.prefix == sys.base_prefix)"; . v/bin/activate; python -c "import sys; print(sys.executable.split(\"/\")[-3:])"; echo "value = 1" >$(echo v/lib/python3*/site-packages)/own.py; python -c "import own; print(own.value)"; readlink -f v/bin/python3'
}

@test "python: a module in C is loaded from the kernel" {
	need cc python3-config
	same 'printf "#include <Python.h>\nstatic struct PyModuleDef d = {PyModuleDef_HEAD_INIT, \"own\"};\nPyMODINIT_FUNC PyInit_own(void) { return PyModule_Create(&d); }\n" >own.c; cc -shared -fPIC $(/usr/bin/python3-config --includes) -o own.so own.c && /usr/bin/python3 -c "import own; print(own.__file__.split(\"/\")[-1])"'
}

@test "perl: files, directories, tests, globs" {
	cat >"$RUMP_SCRATCH/files.pl" <<'EOT'
use strict; use warnings; use File::Copy; use File::Find; use File::Path qw(make_path remove_tree); use Fcntl qw(:flock SEEK_SET); use Cwd;
make_path("a/b/c"); open(my $f, "+>", "a/f") or die; print $f "line $_\n" for 1..100; seek($f, 0, SEEK_SET); my @l = <$f>; print scalar(@l), " $l[99]";
print flock($f, LOCK_EX) ? "locked\n" : "no lock\n"; truncate($f, 14); print -s $f, "\n"; close $f;
print join(" ", map { (-d $_ ? "d" : "-") . (-f _ ? "f" : "-") . (-e _ ? "e" : "-") } "a", "a/f", "a/x"), "\n";
copy("a/f", "a/g") or print "copy: $!\n"; move("a/g", "a/b/h") or print "move: $!\n"; my @n; find({wanted => sub { push @n, $File::Find::name }, no_chdir => 1}, "a"); print join(" ", sort @n), "\n";
print join(" ", sort glob("a/*")), "\n"; opendir(my $d, "a"); print join(" ", sort grep { !/^\./ } readdir $d), "\n"; rewinddir $d; my $c = () = readdir $d; print "$c\n"; closedir $d;
for (["mkdir", sub { mkdir "a" }], ["open", sub { open my $x, "<", "a/none" }], ["rmdir", sub { rmdir "a" }], ["symlink", sub { symlink "f", "a/s" }], ["link", sub { link "a/f", "a/k" }], ["rename", sub { rename "a/k", "a/r" }], ["unlink", sub { unlink "a/b" }], ["chmod", sub { chmod 0600, "a/f" }], ["utime", sub { utime 1, 2, "a/f" }]) { my ($n, $s) = @$_; $! = 0; my $r = $s->(); print "$n ", ($r ? "ok" : "failed: $!"), "\n" }
my @s = stat "a/f"; printf "%o %d %d %d\n", @s[2, 7, 8, 9]; print readlink("a/s"), "\n"; chdir "a/b"; print +(split m{/}, getcwd())[-1], "\n"; open(my $o, ">>", "../f"); print $o "more"; close $o; print -s "../f", "\n";
open(my $p, "-|", "cat", "../f"); print <$p>; close $p; print "\n"; system("echo from sh >x"); print `cat x`; chdir "../.."; remove_tree("a"); print -e "a" ? "there" : "gone", "\n";
EOT
	same "perl $RUMP_SCRATCH/files.pl"
}

@test "sqlite: tables, transactions, indexes, journals" {
	need sqlite3
	same 'sqlite3 db "create table t(a integer primary key, b text); with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into t select i, \"row \" || i from n; select count(*), sum(a) from t;"; ls; stat -c %s db; sqlite3 db "pragma integrity_check; select b from t where a = 1234"'
	same 'sqlite3 db "pragma journal_mode = wal; insert into t values (5000, \"wal\"); select count(*) from t"; sqlite3 db "begin; delete from t; rollback; select count(*) from t"; sqlite3 db "create index i on t(b); vacuum; select a from t where b = \"row 77\""; sqlite3 db .dump | md5sum; sqlite3 missing/db "select 1 from t"; ls'
	same 'sqlite3 db "pragma journal_mode = delete" "attach \"other\" as o" "create table o.x as select * from t" "select count(*) from o.x"; printf "create table u(x);\n.import list u\nselect count(*) from u;\n" >script; seq 50 >list; sqlite3 db <script; sqlite3 db ".backup copy" && cmp -s db copy; sqlite3 copy "select count(*) from u"'
}

@test "sqlite: two writers wait for each other's locks" {
	need sqlite3
	same 'sqlite3 db "pragma journal_mode = delete; create table t(a)"; for i in 1 2 3 4; do (for j in 1 2 3 4 5; do sqlite3 -cmd ".timeout 20000" db "insert into t values ($i * 100 + $j)"; done) & done; wait; sqlite3 db "select count(*), sum(a) from t"'
}
