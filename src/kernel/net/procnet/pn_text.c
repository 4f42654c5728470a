/* SPDX-License-Identifier: BSD-2-Clause */
/* How the files of /proc/net write things. */
#include <stdarg.h>

#include "net/procnet/pn_priv.h"

void
procnet_put_padded(FILE *out, int width, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	fprintf(out, "%-*s\n", width, line);
}

void
procnet_put_hex(FILE *out, const struct inaddr *ip)
{
	for (size_t i = 0; i < sizeof ip->ip; i++)
		fprintf(out, "%02x", ip->ip[i]);
}
