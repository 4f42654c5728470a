/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can a program be hijacked?  Preloading is silently ignored by static and by privileged programs,
 * and useless to those that make system calls without libc; this is seen in the file beforehand.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rump_tool.h"

/* A script's interpreter may be a script; the host follows as many. */
#define MAX_INTERPRETERS 4

static bool
read_at(int fd, void *buf, size_t n, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, buf, n, (off_t)offset) == (ssize_t)n;
}

static bool
is_executable_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As execvp(3) looks for it. */
static bool
find_in_path(const char *program, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH"), *end;

	if (strchr(program, '/') != NULL)
		return snprintf(path, PATH_MAX, "%s", program) < PATH_MAX;
	if (dirs == NULL)
		dirs = "/bin:/usr/bin";
	for (;; dirs = end + 1) {
		end = strchrnul(dirs, ':');
		if (snprintf(path, PATH_MAX, "%.*s%s%s", (int)(end - dirs), dirs,
			end == dirs ? "" : "/", program) < PATH_MAX &&
		    is_executable_file(path))
			return true;
		if (*end == '\0')
			return false;
	}
}

/* Would the program run with more rights than ours?  Then the dynamic linker preloads nothing. */
static const char *
check_privilege(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return NULL;
	if ((st.st_mode & S_ISUID) && st.st_uid != getuid())
		return "it is set-user-ID";
	if ((st.st_mode & S_ISGID) && (st.st_mode & S_IXGRP) && st.st_gid != getgid())
		return "it is set-group-ID";
	if (getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0)
		return "it has file capabilities";
	return NULL;
}

static bool
has_interpreter(int fd, const Elf64_Ehdr *eh)
{
	Elf64_Phdr ph;

	for (unsigned i = 0; i < eh->e_phnum; i++) {
		if (!read_at(fd, &ph, sizeof ph, eh->e_phoff + i * sizeof ph))
			return false;
		if (ph.p_type == PT_INTERP)
			return true;
	}
	return false;
}

/* Go programs are told by their sections; a stripped one keeps them. */
static bool
is_go(int fd, const Elf64_Ehdr *eh)
{
	Elf64_Shdr names, sh;
	char name[20];

	if (!read_at(fd, &names, sizeof names, eh->e_shoff + eh->e_shstrndx * sizeof names))
		return false;
	for (unsigned i = 0; i < eh->e_shnum; i++) {
		if (!read_at(fd, &sh, sizeof sh, eh->e_shoff + i * sizeof sh))
			return false;
		if (!read_at(fd, name, sizeof name, names.sh_offset + sh.sh_name))
			continue;
		if (strncmp(name, ".note.go.buildid", sizeof name) == 0 ||
		    strncmp(name, ".go.buildinfo", sizeof name) == 0)
			return true;
	}
	return false;
}

static const char *
check_elf(int fd)
{
	Elf64_Ehdr eh;

	if (!read_at(fd, &eh, sizeof eh, 0))
		return NULL;
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_machine != EM_X86_64)
		return "it is a program for another machine";
	if (!has_interpreter(fd, &eh))
		return "it is statically linked";
	if (is_go(fd, &eh))
		return "it is a Go program, which makes system calls without libc";
	return NULL;
}

/* The interpreter's path out of a script's first line, in place; false if there is none. */
static bool
script_interpreter(char *line, char path[PATH_MAX])
{
	char *start = line + 2 + strspn(line + 2, " \t");
	size_t n = strcspn(start, " \t\n");

	if (n == 0)
		return false;
	memcpy(path, start, n);
	path[n] = '\0';
	return true;
}

/* One file of the chain; *ret_script if path now names the next one. */
static const char *
check_file(char path[PATH_MAX], bool *ret_script)
{
	char head[256] = "";
	const char *why;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	*ret_script = false;
	if (fd == -1)
		return NULL;
	why = check_privilege(fd);
	n = pread(fd, head, sizeof head - 1, 0);
	if (n > SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0) {
		if (why == NULL)
			why = check_elf(fd);
	} else if (n > 2 && memcmp(head, "#!", 2) == 0) {
		/* The host ignores the privilege bits of a script. */
		why = NULL;
		*ret_script = script_interpreter(head, path);
	}
	close(fd);
	return why;
}

const char *
check_program(const char *program)
{
	char path[PATH_MAX];
	const char *why = NULL;
	bool script = true;

	if (!find_in_path(program, path))
		return NULL;
	for (int i = 0; script && i < MAX_INTERPRETERS; i++)
		why = check_file(path, &script);
	return why;
}
