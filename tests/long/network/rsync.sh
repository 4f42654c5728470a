# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# rsync's own server: modules, passwords, what is not allowed.
mkdir -p tree/a
seq 100000 >tree/a/numbers
make_random tree/blob 5000000
ln -s numbers tree/a/link
on 1 cp -r tree "$D/tree"
cat >conf <<END
use chroot = no
pid file = $D/pid
uid = root
gid = root
log file = $SCRATCH/log
[all]
path = $D
read only = no
auth users = u
secrets file = $SCRATCH/secret
[public]
path = $D/tree
END
echo u:word >secret
echo word >password
chmod 600 secret password
on_bg 1 rsync --daemon --no-detach --config=conf
server=$!
until_open 1 127.0.0.1 873
on 2 rsync 10.0.0.1::
on 2 rsync -a 'rsync://[fd00::1]/public/' "$D/copy" && on 2 diff -r tree "$D/copy" && echo equal
on 2 rsync -ai --password-file=password tree/a/ u@10.0.0.1::all/new
on 2 rsync -r --password-file=password u@10.0.0.1::all/new | wc -l
echo wrong >password
on 2 rsync -r --password-file=password u@10.0.0.1::all/new 2>&1 | sed 's/ at .*//'
on 2 rsync --bwlimit=20000 10.0.0.1::public/blob "$D/b" && on 2 cmp "$D/b" tree/blob && echo equal
stop $server
on 1 ls "$D"
