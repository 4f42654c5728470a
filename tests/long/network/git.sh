# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# git: a repository of the first machine, by its own protocol and by HTTP.
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b \
	GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z \
	GIT_CONFIG_NOSYSTEM=1 HOME="$SCRATCH" GIT_CONFIG_GLOBAL="$SCRATCH/config"
git config --global safe.directory '*'
git config --global init.defaultBranch main
on 1 git init -q --bare "$D/r.git"
on 1 touch "$D/r.git/git-daemon-export-ok"
git init -q work
seq 100000 >work/numbers
make_random work/random 3000000
for i in $(seq 30); do
	echo "$i" >"work/f$i"
	git -C work add .
	git -C work commit -qm "commit $i"
done
on_bg 1 git daemon --reuseaddr --base-path="$D" --enable=receive-pack --listen=10.0.0.1 --listen=fd00::1 2>log
daemon=$!
until_open 1 10.0.0.1 9418
on 2 git -C work push -q git://10.0.0.1/r.git main
echo $?
on 2 git clone -q git://10.0.0.1/r.git "$D/clone" && on 2 git -C "$D/clone" log --oneline | wc -l
on 2 git -C "$D/clone" fsck --full 2>&1 | tail -1
on 2 git clone -q 'git://[fd00::1]/r.git' --depth 1 "$D/shallow" && on 2 git -C "$D/shallow" log --oneline | wc -l
on 2 git ls-remote git://10.0.0.1/r.git | cut -f2
on 2 git clone -q git://10.0.0.1/missing "$D/missing" 2>&1 | head -1
on 1 git -C "$D/r.git" update-server-info
on_bg 1 /usr/bin/python3 -m http.server --bind 10.0.0.1 --directory "$D" 80 >/dev/null 2>&1
http=$!
until_open 1 10.0.0.1 80
on 3 git clone -q http://10.0.0.1/r.git "$D/http" && on 3 git -C "$D/http" log --oneline | wc -l
cmp <(git -C work rev-parse main) <(on 3 git -C "$D/http" rev-parse main) && echo equal
stop $daemon $http
