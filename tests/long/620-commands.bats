# SPDX-License-Identifier: BSD-2-Clause
# The commands that people use, with many of their options; alike on the host.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	export RUMP_TIMEOUT=120
}

# Runs standard input as `same` does.
snippet() {
	same "$(cat)"
}

@test "ls: many options" {
	snippet <<'END'
make_tree t
ls -lR t | sed 's/ [A-Z][a-z][a-z] [ 0-9:]* / D /'
ls -la --time-style=full-iso t/sub
ls -lS t
ls -lt t
ls -F t
ls -i t | wc -l
ls -1U t | wc -l
ls -d t/*
ls --color=always t
ls -lZ t/one
ls -s t
ls -X t
ls -m t
ls -Q t
ls -n t | cut -c1-20
ls -R --group-directories-first t
ls missing
ls -H t/link
ls -L t
END
}

@test "find: tests and actions" {
	snippet <<'END'
make_tree t
find t -newer t/sub/numbers
find t -type f -exec wc -c {} +
find t -empty
find t -perm 700
find t -perm -4000
find t -size +50k
find t -links 2
find t -name '*u*' -print0 | xargs -0 ls -d
find t -type l -printf '%p %l %y %Y\n'
find t -maxdepth 1 -printf '%f %s %m %n %y\n' | sort
find t -samefile t/one | sort
find t -lname 'o*'
find -L t -type l
find t -depth -delete
find t
END
}

@test "cp: options and errors" {
	snippet <<'END'
make_tree t
cp -a t u
diff -r --no-dereference t/sub u/sub
find u -printf '%P %m %s %y %l %T@\n' | sort
cp --reflink=auto t/zeros z
cp --sparse=always t/zeros z2
stat -c '%s %b' z z2
cp -l t/one hl
stat -c %h t/one
cp -s $PWD/t/one sl
cp -u t/one hl
cp -n t/one hl
cp -b t/zeros z
ls
cp -rv t/sub v | sort
cp t/one t/zeros missing
cp t u2
cp -r t t
cp -p t/sub/numbers n
stat -c '%y %a' n
cp --parents t/sub/deep/short p 2>&1
mkdir p
cp --parents t/sub/deep/short p
find p
cp -x -T t w
ls w
cp --attributes-only t/one w/attr
cp -d t/link d
readlink d
END
}

@test "mv: options and errors" {
	snippet <<'END'
make_tree t
mv t/one t/two
mv -n t/two t/zeros
mv -b t/two t/zeros
mv -v t/sub t/sub2
mv t/sub2 t/empty
ls -R t
mv t t/sub
mv -t t/empty t/link t/dangling
ls t/empty
mv missing x
mv t/empty t/private/x/y
END
}

@test "rm and rmdir" {
	snippet <<'END'
make_tree t
rm t/sub
rm -r t/sub/deep
rm -f t/missing
rm t/missing
rm -d t/empty
rm -d t/sub
rm -rv t/sub | sort
rmdir t
rmdir -p a/b/c
mkdir -p a/b/c
rmdir -pv a/b/c
rm -I t/one </dev/null
rm -i t/hard </dev/null
rm -rf t
ls
rm -rf /dev/shm/none
rm -r .
rm -r ..
END
}

@test "mkdir and install" {
	snippet <<'END'
mkdir -m 700 a
mkdir -m u=rwx,g=rx,o= b
mkdir -p -m 750 c/d
stat -c '%a %n' a b c c/d
mkdir a
mkdir -v e
mkdir x/y
umask 077
mkdir f
stat -c %a f
install -d g/h
install -m 640 /etc/hostname g/h/x
stat -c %a g/h/x
install -D /etc/hostname i/j/k
install -C -v /etc/hostname i/j/k
install -s /bin/true tr
./tr
echo $?
END
}

@test "ln and link" {
	snippet <<'END'
echo hi >f
ln f g
ln -s f h
ln -sf g h
readlink h
ln -sr f d
ln f missing/x
ln -s x h
ln d1 d2
mkdir dd
ln dd de
ln -s dd de
ln -sfn f de
readlink de
ln -v f dd
ln -sv ../f dd/l
cat dd/l
ln -t dd f
link f k
unlink k
unlink dd
link missing z
ln -L h hh
ln -P h hp
stat -c '%F' hh hp
END
}

@test "head, tail, cat, split, truncate, shuf" {
	snippet <<'END'
seq 100 >f
head -n 3 f
head -c 10 f
head -n -98 f
tail -n 2 f
tail -c 5 f
tail -n +99 f
cat -n f | tail -1
cat f - </dev/null | wc -l
tac f | head -2
nl f | tail -1
cat missing
cat .
head .
tail .
cat f >f2 <f
cat f >>f 2>&1
split -l 30 f p
ls p*
split -n 3 f q
wc -c q*
csplit -s f 50
wc -l xx*
od -c f | head -2
fold -w 5 f | head -2
shuf -n 3 f | wc -l
shuf -i 1-5 | sort
truncate -s 10 f
wc -c f
truncate -s +5 f
truncate -s %8 f
stat -c %s f
truncate -r f g
stat -c %s g
truncate -s 1M g
du -k g
du --apparent-size -k g
END
}

@test "dd" {
	snippet <<'END'
dd if=/dev/zero of=f bs=1k count=10 status=none
dd if=f of=g bs=512 skip=2 seek=4 conv=notrunc,sync status=none
stat -c %s g
dd if=f of=h conv=sparse bs=4k status=none
dd if=f of=i oflag=append conv=notrunc bs=1k count=1 status=none
dd if=f of=j conv=excl status=none
dd if=f of=j conv=excl status=none
dd if=f of=k oflag=direct bs=4096 status=none
dd if=missing of=x
dd if=f of=l bs=1 count=3 conv=fsync,fdatasync status=none
dd of=m if=/dev/null count=0 seek=100 bs=1 status=none
stat -c %s m
dd if=. of=x 2>&1 | grep -v copied
dd if=f of=.
echo abc | dd conv=ucase status=none
dd if=f iflag=fullblock,nofollow of=n bs=3000 2>&1 | head -2
END
}

@test "touch: times" {
	snippet <<'END'
touch a
touch -d '2001-02-03 04:05:06.789012345 UTC' a
stat -c '%y' a
touch -a -d '2010-01-01 UTC' a
stat -c '%x|%y' a
touch -r a b
stat -c %y b
touch -c c
ls
touch -m -t 200001010000 a
stat -c %y a
ln -s a l
touch -h -d '1999-01-01 UTC' l
stat -c %y l
stat -L -c %y l
touch missing/x
touch .
touch -d @0 a
stat -c %Y a
touch -d @-100 a
stat -c %Y a
touch -d '2300-01-01 UTC' a
stat -c %Y a
date -r a
chmod 000 a
touch a
echo $?
END
}

@test "chmod, chown" {
	snippet <<'END'
echo a >f
for m in 644 u+s g+s o+t a=r u-w,g+w,o=u -x +X 0 7777 =; do chmod $m f; stat -c '%a %A' f; done
chmod -v 600 f
chmod -c 600 f
chmod --reference=/etc/passwd f
stat -c %a f
mkdir -p d/e
chmod -R g+s,o-rwx d
stat -c %a d d/e
chmod 644 missing
ln -s f l
chmod 600 l
stat -c %a f
ln -s none dl
chmod 600 dl
chown $(id -u) f
chown -h $(id -u):$(id -g) l
chgrp $(id -g) f
chown 12345 f
stat -c %u f
chown -R 1:1 d
stat -c '%u:%g' d/e
chmod 666 d
ls d
END
}

@test "stat, mkfifo, mknod, test" {
	snippet <<'END'
stat -c '%n %s %b %B %F %a %A %h %t %T %f' /dev/null .
mkfifo p
mknod q p
stat -c '%F' p q
mknod n c 1 3
stat -c '%F %t %T' n
echo x>n
cat n
stat -f -c '%T %s %l' .
stat missing
touch 'a b'
stat -c %N 'a b'
stat --printf '%s\n' .
stat -t 'a b' | wc -w
ln -s 'a b' s
stat -c '%N %s' s
stat -Lc '%n %F' s
timeout 1 cat p
echo $?
(echo hi >p &) 
cat p
[ -p p ] && echo fifo
[ -c n ] && echo char
[ -h s ] && echo link
[ -s 'a b' ] || echo empty
[ -w . ]
echo $?
END
}

@test "grep, sed, sort" {
	snippet <<'END'
make_tree t
rm t/fifo
grep -r one t | sort
grep -rl 1999 t
grep -c 1 t/sub/numbers
grep one t
grep -R no t | sort
grep -n 1000 t/sub/numbers
grep -z x t/zeros | wc -c
grep -L one t/one t/hard t/zeros
grep foo missing
grep -s foo missing
echo $?
grep -f t/one t/hard
sed -n 5p t/sub/numbers
sed -i 's/one/two/' t/one
cat t/hard t/one
sed -i.bak 's/two/three/' t/one
ls t
sed -s -n '$p' t/one t/sub/numbers
sed -i --follow-symlinks 's/t/T/' t/sub/up
sed w\ out t/one
cat out
sed -n '/3/w o2' t/sub/numbers
wc -l o2
sed p missing
sort -rn t/sub/numbers | head -2
sort -o t/sub/numbers -R t/sub/numbers
sort -n t/sub/numbers | md5sum
sort -T . -S 16k t/sub/numbers | md5sum
sort -u -k1,1 t/one t/hard
sort -c t/sub/numbers 2>/dev/null
echo $?
sort missing
sort --parallel=2 --compress-program=gzip -S 10k -T . t/sub/numbers | tail -1
END
}

@test "comm, join, diff, patch, sums, realpath, mktemp, df, du" {
	snippet <<'END'
seq 10 >a
seq 5 15 >b
sort a >as
sort b >bs
comm as bs
join as bs
paste a b
paste -s a
diff a b
diff -u a b | tail -n +3
diff -y a b
diff -q a b
cmp a b
cmp -l a b | head -3
cmp a a
diff3 a b a | head -3
sdiff -s a b
diff -u a b >p
patch a <p
cmp a b
patch -R a <p
patch -p0 --dry-run <p
patch -b a <p
ls
patch missing <p </dev/null
tr a-z A-Z <a
cut -c1 a | uniq -c
wc a b
wc -L a
expand a | md5sum
tee x y <a | wc -l
cmp x y
echo more | tee -a x
tail -1 x
md5sum a b >sums
md5sum -c sums
sha256sum a | sha256sum -c
cksum a
sum a
b2sum a | cut -c1-10
base64 a
basename $PWD/a .c
dirname a/b
realpath --relative-to=. $PWD/a
realpath -e missing
realpath -m x/../y --relative-to=.
readlink -f a
readlink -e missing
readlink -m missing/x | sed s,.*/t,,
mktemp -u | wc -c
mktemp -p . x.XXXX | wc -c
mktemp -d ./dXXXX | wc -c
TMPDIR=$PWD mktemp -t aXXXX | sed 's/.$//;s,.*/,,' | cut -c1
mktemp missing/XXXX
namei -l a | tail -1
pathchk a
pathchk -p 'a:b'
sync a
df . | wc -l
df --output=fstype . | tail -n 1
du -a . | wc -l
du -s --inodes .
du -sh missing
test a -ef a
echo $?
test a -nt b
echo $?
END
}

@test "tar: options" {
	snippet <<'END'
make_tree t
tar cf a.tar t
tar tvf a.tar | sed 's/ [0-9: -]* / /'| sort
mkdir u
tar xf a.tar -C u
diff -r --no-dereference t/sub u/t/sub
find u -printf '%P %m %y %l %s\n' | sort
tar czf a.tgz t
tar cJf a.txz t
tar --zstd -cf a.zst t
tar tf a.tgz | wc -l
tar tf a.txz | wc -l
tar tf a.zst | wc -l
tar df a.tar
echo y >>t/one
tar df a.tar 2>&1
tar rf a.tar t/one
tar uf a.tar t
tar --delete -f a.tar t/zeros
tar tf a.tar | sort | uniq -c
tar xf a.tar t/link -O
tar xOf a.tar t/sub/deep/short
tar cf - t | tar xf - -C u --strip-components=1
ls u
tar cf b.tar --exclude='*.o' --exclude-vcs --sparse t
tar -c --xattrs --acls -f c.tar t
tar x --xattrs --acls -f c.tar -C u
tar cf x.tar missing
tar xf a.tar -C missing
tar --listed-incremental=snar -cf i.tar t
tar cMf v1 -L 50 -F /bin/true t 2>/dev/null
tar tf /dev/null
tar xkf a.tar 2>&1 | sort | head -3
tar xf a.tar --overwrite
tar xf a.tar --keep-newer-files
tar cvfh h.tar t 2>&1 | sort
END
}

@test "gzip, xz, zstd, zip, cpio" {
	snippet <<'END'
make_tree t
rm t/fifo
gzip -k t/sub/numbers
gzip -l t/sub/numbers.gz
gunzip -c t/sub/numbers.gz | md5sum
zcat t/sub/numbers.gz | wc -l
gzip t/sub/numbers 2>&1 </dev/null
gzip -r t/sub 2>&1
find t/sub | sort
gunzip -r t/sub
bzip2 -k t/zeros
bunzip2 -t t/zeros.bz2
xz -k t/zeros
xz -l t/zeros.xz | tail -1 | cut -c1-30
unxz -c t/zeros.xz | cmp - t/zeros
zstd -q -k t/zeros
zstd -dqc t/zeros.zst | cmp - t/zeros
zstd -q --rm t/zeros -o z.zst
ls
xz missing
zip -qr a.zip t
unzip -l a.zip | tail -1
unzip -q a.zip -d u
diff -r --no-dereference t u/t
zip -q -d a.zip 't/sub/*'
zip -qy s.zip t/link
unzip -o -q s.zip -d v
readlink v/t/link
zipinfo -1 s.zip
zip -q -m m.zip t/one
ls t
unzip missing
(cd t; find . | cpio -o --quiet) >a.cpio
cpio -t --quiet <a.cpio | sort
mkdir w
cd w
cpio -idm --quiet <../a.cpio
find . | sort
cd ..
find t | cpio -pdm --quiet x
find x -type f | sort
zgrep 1 t/sub/numbers
zdiff t/sub/numbers t/sub/numbers
END
}

@test "rsync" {
	need rsync
	snippet <<'END'
make_tree t
rsync -a t/ u
find u -printf '%P %m %y %l %s %T@\n' | sort
rsync -aHAX --delete --itemize-changes t/ u
echo x >u/extra
rsync -aHAX --delete -i t/ u
rsync -a --link-dest=$PWD/u t/ v
stat -c %h v/zeros
echo y >>t/one
rsync -ai --inplace t/ u
rsync -aic t/ u
rsync -a --sparse t/zeros s
rsync -n -av t/ w | sort | grep -v bytes | grep -v speedup
rsync -a --backup --suffix=~ t/one u/one
rsync -a --exclude=sub t/ x
ls x
rsync -a --partial --append-verify t/zeros u/
rsync --files-from=- -a t y </dev/null
END
}

@test "file, less, hexdump, xargs, flock, timeout" {
	snippet <<'END'
make_tree t
file t/* | sed 's/ *$//'
file -i t/one
file -L t/link
xxd t/one
less t/one | cat
less -f t/one t/zeros </dev/null | wc -c
cat t/sub/numbers | less | tail -1
more t/one </dev/null
pr t/one | wc -l
column t/one
look x t/one
strings t/zeros | wc -l
hexdump -C t/one
time -f %x true
env -C t/sub pwd
nice cat t/one
nohup cat t/one 2>/dev/null
stdbuf -oL cat t/one
timeout 5 cat t/one
chroot . true 2>&1 | wc -l
setsid cat t/one
script -qc 'cat t/one' /dev/null </dev/null
flock t/lock -c 'echo locked'
flock -n t/lock echo again
ionice cat t/one
xargs -a t/one echo got
xargs -P 4 -n 1 -I{} touch x{} <t/one
ls
which ls
END
}

@test "git: many commands" {
	need git
	snippet <<'END'
git init -q . 2>&1
git config user.email a@b
git config user.name a
make_tree t
rm t/fifo
export GIT_AUTHOR_DATE="2020-01-01T00:00:00Z" GIT_COMMITTER_DATE="2020-01-01T00:00:00Z"
git add . && git commit -qm one
git worktree add -q ../wt$$x -b w 2>&1 | sed s/[0-9]//g
ls ../wt$$x
git worktree list | wc -l
git worktree remove ../wt$$x
git mv t/one t/uno
git rm -q t/zeros
git stash -q
git status --short
git stash pop -q
git status --short
git commit -qam two
git log --stat --format=%s
git bundle create -q b.bundle --all
git clone -q b.bundle c 2>&1
git -C c log --format=%s
git archive HEAD | tar t | sort
git grep -n no
git blame t/sub/up | cut -c50-
git tag v1
git describe
git repack -adq
git prune
git fsck
git reflog | wc -l
git reset -q --hard HEAD~1
git clean -fdxq
git status --short
git cherry-pick v1 >/dev/null
git rebase -q HEAD~1 2>&1
git bisect start -q 2>&1|head -1
git bisect reset -q
git submodule -q add ./ sub 2>&1 | head -2
git notes add -m n
git show --format=%N -s
git diff --stat HEAD~1
git format-patch -q HEAD~1
ls *.patch
git apply --check *.patch 2>&1 | head -3
git update-index --refresh
git ls-files -s | wc -l
git cat-file --batch-all-objects --batch-check | wc -l
git count-objects -v | head -3 | wc -l
git config core.fsmonitor false
git sparse-checkout set t/sub 2>&1
ls t
END
}
