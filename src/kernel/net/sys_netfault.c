/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls to see and break the network: packet capture, faults on purpose.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/scope.h"
#include "kern/host_file.h"
#include "kern/proc.h"
#include "kern/usercopy.h"
#include "net/capture.h"
#include "net/ifnet.h"
#include "net/impair.h"
#include "syscall/sys_proto.h"

#define REPORT_MAX (256u << 10)

static int
capture_read(struct lwp *l, struct file *f, void *buf, size_t len, const off_t *offset, size_t *ret)
{
	(void)l, (void)offset;
	return host_file_result(read(f->hostfd, buf, len), ret);
}

static const struct file_ops capture_ops = {
    .read = capture_read,
    .stat = host_file_stat,
    .close = host_file_close,
};

int
sys_net_capture(struct lwp *l, struct upath ifname, unsigned int snaplen, int64_t *retval)
{
	struct host_file h = {.type = FILE_PIPE, .ops = &capture_ops, .hostfd = -1};
	struct ifnet *ifp = NULL;
	char name[PATH_MAX];
	int error = upath_get(l, ifname, name, true);
	int fd;

	if (error == 0 && !cred_is_admin(&l->proc->cred))
		error = EPERM;
	if (error != 0)
		return error;
	if (name[0] != '\0') {
		ifp = ifnet_by_name(name);
		if (ifp == NULL)
			return ENODEV;
	}
	error = capture_start(ifp, snaplen, &h.hostfd);
	if (error != 0)
		return error;
	fcntl(h.hostfd, F_SETFL, O_NONBLOCK);
	error = host_file_open(l, &h, &fd);
	if (error == 0)
		*retval = fd;
	return error;
}

int
sys_net_fault(struct lwp *l, struct upath command, struct uout buf, size_t size, int64_t *retval)
{
	size_t len;
	CLEANUP_FREE char *report = NULL;
	char text[PATH_MAX];
	int error = upath_get(l, command, text, true), failed;

	if (size > REPORT_MAX)
		size = REPORT_MAX;
	report = calloc(1, size + 1);
	if (error == 0 && report == NULL)
		error = ENOMEM;
	if (error == 0 && text[0] != '\0' && !cred_is_admin(&l->proc->cred))
		error = EPERM;
	if (error != 0)
		return error;
	failed = impair_command(text, report, size, &len);
	error = uout_put(l, buf, 0, report, len < size ? len : size);
	*retval = (int64_t)len;
	return error != 0 ? error : failed;
}
