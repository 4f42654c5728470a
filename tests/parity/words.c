/* SPDX-License-Identifier: BSD-2-Clause */
/* wordexp: the words that a shell would make. */
#include <fcntl.h>
#include <wordexp.h>

#include "parity.h"

static void
put(const char *path)
{
	MUST(close(MUST(open(path, O_WRONLY | O_CREAT, 0644))));
}

static void
say(const char *words, int flags)
{
	wordexp_t we = {.we_offs = 2};
	int error = wordexp(words, &we, flags);

	if (error != 0) {
		SAY("%s: error %d", words, error);
		return;
	}
	SAY("%s: %zu words", words, we.we_wordc);
	for (size_t i = 0; i < we.we_wordc; i++)
		SAY("  <%s>", we.we_wordv[(flags & WRDE_DOOFFS ? 2 : 0) + i]);
	wordfree(&we);
}

TEST(words)
{
	char absolute[4200];
	static const char *const all[] = {"a*", "a1 b1", "*.c 'a*' \"a*\" a\\*", "[ab]1", "none*",
	    "$HOME", "$A ${A} ${A:-x} ${B:-y} ${B-z w}", "\"$A\"", "$((1 + 2 * 3))",
	    "$(echo from a command)", "`echo old style`", "~/x", "", "   ", "d/*", "\"\"", "$(ls)",
	    "$B", "$(exit 3)x", "\"$(ls)\""};
	static const char *const bad[] = {"a | b", "a & b", "a ; b", "<a", ">a", "(a)", "{a}",
	    "a\nb", "'open", "\"open", "$(open", "${open", "`open", "a\\"};

	setenv("HOME", "/home/of/us", 1);
	setenv("A", "one two", 1);
	put("a1");
	put("a2");
	put("b1");
	put("x.c");
	MUST(mkdir("d", 0755));
	put("d/e");
	put("d/f g");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		say(all[i], 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		say(bad[i], 0);
	getcwd(absolute, 4096);
	strcat(absolute, "/d/*");
	MUST(chdir("/"));
	{
		wordexp_t we;

		TRY(wordexp(absolute, &we, 0));
		for (size_t i = 0; i < we.we_wordc; i++)
			SAY("%s", strrchr(we.we_wordv[i], '/'));
		wordfree(&we);
	}
}

TEST(flags)
{
	wordexp_t we = {0};

	put("f1");
	put("f2");
	say("f* x", WRDE_DOOFFS);
	say("$(ls)", WRDE_NOCMD);
	say("`ls`", WRDE_NOCMD);
	say("\"$(ls)\"", WRDE_NOCMD);
	say("'$(ls)'", WRDE_NOCMD);
	say("$((1 + 1))", WRDE_NOCMD);
	say("$UNDEFINED f*", WRDE_UNDEF);
	say("$UNDEFINED f*", 0);
	TRY(wordexp("f*", &we, 0));
	TRY(wordexp("g", &we, WRDE_APPEND));
	for (size_t i = 0; i < we.we_wordc; i++)
		SAY("%s", we.we_wordv[i]);
	TRY(wordexp("f1 f2 f3", &we, WRDE_REUSE));
	for (size_t i = 0; i < we.we_wordc; i++)
		SAY("%s", we.we_wordv[i]);
	wordfree(&we);
}

int
main(void)
{
	return parity_main();
}
