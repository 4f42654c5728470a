/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about the kernel's name. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "kern/version.h"
#include "syscall/sys_proto.h"

#define HOSTNAME_MAX 64 /* as Linux; without the NUL */

static char hostname[HOSTNAME_MAX + 1] = "rump";

const char *
kern_hostname(void)
{
	return hostname;
}

int
kern_set_hostname(const char *name, size_t len)
{
	if (len > HOSTNAME_MAX)
		return EINVAL;
	memset(hostname, 0, sizeof hostname);
	memcpy(hostname, name, len);
	return 0;
}

int
sys_uname(struct lwp *l, struct uout buf)
{
	struct utsname u = {.sysname = KERN_OSTYPE,
	    .release = KERN_RELEASE,
	    .version = KERN_VERSION,
	    .machine = KERN_MACHINE,
	    .domainname = "(none)"};

	_Static_assert(sizeof u.nodename == sizeof hostname, "Linux's names are this long");
	memcpy(u.nodename, hostname, sizeof hostname);
	return uout_put(l, buf, 0, &u, sizeof u);
}

int
sys_sethostname(struct lwp *l, struct uin name, size_t len)
{
	char buf[HOSTNAME_MAX + 1] = {0};
	int error;

	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	if (len > HOSTNAME_MAX)
		return EINVAL;
	error = uin_get(l, name, 0, buf, len);
	return error != 0 ? error : kern_set_hostname(buf, len);
}
