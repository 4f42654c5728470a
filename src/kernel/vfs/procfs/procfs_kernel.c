/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of the files about the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/version.h"
#include "vfs/procfs/procfs.h"

static struct timespec booted; /* CLOCK_BOOTTIME of the host */

void
procfs_note_boot(void)
{
	if (booted.tv_sec == 0)
		clock_gettime(CLOCK_BOOTTIME, &booted);
}

uint64_t
procfs_boot_ticks(void)
{
	uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);

	return (uint64_t)booted.tv_sec * hz + (uint64_t)booted.tv_nsec * hz / 1000000000;
}

int
procfs_uptime(const struct procfs_of *of, FILE *out)
{
	struct timespec now;
	long cs;

	(void)of;
	clock_gettime(CLOCK_BOOTTIME, &now);
	cs = (now.tv_sec - booted.tv_sec) * 100 + (now.tv_nsec - booted.tv_nsec) / 10000000;
	/* Whether the processors are idle is the host's affair: as if they all were. */
	fprintf(out, "%ld.%02ld %ld.%02ld\n", cs / 100, cs % 100,
	    cs * sysconf(_SC_NPROCESSORS_ONLN) / 100, cs * sysconf(_SC_NPROCESSORS_ONLN) % 100);
	return 0;
}

int
procfs_version(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fprintf(out, "%s version %s (rump_server) %s\n", KERN_OSTYPE, KERN_RELEASE, KERN_VERSION);
	return 0;
}

int
procfs_filesystems(const struct procfs_of *of, FILE *out)
{
	(void)of;
	for (const struct fstype *const *fs = fstypes; *fs != NULL; fs++)
		fprintf(out, "%s\t%s\n", (*fs)->on_device ? "" : "nodev", (*fs)->name);
	return 0;
}

static unsigned
count_procs(void)
{
	struct proc *p;
	unsigned n = 0;

	LIST_FOREACH (p, &proc_all, all)
		n++;
	return n;
}

/* The host's, but for the times and numbers of our own. */
int
procfs_kernel_stat(const struct procfs_of *of, FILE *out)
{
	CLEANUP_FREE char *text = NULL;
	struct timespec now, up;
	char *rest, *line;
	size_t len;
	int error = procfs_read_host("/proc/stat", &text, &len);

	(void)of;
	if (error != 0)
		return error;
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	for (rest = text; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
		if (strncmp(line, "btime ", 6) == 0)
			fprintf(out, "btime %jd\n",
			    (intmax_t)(now.tv_sec - (up.tv_sec - booted.tv_sec)));
		else if (strncmp(line, "processes ", 10) == 0)
			fprintf(out, "processes %u\n", count_procs());
		else
			fprintf(out, "%s\n", line);
	}
	return 0;
}

int
procfs_hostname(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fprintf(out, "%s\n", kern_hostname());
	return 0;
}

int
procfs_store_hostname(const struct procfs_of *of, const char *text)
{
	(void)of;
	return kern_set_hostname(text, strcspn(text, "\n"));
}

int
procfs_domainname(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs("(none)\n", out);
	return 0;
}

int
procfs_osrelease(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs(KERN_RELEASE "\n", out);
	return 0;
}

int
procfs_ostype(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs(KERN_OSTYPE "\n", out);
	return 0;
}

int
procfs_osversion(const struct procfs_of *of, FILE *out)
{
	(void)of;
	fputs(KERN_VERSION "\n", out);
	return 0;
}
