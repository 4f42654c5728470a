/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about the kernel as a whole: its end.
 */
#include <errno.h>
#include <linux/reboot.h>

#include "kern/proc.h"
#include "kern/usercopy.h"
#include "syscall/sys_proto.h"

int
sys_reboot(struct lwp *l, int magic, int magic2, unsigned cmd, struct uin arg)
{
	(void)arg; /* a restart command line: there is nothing to restart */
	if (!cred_is_admin(&l->proc->cred))
		return EPERM;
	if ((unsigned)magic != LINUX_REBOOT_MAGIC1)
		return EINVAL;
	switch ((unsigned)magic2) {
	case LINUX_REBOOT_MAGIC2:
	case LINUX_REBOOT_MAGIC2A:
	case LINUX_REBOOT_MAGIC2B:
	case LINUX_REBOOT_MAGIC2C:
		break;
	default:
		return EINVAL;
	}
	switch (cmd) {
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		kern_halt();
		return 0;
	default:
		return EINVAL;
	}
}
