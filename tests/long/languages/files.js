// SPDX-License-Identifier: BSD-2-Clause
// What node's fs and child_process do with files: run in a directory of its own, with mod.js there.
const fs = require("fs"), path = require("path"), cp = require("child_process");

function attempt(name, call) {
	try {
		console.log(name, call());
	} catch (e) {
		console.log(name, e.code, e.syscall);
	}
}

function names() {
	fs.mkdirSync("a/b/c", { recursive: true });
	fs.writeFileSync("a/f", "hello\n".repeat(100));
	fs.appendFileSync("a/f", "x");
	attempt("size", () => fs.statSync("a/f").size);
	attempt("list", () => fs.readdirSync("a", { recursive: true }).sort());
	attempt("types", () => fs.readdirSync("a", { withFileTypes: true }).map(e => [e.name, e.isDirectory()]).sort());
	attempt("mkdir", () => fs.mkdirSync("a"));
	attempt("rmdir", () => fs.rmdirSync("a"));
	attempt("readlink", () => fs.readlinkSync("a/f"));
	attempt("symlink", () => fs.symlinkSync("f", "a/s"));
	attempt("readlink", () => fs.readlinkSync("a/s"));
	attempt("link", () => fs.linkSync("a/f", "a/h"));
	attempt("copy", () => fs.copyFileSync("a/f", "a/g", fs.constants.COPYFILE_EXCL));
	attempt("again", () => fs.copyFileSync("a/f", "a/g", fs.constants.COPYFILE_EXCL));
	attempt("tree", () => fs.cpSync("a", "z", { recursive: true }));
	attempt("list", () => fs.readdirSync("z", { recursive: true }).sort());
	attempt("mkdtemp", () => fs.rmdirSync(fs.mkdtempSync("tmp-")));
	attempt("access", () => fs.accessSync("a/none"));
	attempt("rename", () => fs.renameSync("a/g", "a/b/g"));
	attempt("write", () => fs.writeFileSync("none/x", ""));
	attempt("realpath", () => path.basename(fs.realpathSync.native("a/s")));
}

function attributes() {
	attempt("chmod", () => (fs.chmodSync("a/f", 0o600), fs.statSync("a/f").mode.toString(8)));
	attempt("utimes", () => (fs.utimesSync("a/f", 1, 2), fs.statSync("a/f").mtimeMs));
	attempt("lutimes", () => (fs.lutimesSync("a/s", 1, 3), fs.lstatSync("a/s").mtimeMs));
	attempt("truncate", () => (fs.truncateSync("a/f", 10), fs.readFileSync("a/f", "utf8")));
	attempt("statfs", () => fs.statfsSync(".").bsize);
}

async function promises() {
	const handle = await fs.promises.open("a/p", "w+");
	await handle.write("abc");
	await handle.sync();
	await handle.truncate(2);
	console.log((await handle.stat()).size);
	await handle.close();
	await Promise.all([...Array(50).keys()].map(i => fs.promises.writeFile("a/n" + i, "x" + i)));
	console.log((await fs.promises.readdir("a")).length);
	await new Promise(done => fs.createReadStream("a/b/g").pipe(fs.createWriteStream("a/copy")).on("finish", done));
	console.log(fs.statSync("a/copy").size);
}

// Writes until the watcher has seen it.
function watch() {
	return new Promise(done => {
		const again = setInterval(() => fs.writeFileSync("a/seen", "1"), 50);
		const watcher = fs.watch("a", (event, name) => {
			if (name !== "seen")
				return;
			console.log("watch", name);
			clearInterval(again);
			watcher.close();
			done();
		});
	});
}

function programs() {
	console.log(cp.execSync("cat p; pwd | sed s,.*/,,", { cwd: "a" }).toString());
	console.log(cp.spawnSync("ls", ["b"], { cwd: "a" }).stdout.toString());
	cp.spawnSync("cat", { input: "in", stdio: ["pipe", fs.openSync("a/out", "w"), "inherit"] });
	console.log(fs.readFileSync("a/out", "utf8"));
	process.chdir("a/b");
	console.log(path.basename(process.cwd()));
	process.chdir("../..");
	console.log(require("./mod").value);
}

(async () => {
	names();
	attributes();
	await promises();
	await watch();
	programs();
	fs.rmSync("a", { recursive: true });
	console.log(fs.existsSync("a"));
})();
