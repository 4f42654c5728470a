/* SPDX-License-Identifier: BSD-2-Clause */
/* uthash as this kernel uses it: running out of memory leaves the element's hh.tbl NULL, and a hash
 * function that clang accepts without warnings. */
#ifndef KERNEL_VFS_HASH_H
#define KERNEL_VFS_HASH_H

#define HASH_NONFATAL_OOM                    1
#define HASH_FUNCTION(keyptr, keylen, hashv) HASH_FNV(keyptr, keylen, hashv)
#include <uthash.h>

#endif
