# SPDX-License-Identifier: BSD-2-Clause
# tar, gzip, cpio, zip, rsync: whole trees in and out of the rump kernel.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
}

@test "tar: create, list, extract, compare, append" {
	same 'make_tree t; tar cf a.tar t; tar tf a.tar | sort; mkdir x; tar xpf a.tar -C x; rm t/fifo x/t/fifo; diff -r --no-dereference t x/t && echo equal; stat -c "%a %n" x/t/one; stat -c "%a %n %Y" x/t/sub/numbers; stat -c %h x/t/hard'
	same 'tar df a.tar t/sub; echo new >t/new; tar rf a.tar t/new; tar tf a.tar | tail -n 1; tar xOf a.tar t/new; tar cf - t | tar tf - | wc -l; tar xf missing.tar; tar cf b.tar missing; tar tf /dev/null; tar --delete -f a.tar t/new; tar tf a.tar | wc -l'
	same 'tar czf a.tgz t && tar tzf a.tgz | wc -l; tar cJf a.txz t && tar tJf a.txz | wc -l; tar xzf a.tgz -C x --strip-components 1; ls x; tar xkf a.tar; tar cf s.tar -S t/zeros; tar xOf s.tar | cmp - t/zeros && echo same'
}

@test "a tree of the host by tar into the kernel and back" {
	local tree=/usr/share/doc/bash back=$RUMP_SCRATCH/back

	mkdir "$back"
	run_rump sh -c "tar cf - -C $tree . | (mkdir /rump/t && tar xf - -C /rump/t)"
	assert_success
	run_rump diff -r "$tree" /rump/t
	assert_success
	run_rump sh -c "tar cf - -C /rump/t . | tar xf - -C $back"
	assert_success
	run diff -r "$tree" "$back"
	assert_success
}

@test "gzip, xz, zcat" {
	need xz
	same 'seq 5000 >f; gzip -k f; zcat f.gz | cmp - f && echo same; gzip f; gzip -f f.gz; gunzip f.gz; wc -c f; gzip missing; echo junk >j.gz; gunzip j.gz; xz f; xz -l f.xz | wc -l; unxz f.xz; tail -n 1 f; gzip -t f; zgrep 4999 f; touch -d @1000 f; gzip f; gunzip f; stat -c %Y f'
}

@test "cpio and zip" {
	need cpio zip unzip
	same 'make_tree t; rm t/fifo; find t | sort | cpio -o --quiet >a.cpio; cpio -it --quiet <a.cpio; mkdir x; cd x; cpio -id --quiet <../a.cpio; ls -R; cd ..; diff -r --no-dereference t x/t && echo equal'
	same 'zip -qr a.zip t; unzip -l a.zip | tail -n 1 | awk "{ print \$2 }"; mkdir y; unzip -q a.zip -d y; ls -R y; unzip -tq a.zip; unzip -q missing.zip'
}

@test "rsync within the kernel and from the host" {
	need rsync
	same 'make_tree t; rm t/fifo; rsync -a t/ u && diff -r --no-dereference t u && echo equal; echo x >>t/one; touch -d 2020-01-01 t/one; rm t/zeros; touch -d 2020-01-02 t; rsync -ai --delete t/ u | sort; rsync -a missing u 2>&1 | grep -c "No such"; ls u'
	run_rump rsync -a /usr/share/doc/bash/ /rump/doc
	assert_success
	run_rump diff -r /usr/share/doc/bash /rump/doc
	assert_success
}
