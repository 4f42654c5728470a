/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells the rump kernel what a call on the host made of the credentials. */
#ifndef HIJACK_CALL_CRED_H
#define HIJACK_CALL_CRED_H

/* After a host call that changed ids, or the supplementary groups; they pass its result on. */
int cred_ids_changed(int rc);
int cred_groups_changed(int rc);

#endif
