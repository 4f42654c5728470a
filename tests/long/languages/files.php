<?php // SPDX-License-Identifier: BSD-2-Clause
// What php does with files, sessions and programs: run in a directory of its own, with mod.php there.
ob_start(); // no output before the session begins

function attempt($name, $call)
{
    error_clear_last();
    $result = @$call();
    $error = error_get_last();
    echo $name, ' ', json_encode($result), ' ',
        $error ? preg_replace('~^\w+\(.*?\): ~', '', $error['message']) : '', "\n";
}

function files_below($dir)
{
    $found = [];
    $all = new RecursiveDirectoryIterator($dir, FilesystemIterator::SKIP_DOTS);
    foreach (new RecursiveIteratorIterator($all) as $file)
        $found[] = (string)$file;
    sort($found);
    return $found;
}

mkdir('a/b', 0755, true);
attempt('put', fn() => file_put_contents('a/f', str_repeat("hello\n", 100)));
attempt('size', fn() => filesize('a/f'));
attempt('scan', fn() => scandir('a'));
attempt('glob', fn() => glob('a/{f,b}', GLOB_BRACE));
attempt('mkdir', fn() => mkdir('a'));
attempt('rmdir', fn() => rmdir('a'));
attempt('symlink', fn() => [symlink('f', 'a/s'), readlink('a/s'), basename(realpath('a/s'))]);
attempt('link', fn() => [link('a/f', 'a/h'), stat('a/f')['nlink']]);
attempt('copy', fn() => [copy('a/f', 'a/g'), rename('a/g', 'a/b/g')]);
attempt('touch', fn() => [touch('a/f', 5, 6), clearstatcache(), filemtime('a/f'), fileatime('a/f')]);
attempt('chmod', fn() => [chmod('a/f', 0600), clearstatcache(), fileperms('a/f')]);
attempt('tests', fn() => [is_file('a/f'), is_dir('a'), is_link('a/s'), is_writable('a/f'), file_exists('none')]);
attempt('missing', fn() => file_get_contents('none'));
attempt('missing', fn() => fopen('none/x', 'w'));
attempt('below', fn() => files_below('a'));
attempt('include', fn() => include 'mod.php');
attempt('shell', fn() => shell_exec('cd a; wc -l <f; pwd | sed s,.*/,,'));
attempt('tmpfile', fn() => fwrite(tmpfile(), 'x'));
attempt('tempnam', fn() => unlink(tempnam('.', 'x')));
attempt('lock', function () {
    $f = fopen('a/f', 'r+');
    return [flock($f, LOCK_EX), ftruncate($f, 5), fstat($f)['size'], fgets($f)];
});
attempt('process', function () {
    $process = proc_open('cat', [['file', 'a/f', 'r'], ['pipe', 'w']], $pipes, 'a');
    return stream_get_contents($pipes[1]);
});
session_save_path('.');
session_id('abc');
attempt('session', function () {
    session_start();
    $_SESSION['key'] = 1;
    session_write_close();
    return file_get_contents('sess_abc');
});
attempt('unlink', fn() => [unlink('a/f'), unlink('a/b')]);
