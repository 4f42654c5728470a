/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mount is to be like: options of the caller of mount(2), and those with which the program
 * called mount(2) itself, which librumpfuse.so tells us of.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kern/proc.h"
#include "vfs/fuse/fuse.h"

/* EINVAL: not one that the kernel knows. */
static int
parse_option(const char *key, const char *value, struct fuse_options *o)
{
	uint64_t number;

	if (strcmp(key, "default_permissions") == 0) {
		o->default_permissions = true;
		return 0;
	}
	if (strcmp(key, "allow_other") == 0) {
		o->allow_other = true;
		return 0;
	}
	if (mount_option_number(value, 10, &number) != 0)
		return EINVAL;
	if (strcmp(key, "user_id") == 0)
		o->user = (uid_t)number;
	else if (strcmp(key, "group_id") == 0)
		o->group = (gid_t)number;
	else if (strcmp(key, "max_read") != 0)
		return EINVAL;
	else if (number < o->max_read)
		o->max_read = number;
	return 0;
}

int
fuse_options_parse(const struct mount_args *args, struct fuse_options *o, char *ret_socket)
{
	char copy[PATH_MAX], *rest = copy, *key, *value;
	int error = 0;

	*o = (struct fuse_options){.user = args->l->proc->cred.ruid,
	    .group = args->l->proc->cred.rgid,
	    .max_read = UINT64_MAX};
	*ret_socket = '\0';
	if (snprintf(copy, sizeof copy, "%s", args->options) >= (int)sizeof copy)
		return EINVAL;
	while (error == 0 && mount_option_next(&rest, &key, &value)) {
		if (strcmp(key, "socket") != 0)
			error = parse_option(key, value, o);
		else if (value != NULL)
			strcpy(ret_socket, value);
	}
	return error == 0 && *ret_socket == '\0' ? EINVAL : error;
}

/* The next of the texts in the message; NULL: there is none, or it does not end. */
static const char *
next_text(const char **body, size_t *len)
{
	const char *text = *body, *end = memchr(text, '\0', *len);

	if (end == NULL)
		return NULL;
	*body = end + 1;
	*len -= (size_t)(*body - text);
	return text;
}

void
fuse_options_told(struct fuse_mount *fm, const char *body, size_t len)
{
	const char *source = next_text(&body, &len), *type = next_text(&body, &len);
	const char *flags = next_text(&body, &len), *data = next_text(&body, &len);
	char copy[PATH_MAX], *rest = copy, *key, *value;

	if (data == NULL || snprintf(copy, sizeof copy, "%s", data) >= (int)sizeof copy)
		return;
	free(fm->mount.source);
	fm->mount.source = strdup(source);
	snprintf(fm->type, sizeof fm->type, "%s", type);
	fm->mount.flags |= mount_kept_flags(strtoul(flags, NULL, 16));
	/* There are some that are for Linux alone (fd, rootmode, blksize). */
	while (mount_option_next(&rest, &key, &value))
		parse_option(key, value, &fm->options);
}
