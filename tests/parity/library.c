/* SPDX-License-Identifier: BSD-2-Clause */
/* dlopen of libraries by path: what the linker and dladdr say of them. */
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>

#include "parity.h"

/* A small library of libc that nothing has loaded, with a symbol of its own. */
#define ORIGINAL "/lib/x86_64-linux-gnu/libBrokenLocale.so.1"
#define SYMBOL   "__ctype_get_mb_cur_max"

static void
copy(const char *to)
{
	char buf[65536];
	int in = (int)MUST(open(ORIGINAL, O_RDONLY)),
	    out = (int)MUST(open(to, O_CREAT | O_WRONLY, 0644));
	ssize_t n;

	while ((n = read(in, buf, sizeof buf)) > 0)
		MUST(write(out, buf, (size_t)n));
	close(in);
	close(out);
}

static const char *
last(const char *path)
{
	const char *slash = path == NULL ? NULL : strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void *
load(const char *path, int flags)
{
	void *library = dlopen(path, flags);
	const char *why = library == NULL ? dlerror() : NULL;

	SAY("dlopen %s: %s", path, library != NULL ? "loaded" : why != NULL ? why : "?");
	return library;
}

static void
say_symbol(void *library)
{
	void *symbol = dlsym(library, SYMBOL);
	Dl_info info = {.dli_fname = "?"};
	int found = symbol != NULL ? dladdr(symbol, &info) : 0;

	SAY("dladdr %d %s", found, last(info.dli_fname));
}

TEST(by_relative_path)
{
	struct link_map *map = NULL;
	void *library, *again;

	copy("lib.so");
	library = load("./lib.so", RTLD_NOW);
	if (library == NULL)
		return;
	say_symbol(library);
	MUST(dlinfo(library, RTLD_DI_LINKMAP, &map));
	SAY("dlinfo %s", map->l_name);
	again = load("./lib.so", RTLD_LAZY);
	SAY("same %d", again == library);
	SAY("same under another path %d", load("../by_relative_path/lib.so", RTLD_LAZY) == library);
	SAY("closed %d %d %d", dlclose(library), dlclose(library), dlclose(library));
	SAY("gone %d", dlopen("./lib.so", RTLD_LAZY | RTLD_NOLOAD) == NULL);
	library = load("./lib.so", RTLD_LAZY);
	SAY("%d", library != NULL);
}

TEST(by_absolute_path)
{
	char *path = realpath(".", NULL), *file;

	copy("lib.so");
	MUST(asprintf(&file, "%s/lib.so", path));
	say_symbol(dlopen(file, RTLD_NOW | RTLD_GLOBAL));
	SAY("own %d", dlopen(NULL, RTLD_LAZY) != NULL);
}

TEST(a_namespace_of_its_own)
{
	copy("lib.so");
	SAY("%d", dlmopen(LM_ID_NEWLM, "./lib.so", RTLD_NOW) != NULL);
}

TEST(failures)
{
	int fd = (int)MUST(open("text", O_CREAT | O_WRONLY, 0644));

	MUST(write(fd, "this is no library\n", 19));
	load("./missing.so", RTLD_NOW);
	load("./text", RTLD_NOW);
	MUST(truncate("text", 0));
	load("./text", RTLD_NOW);
}

int
main(void)
{
	return parity_main();
}
