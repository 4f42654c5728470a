/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of mount options. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs/mount.h"

bool
mount_option_next(char **options, char **key, char **value)
{
	do
		*key = strsep(options, ",");
	while (*key != NULL && **key == '\0');
	if (*key == NULL)
		return false;
	*value = strchr(*key, '=');
	if (*value != NULL)
		*(*value)++ = '\0';
	return true;
}

int
mount_option_number(const char *value, int base, uint64_t *ret)
{
	char *end;

	if (value == NULL || value[0] < '0' || value[0] > '9')
		return EINVAL;
	errno = 0;
	*ret = strtoull(value, &end, base);
	return *end != '\0' || errno != 0 ? EINVAL : 0;
}
