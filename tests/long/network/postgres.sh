# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2094 # what a program said is read while it goes on
# postgres on the first machine, used from the second, and a copy of it that follows on the third.
bin=$(echo /usr/lib/postgresql/*/bin)
bin=${bin##* }
chmod 777 .
for i in 1 3; do
	on $i mkdir "$D/pg"
	on $i chown postgres "$D/pg"
done
as=(setpriv --reuid postgres --regid postgres --clear-groups)
on 1 "${as[@]}" "$bin/initdb" -D "$D/pg/db" -A trust -U postgres >initdb 2>&1
echo $?
on 1 sh -c "printf 'host %s all all trust\n' all replication >>$D/pg/db/pg_hba.conf"
on_bg 1 "${as[@]}" "$bin/postgres" -D "$D/pg/db" -c listen_addresses='*' -k "$D/pg" -c fsync=off >log 2>&1
first=$!
until on 1 "$bin/pg_isready" -q -h "$D/pg"; do :; done

psql() {
	on 2 "$bin/psql" -X -U postgres -h "$@"
}

psql 10.0.0.1 -c 'create table t(a int, b text)' \
	-c "insert into t select i, repeat('x', 1000) from generate_series(1,20000) i" \
	-c 'select count(*), sum(a), sum(length(b)) from t'
psql fd00::1 -Atc 'select inet_client_addr(), inet_server_addr(), inet_server_port()'
on 1 "$bin/psql" -X -U postgres -h "$D/pg" -Atc 'select inet_client_addr(), count(*) from t'
psql 10.0.0.1 -Atc 'copy t to stdout' | md5sum
psql 10.0.0.1 -Atc 'copy t to stdout' | psql fd00::1 -c 'create table u(a int, b text)' -c 'copy u from stdin'
psql 10.0.0.1 -Atc 'select count(*) from u'
on 2 "$bin/pgbench" -q -i -s 2 -U postgres -h 10.0.0.1 postgres >/dev/null 2>&1
echo $?
on 2 "$bin/pgbench" -c 8 -j 2 -t 50 -U postgres -h 10.0.0.1 postgres 2>/dev/null | grep -E 'processed|failed|clients'
on 2 "$bin/pgbench" -C -S -c 4 -j 2 -t 50 -U postgres -h fd00::1 postgres 2>/dev/null | grep -E 'processed|failed|clients'

(
	echo 'listen x;'
	until grep -q LISTEN notes; do :; done
	psql 10.0.0.1 -qc "notify x, 'hello'"
	until grep -q hello notes; do echo ';'; done
) | psql 10.0.0.1 >notes 2>&1
sed 's/PID [0-9]*/PID/' notes | sort -u

on_bg 2 "$bin/psql" -X -U postgres -h 10.0.0.1 -c 'select pg_sleep(600)' >cancelled 2>&1
sleeper=$!
until [ "$(psql 10.0.0.1 -Atc "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'")" = 1 ]; do :; done
kill -INT $sleeper
wait $sleeper
cat cancelled

on 3 "${as[@]}" "$bin/pg_basebackup" -c fast -h 10.0.0.1 -U postgres -D "$D/pg/db" -R
echo $?
on_bg 3 "${as[@]}" "$bin/postgres" -D "$D/pg/db" -c listen_addresses='*' -k "$D/pg" >log3 2>&1
third=$!
until on 3 "$bin/pg_isready" -q -h "$D/pg"; do kill -0 $third || break; done
psql 10.0.0.1 -c 'create table v as select generate_series(1,1000) a'
until [ "$(psql 10.0.0.3 -Atc 'select count(*) from v' 2>/dev/null)" = 1000 ]; do kill -0 $third || break; done
psql 10.0.0.1 -Atc 'select client_addr, state, sync_state from pg_stat_replication'
psql fd00::3 -c 'delete from v' 2>&1
kill -INT $third
wait $third
echo $?
kill -INT $first
wait $first
echo $?
