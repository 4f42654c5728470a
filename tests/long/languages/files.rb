# SPDX-License-Identifier: BSD-2-Clause
# What ruby's File, Dir, FileUtils and their like do: run in a directory of its own, with mod.rb there.
require "fileutils"
require "find"
require "pathname"
require "tempfile"
require "tmpdir"

def attempt(name)
  puts "#{name} #{yield.inspect}"
rescue SystemCallError, IOError => e
  puts "#{name} #{e.class}"
end

FileUtils.mkdir_p "a/b/c"
File.write "a/f", "hello\n" * 100
attempt(:size) { File.size "a/f" }
attempt(:entries) { Dir.entries("a").sort }
attempt(:glob) { Dir.glob("a/**/*").sort }
attempt(:braces) { Dir["a/{f,b}"].sort }
attempt(:mkdir) { Dir.mkdir "a" }
attempt(:rmdir) { Dir.rmdir "a" }
attempt(:symlink) { File.symlink "f", "a/s" }
attempt(:readlink) { [File.readlink("a/s"), File.lstat("a/s").symlink?] }
attempt(:readlink) { File.readlink "a/f" }
attempt(:link) { File.link "a/f", "a/h" }
attempt(:stat) { s = File.stat("a/f"); [s.mode.to_s(8), s.nlink, s.file?, s.size] }
attempt(:copy) { FileUtils.cp_r "a", "z"; Find.find("z").sort }
attempt(:move) { FileUtils.mv "z/f", "z/g" }
attempt(:utime) { File.utime 1, 2, "a/f"; File.mtime("a/f").to_i }
attempt(:chmod) { File.chmod 0o600, "a/f"; File.stat("a/f").mode.to_s(8) }
attempt(:truncate) { File.truncate "a/f", 10; File.size "a/f" }
attempt(:realpath) { File.basename File.realpath("a/s") }
attempt(:lock) { File.open("a/f", "r+") { |f| f.flock(File::LOCK_EX | File::LOCK_NB) } }
attempt(:lines) { File.foreach("a/f").to_a }
attempt(:tests) { [File.exist?("a/f"), File.directory?("a"), File.zero?("a/f"), File.identical?("a/f", "a/h")] }
attempt(:mktmpdir) { Dir.mktmpdir("x", ".") { |d| File.write "#{d}/q", "1"; Dir.children d } }
attempt(:tempfile) { Tempfile.create("x", ".") { |f| f.write "abc"; f.flush; File.size f.path } }
attempt(:chdir) { Dir.chdir("a/b") { File.basename Dir.pwd } }
attempt(:shell) { Dir.chdir("a") { `cat f; pwd | sed s,.*/,,` } }
attempt(:popen) { IO.popen(["cat", "a/f"]).read }
attempt(:missing) { File.open "none/x" }
attempt(:tell) { d = Dir.open("a"); at = d.tell; x = d.read; d.seek at; [d.read == x, d.close] }
attempt(:fifo) { File.mkfifo "a/p"; File.rename "a/p", "a/q"; File.ftype "a/q" }
attempt(:children) { Pathname("a").children.map(&:to_s).sort }
attempt(:copy_stream) { IO.copy_stream "z/g", "z/gg" }
attempt(:require) { require "./mod.rb"; VALUE }
attempt(:remove) { FileUtils.rm_rf "a"; File.exist? "a" }
attempt(:data) { DATA.read }
__END__
data
