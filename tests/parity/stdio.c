/* SPDX-License-Identifier: BSD-2-Clause */
/* stdio streams on files, and temporary names. */
#include <fcntl.h>
#include <mntent.h>
#include <wchar.h>

#include "parity.h"

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		SAY("%s: cannot be written", path);
}

static void
say_content(const char *path)
{
	char buf[128] = "";
	FILE *f = fopen(path, "r");
	size_t n = f == NULL ? 0 : fread(buf, 1, sizeof buf - 1, f);

	buf[n] = '\0';
	SAY("%s: \"%s\"", path, f == NULL ? strerrorname_np(errno) : buf);
	if (f != NULL)
		fclose(f);
}

TEST(modes)
{
	static const char *const all[] = {
	    "r", "r+", "w", "w+", "a", "a+", "wx", "re", "rb", "q", "", "w,ccs=UTF-8", "r+x"};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		FILE *f;
		int fd;

		put("f", "content");
		f = fopen("f", all[i]);
		if (f == NULL) {
			SAY("\"%s\": %s", all[i], strerrorname_np(errno));
			continue;
		}
		fd = fileno(f);
		SAY("\"%s\": flags %o cloexec %d at %ld", all[i],
		    fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), fcntl(fd, F_GETFD), ftell(f));
		SAY("put %d get %d", fputs("X", f), fgetc(f));
		clearerr(f);
		SAY("close %d", fclose(f));
		say_content("f");
	}
	SAY("missing %d", fopen("missing", "r") == NULL ? errno : 0);
	SAY("new x %d", fopen("new", "wx") == NULL ? errno : 0);
}

TEST(positions)
{
	char line[32];
	FILE *f;

	put("f", "one\ntwo\nthree\n");
	f = fopen("f", "r+");
	SAY("%s", fgets(line, sizeof line, f) == NULL ? "end" : "line");
	SAY("%ld", ftell(f));
	SAY("%d", fseek(f, -6, SEEK_END));
	SAY("%d %d", fgetc(f), ungetc('u', f));
	SAY("%d", fgetc(f));
	rewind(f);
	SAY("%d", fprintf(f, "ONE"));
	SAY("%d", fflush(f));
	say_content("f");
	SAY("%d", fclose(f));
}

TEST(reopening)
{
	FILE *f;
	int fd;

	put("a", "first");
	put("b", "second");
	f = fopen("a", "r");
	fd = fileno(f);
	SAY("%c", fgetc(f));
	f = freopen("b", "r", f);
	SAY("%d same number %d", f != NULL, f != NULL && fileno(f) == fd);
	SAY("%c", fgetc(f));
	f = freopen("c", "w", f);
	SAY("%d", f != NULL && fputs("third", f) >= 0 && fclose(f) == 0);
	say_content("c");
	f = fopen("a", "r");
	SAY("missing %d", freopen("missing", "r", f) == NULL ? errno : 0);
	f = freopen("a", "a", fopen("b", "r"));
	SAY("append %d", f != NULL && fputs("!", f) >= 0 && fclose(f) == 0);
	say_content("a");
	close(STDIN_FILENO);
	f = freopen("a", "r", stdin);
	SAY("closed before %d %c", f != NULL ? fileno(f) : -1, f != NULL ? fgetc(f) : '-');
}

TEST(standard_output)
{
	int saved = MUST(dup(1));

	SAY("freopen %d", freopen("out", "w", stdout) == stdout);
	printf("printed\n");
	fflush(stdout);
	MUST(system("echo by a child") < 0 ? -1 : 0);
	fclose(stdout);
	MUST(dup2(saved, 1));
	say_content("out");
}

TEST(wide)
{
	FILE *f = fopen("f", "w");

	SAY("%d", fwide(f, 1) > 0 && fputws(L"wide\n", f) >= 0);
	fclose(f);
	say_content("f");
}

TEST(pipes)
{
	char line[32] = "";
	FILE *f;

	put("f", "in the file\n");
	f = popen("cat f", "r");
	SAY("%s", f != NULL && fgets(line, sizeof line, f) != NULL ? line : "nothing");
	SAY("%d", pclose(f));
	f = popen("cat >g; exit 3", "w");
	SAY("%d", f != NULL && fputs("written", f) >= 0);
	SAY("%d", pclose(f));
	say_content("g");
	SAY("%d", system("test -f g"));
	SAY("%d", system("exit 5"));
	SAY("shell %d", system(NULL) != 0);
}

TEST(temporary_names)
{
	char a[] = "fileXXXXXX", b[] = "sXXXXXX.txt", c[] = "dirXXXXXX", d[] = "short";
	struct stat st;
	int fd = FD(mkstemp(a));

	MUST(fstat(fd, &st));
	SAY("%o %d", st.st_mode, strncmp(a, "file", 4) == 0 && strcmp(a + 4, "XXXXXX") != 0);
	fd = FD(mkostemps(b, 4, O_CLOEXEC));
	SAY("%d %s", fcntl(fd, F_GETFD), b + strlen(b) - 4);
	SAY("%d", mkdtemp(c) == c);
	MUST(stat(c, &st));
	SAY("%o", st.st_mode);
	FD(mkstemp(d));
	SAY("%s", d);
	FD(mkstemp((char[]){"missing/XXXXXX"}));
	SAY("%d", tmpfile() != NULL);
	SAY("removed %d %d", remove(a), remove(c));
}

TEST(mount_tables)
{
	struct mntent *m;
	FILE *f;

	put("table", "dev /mnt tmpfs rw,noatime 0 0\n# comment\nother /a\\040b ext4 ro 1 2\n");
	f = setmntent("table", "r");
	SAY("cloexec %d", f == NULL ? -1 : fcntl(fileno(f), F_GETFD));
	while (f != NULL && (m = getmntent(f)) != NULL)
		SAY("%s on %s type %s (%s) %d", m->mnt_fsname, m->mnt_dir, m->mnt_type, m->mnt_opts,
		    m->mnt_passno);
	SAY("%d", f == NULL ? -1 : endmntent(f));
	SAY("%d", setmntent("missing", "r") == NULL ? errno : 0);
}

int
main(void)
{
	return parity_main();
}
