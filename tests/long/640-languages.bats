# SPDX-License-Identifier: BSD-2-Clause
# Files of the kernel as node, npm, ruby, php and java see them.
# shellcheck disable=SC2016

load ../lib/helpers

setup() {
	server_start
	export RUMP_TIMEOUT=200
	programs=$RUMP_TOP/tests/long/languages
}

@test "node: names, attributes, promises, watching, programs" {
	need node
	same "cp $programs/files.js .; echo 'exports.value = 1' >mod.js; node files.js; ls"
}

@test "npm installs from a directory and from a package file" {
	need npm
	same 'mkdir pk app; echo "{\"name\": \"pk\", \"version\": \"1.0.0\", \"main\": \"i.js\"}" >pk/package.json; echo "module.exports = 5" >pk/i.js; echo "{\"name\": \"app\", \"version\": \"1.0.0\", \"dependencies\": {\"pk\": \"file:../pk\"}}" >app/package.json; export HOME=$PWD npm_config_cache=$PWD/cache npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false; cd app; npm install --offline --no-progress 2>&1 | sed "s/ in .*//"; node -p "require(\"pk\")"; npm pack ../pk 2>/dev/null; tar tf pk-1.0.0.tgz; npm install --offline --no-progress ./pk-1.0.0.tgz 2>&1 | sed "s/ in .*//"; ls -l node_modules/pk | cut -c 1-10; ls'
}

@test "ruby: File, Dir, FileUtils, Tempfile" {
	need ruby
	same "cp $programs/files.rb .; echo 'VALUE = 7' >mod.rb; ruby files.rb; ls"
}

@test "php: files, sessions, programs" {
	need php
	same "cp $programs/files.php .; echo '<?php return 42;' >mod.php; php files.php; ls"
}

@test "java: compiled, from a jar, from its source" {
	need javac java jar
	same "cp $programs/Files.java .; javac Files.java && java Files; jar cf f.jar *.class && jar tf f.jar | sort; java -cp f.jar Files | head -n 3; ls"
}
