// SPDX-License-Identifier: BSD-2-Clause
// What java.nio.file and java.io do with files: run in a directory of its own.
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import static java.nio.file.Files.*;

public class Files {
	interface Call {
		Object call() throws Exception;
	}

	static void attempt(String name, Call call) {
		try {
			System.out.println(name + " " + call.call());
		} catch (Exception e) {
			System.out.println(name + " " + e.getClass().getSimpleName() + " " + e.getMessage());
		}
	}

	static Object walk(Path dir) throws IOException {
		try (Stream<Path> all = java.nio.file.Files.walk(dir)) {
			return all.map(Path::toString).sorted().collect(Collectors.toList());
		}
	}

	static Object map(String name) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(name, "rw")) {
			file.setLength(8192);
			MappedByteBuffer bytes = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 8192);
			bytes.put(100, (byte) 65);
			bytes.force();
			file.seek(100);
			return file.read();
		}
	}

	static Object watch(Path dir) throws Exception {
		try (WatchService service = FileSystems.getDefault().newWatchService()) {
			dir.register(service, StandardWatchEventKinds.ENTRY_CREATE);
			writeString(dir.resolve("seen"), "x");
			return service.poll(30, TimeUnit.SECONDS).pollEvents().get(0).context();
		}
	}

	static Object lock(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
			return lock.isValid();
		}
	}

	static Object transfer(Path from, Path to) throws IOException {
		try (FileChannel in = FileChannel.open(from);
		     FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			return in.transferTo(0, 600, out);
		}
	}

	static Object program(File dir) throws IOException {
		Process p = new ProcessBuilder("sh", "-c", "wc -l <f; pwd | sed s,.*/,,").directory(dir).start();
		return new String(p.getInputStream().readAllBytes());
	}

	public static void main(String[] args) throws Exception {
		Path d = Paths.get("d"), f = d.resolve("f"), s = d.resolve("s");

		createDirectories(d.resolve("x/y"));
		attempt("write", () -> writeString(f, "hello\n".repeat(100)).getFileName());
		attempt("size", () -> size(f));
		attempt("mkdir", () -> createDirectory(d));
		attempt("missing", () -> readString(d.resolve("none")));
		attempt("symlink", () -> readSymbolicLink(createSymbolicLink(s, Paths.get("f"))));
		attempt("link", () -> getAttribute(createLink(d.resolve("h"), f), "unix:nlink"));
		attempt("copy", () -> copy(f, d.resolve("g"), StandardCopyOption.COPY_ATTRIBUTES).getFileName());
		attempt("move", () -> move(d.resolve("g"), d.resolve("x/g"), StandardCopyOption.ATOMIC_MOVE));
		attempt("mode", () -> PosixFilePermissions.toString(getPosixFilePermissions(
		    setPosixFilePermissions(f, PosixFilePermissions.fromString("rw-r-----")))));
		attempt("time", () -> getLastModifiedTime(setLastModifiedTime(f, FileTime.fromMillis(1000))));
		attempt("real", () -> s.toRealPath().getFileName());
		attempt("same", () -> isSameFile(s, f));
		attempt("store", () -> getFileStore(d).getBlockSize());
		attempt("map", () -> map("d/m"));
		attempt("lock", () -> lock(d.resolve("m")));
		attempt("transfer", () -> transfer(f, d.resolve("t")));
		attempt("watch", () -> watch(d));
		attempt("program", () -> program(d.toFile()));
		attempt("canonical", () -> new File("d/s").getCanonicalFile().getName());
		attempt("temporary", () -> createTempFile(d, "a", "b").toFile().delete());
		attempt("walk", () -> walk(d));
		attempt("delete", () -> new File("d/x").delete());
	}
}
