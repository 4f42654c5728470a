/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc/mounts and /proc/PID/mountinfo say. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kern/proc.h"
#include "vfs/mount.h"
#include "vfs/names.h"
#include "vfs/vnode.h"

/* Blanks and their like as octal numbers, as getmntent(3) reads them. */
static void
put_name(FILE *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (strchr(" \t\n\\", *name) != NULL)
			fprintf(out, "\\%03o", (unsigned)(unsigned char)*name);
		else
			fputc(*name, out);
	}
}

static void
put_flags(FILE *out, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} names[] = {
	    {MS_NOSUID, ",nosuid"},
	    {MS_NODEV, ",nodev"},
	    {MS_NOEXEC, ",noexec"},
	    {MS_SYNCHRONOUS, ",sync"},
	    {MS_NOATIME, ",noatime"},
	    {MS_NODIRATIME, ",nodiratime"},
	    {MS_RELATIME, ",relatime"},
	};

	fputs((flags & MS_RDONLY) != 0 ? "ro" : "rw", out);
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if ((flags & names[i].flag) != 0)
			fputs(names[i].name, out);
}

/* The id of the mount that mp is mounted in. */
static unsigned
parent_id(const struct mount *mp)
{
	return mp->covered == NULL ? mp->id : mp->covered->mount->id;
}

static void
put_mount(FILE *out, const struct mount *mp, const char *place)
{
	char own[PATH_MAX] = "";

	if (mp->ops->show != NULL)
		mp->ops->show(mp, own, sizeof own);
	put_name(out, mp->source);
	fputc(' ', out);
	put_name(out, place);
	fprintf(out, " %s ", mp->type);
	put_flags(out, mp->flags);
	fprintf(out, "%s 0 0\n", own);
}

static void
put_info(FILE *out, const struct mount *mp, const char *place)
{
	char own[PATH_MAX] = "";

	if (mp->ops->show != NULL)
		mp->ops->show(mp, own, sizeof own);
	fprintf(out, "%u %u %u:%u / ", mp->id, parent_id(mp), major(mp->dev), minor(mp->dev));
	put_name(out, place);
	fputc(' ', out);
	put_flags(out, mp->flags);
	fprintf(out, " - %s ", mp->type);
	put_name(out, mp->source);
	fprintf(out, " %s%s\n", (mp->flags & MS_RDONLY) != 0 ? "ro" : "rw", own);
}

char *
mount_show(struct lwp *l, bool info)
{
	struct mount *mp;
	char *text = NULL, place[PATH_MAX];
	size_t size, len;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	TAILQ_FOREACH (mp, &mount_all, all) {
		if (vfs_path_of(l, mp->root, place, sizeof place, &len) != 0)
			continue; /* outside of the caller's root */
		(info ? put_info : put_mount)(out, mp, place);
	}
	return fclose(out) == 0 ? text : NULL;
}
