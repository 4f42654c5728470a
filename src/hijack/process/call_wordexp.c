/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wordexp.  libc's looks for files on the host only.  So if the words may name something in the
 * rump kernel (the current directory is there, or they have a path in them that is), a shell
 * expands them, which is hijacked itself; what wordexp refuses and a shell would do is found out
 * beforehand.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "base/raw.h"
#include "base/scope.h"
#include "config.h"
#include "hijack.h"
#include "route/route.h"
#include "syscall/hijack_exports.h"
#include "syscall/host.h"

static bool
needs_shell(const char *words)
{
	const char *prefix = config_get()->prefix;

	return route_cwd_is_rump() || (prefix != NULL && strstr(words, prefix) != NULL) ||
	       strstr(words, "$(") != NULL || strchr(words, '`') != NULL;
}

/* The end of `$(...)`, `${...}` or `...` that begins at p, where quotes count; NULL: none. */
static const char *
skip_enclosed(const char *p, char open, char close)
{
	int depth = 1;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == close && --depth == 0)
			return p;
		else if (*p == open)
			depth++;
		else if (*p == '\'' && (p = strchr(p + 1, '\'')) == NULL)
			return NULL;
	}
	return NULL;
}

/* After `$` or a backquote; NULL: it has no end.  *ret_command: it runs one. */
static const char *
skip_substitution(const char *p, bool *ret_command)
{
	*ret_command = *p == '`' || (p[0] == '$' && p[1] == '(' && p[2] != '(');
	if (*p == '`')
		return strchr(p + 1, '`');
	if (p[1] == '(')
		return skip_enclosed(p + 2, '(', ')');
	if (p[1] == '{')
		return skip_enclosed(p + 2, '{', '}');
	return p;
}

/* What wordexp says of the words without expanding them. */
static int
check_words(const char *p, int flags)
{
	bool quoted = false, command;

	for (; *p != '\0'; p++) {
		if (*p == '\\') {
			if (*++p == '\0')
				return WRDE_SYNTAX;
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '\'' && !quoted) {
			p = strchr(p + 1, '\'');
		} else if (*p == '$' || *p == '`') {
			p = skip_substitution(p, &command);
			if (command && (flags & WRDE_NOCMD) != 0)
				return WRDE_CMDSUB;
		} else if (!quoted && strchr("|&;<>(){}\n", *p) != NULL) {
			return WRDE_BADCHAR;
		}
		if (p == NULL)
			return WRDE_SYNTAX;
	}
	return quoted ? WRDE_SYNTAX : 0;
}

static int
start_shell(const char *script, int out, int flags, pid_t *ret_pid)
{
	char *argv[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)script, NULL};
	posix_spawn_file_actions_t actions;
	int error;

	hijack_posix_spawn_file_actions_init(&actions);
	error = hijack_posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (error == 0 && (flags & WRDE_SHOWERR) == 0)
		error =
		    hijack_posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (error == 0)
		error = hijack_posix_spawn(ret_pid, "/bin/sh", &actions, NULL, argv, environ);
	hijack_posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* All that comes from the pipe. */
static int
read_all(int fd, char **ret_text, size_t *ret_len)
{
	FILE *text = open_memstream(ret_text, ret_len);
	char buf[4096];
	long n;

	if (text == NULL)
		return ENOMEM;
	while ((n = raw_call3(SYS_read, fd, buf, sizeof buf)) > 0 || n == -EINTR)
		fwrite(buf, 1, n > 0 ? (size_t)n : 0, text);
	return host.fclose(text) != 0 ? ENOMEM : 0;
}

/* Runs the script; its output and its exit status. */
static int
run_shell(const char *script, int flags, char **ret_text, size_t *ret_len, int *ret_status)
{
	CLEANUP_FD int in = -1;
	pid_t pid;
	int fds[2], error;

	*ret_text = NULL;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return errno;
	in = fds[0];
	error = start_shell(script, fds[1], flags, &pid);
	raw_close(fds[1]);
	if (error != 0)
		return error;
	error = read_all(in, ret_text, ret_len);
	while (raw_call4(SYS_wait4, pid, ret_status, 0, NULL) == -EINTR)
		continue;
	return error;
}

/* Makes room for `more` words behind those that we has to keep. */
static int
make_room(wordexp_t *we, int flags, size_t more)
{
	size_t offs = (flags & WRDE_DOOFFS) != 0 ? we->we_offs : 0;
	char **v = (flags & WRDE_APPEND) != 0 ? we->we_wordv : NULL;
	size_t kept = v != NULL ? we->we_wordc : 0;

	v = reallocarray(v, offs + kept + more + 1, sizeof *v);
	if (v == NULL)
		return WRDE_NOSPACE;
	if (kept == 0)
		memset(v, 0, offs * sizeof *v);
	we->we_wordv = v;
	we->we_wordc = kept;
	we->we_offs = offs;
	v[offs + kept] = NULL;
	return 0;
}

/* The words are separated by NULs. */
static int
store_words(wordexp_t *we, int flags, const char *text, size_t len)
{
	size_t n = 0;
	int error;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\0';
	error = make_room(we, flags, n);
	for (; error == 0 && n > 0; n--) {
		char *word = strdup(text);

		if (word == NULL)
			return WRDE_NOSPACE;
		we->we_wordv[we->we_offs + we->we_wordc++] = word;
		we->we_wordv[we->we_offs + we->we_wordc] = NULL;
		text += strlen(text) + 1;
	}
	return error;
}

static int
expand(const char *words, wordexp_t *we, int flags)
{
	CLEANUP_FREE char *script = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int status;

	if (asprintf(&script, "set %s\nset -- %s\n[ $# -eq 0 ] || printf '%%s\\0' \"$@\"",
		(flags & WRDE_UNDEF) != 0 ? "-u" : "+u", words) < 0) {
		script = NULL;
		return WRDE_NOSPACE;
	}
	if (run_shell(script, flags, &text, &len, &status) != 0)
		return WRDE_NOSPACE;
	if (status != 0)
		return (flags & WRDE_UNDEF) != 0 ? WRDE_BADVAL : WRDE_SYNTAX;
	return store_words(we, flags, text, len);
}

int
hijack_wordexp(const char *words, wordexp_t *we, int flags)
{
	int error;

	if (!needs_shell(words))
		return host.wordexp(words, we, flags);
	if ((flags & WRDE_REUSE) != 0)
		wordfree(we);
	error = check_words(words, flags);
	if (error == 0)
		return expand(words, we, flags);
	if ((flags & WRDE_APPEND) == 0)
		make_room(we, flags, 0);
	return error;
}
HIJACK_EXPORTS(wordexp)
