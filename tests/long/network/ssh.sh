# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2016
# sshd on the first machine; ssh, scp, sftp, all kinds of forwards, a shared connection and rsync from the second.
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ed25519 -N '' -f id
cp id.pub authorized
chmod 600 authorized
cat >sshd.conf <<END
Port 22
HostKey $SCRATCH/host
AuthorizedKeysFile $SCRATCH/authorized
PidFile $SCRATCH/pid
StrictModes no
UsePAM no
PermitRootLogin yes
GatewayPorts yes
Subsystem sftp /usr/lib/openssh/sftp-server
END
cat >ssh.conf <<END
Host one
  HostName 10.0.0.1
Host one6
  HostName fd00::1
Host *
  User $(id -un)
  IdentityFile $SCRATCH/id
  StrictHostKeyChecking no
  UserKnownHostsFile $SCRATCH/known
  LogLevel ERROR
  BatchMode yes
END
on_bg 1 /usr/sbin/sshd -D -e -f sshd.conf 2>log
sshd=$!
until_open 1 127.0.0.1 22

ssh_two() {
	on 2 ssh -F ssh.conf "$@"
}

ssh_two one 'echo hello; echo err >&2; exit 3'
echo $?
ssh_two one6 'echo six; cat' <<<input
seq 100000 | ssh_two one md5sum
ssh_two one 'seq 300000' | md5sum
ssh_two -tt one 'tty | grep -c pts; stty size; exit 4' </dev/null
echo $?
ssh_two one 'echo ${SSH_CONNECTION% * *} ${SSH_CONNECTION##* }' | sed 's/ [0-9]* / /'

make_random blob 3000000
on 2 scp -q -F ssh.conf blob "one:$D/blob"
on 1 cmp blob "$D/blob" && echo there
on 2 scp -q -F ssh.conf "one:$D/blob" "$D/back"
on 2 cmp blob "$D/back" && echo back
on 2 scp -O -q -F ssh.conf "one6:$D/blob" "$D/back2"
on 2 cmp blob "$D/back2" && echo back by the old protocol
on 2 scp -q -F ssh.conf "one:$D/missing" "$D/x"
echo $?
cat >commands <<END
cd $D
mkdir sub
put blob sub/b
ls -1 sub
rename sub/b sub/c
ls -1 sub
get sub/c $D/got
rm sub/c
rmdir sub
END
on 2 sftp -q -b commands -F ssh.conf one 2>&1
on 2 cmp "$D/got" blob && echo got

on_bg 1 /usr/bin/python3 -m http.server --bind 10.0.0.1 8000 >/dev/null 2>&1
servers=$!
on_bg 2 /usr/bin/python3 -m http.server --bind 127.0.0.1 7003 >/dev/null 2>&1
servers="$servers $!"
until_open 1 10.0.0.1 8000
until_open 2 127.0.0.1 7003
on_bg 2 ssh -F ssh.conf -N -L 7000:10.0.0.1:8000 -D 7001 -R 7002:127.0.0.1:7003 \
	-L "$D/local:127.0.0.1:22" one
forwards=$!
until_open 2 127.0.0.1 7000
until_open 2 127.0.0.1 7001
until_open 1 10.0.0.1 7002
on 2 curl -s http://127.0.0.1:7000/blob | cmp - blob && echo local
on 2 curl -s 'http://[::1]:7000/blob' | cmp - blob && echo local by IPv6
on 2 curl -s --socks5 127.0.0.1:7001 http://10.0.0.1:8000/blob | cmp - blob && echo SOCKS
on 1 curl -s http://10.0.0.1:7002/blob | cmp - blob && echo remote
on 2 nc -U "$D/local" </dev/null | head -c 7
echo
# shellcheck disable=SC2086
stop $forwards $servers

on 2 ssh -F ssh.conf -MNf -S "$D/control" one
echo "master $?"
ssh_two -S "$D/control" -O check one 2>&1 | sed 's/[0-9]\+//'
for i in 1 2 3; do ssh_two -S "$D/control" one "echo shared $i"; done
ssh_two -S "$D/control" -O forward -L 7010:127.0.0.1:22 one
on 2 nc 127.0.0.1 7010 </dev/null | head -c 7
echo
ssh_two -S "$D/control" -O exit one 2>&1
ssh_two -S "$D/control" -O check one 2>&1

mkdir -p tree/a/b
seq 1000 >tree/a/numbers
ln -s numbers tree/a/link
cp blob tree/a/b
on 2 rsync -a -e "ssh -F ssh.conf" tree/ "one:$D/tree" && on 1 diff -r tree "$D/tree" && echo equal
echo more >>tree/a/numbers
touch -d 2001-02-03 tree/a/numbers # whichever second the copy was made in
on 2 rsync -aiz -e "ssh -F ssh.conf" tree/ "one:$D/tree"
on 2 rsync -a -e "ssh -F ssh.conf" "one6:$D/tree/" "$D/tree" && on 2 diff -r tree "$D/tree" && echo equal
stop $sshd
