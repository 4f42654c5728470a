/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What librumpfuse.so tells the rump kernel of a FUSE program's mount(2), before the program
 * answers INIT: a notification of FUSE with the call's source and type, its flags in hexadecimal
 * and its data, each with its NUL.
 */
#ifndef FUSE_PRELOAD_MOUNTED_H
#define FUSE_PRELOAD_MOUNTED_H

#define FUSE_NOTIFY_MOUNTED 0x52554d50

#endif
