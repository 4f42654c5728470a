/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of /dev/net/tun share. */
#ifndef KERNEL_NET_TUN_PRIV_H
#define KERNEL_NET_TUN_PRIV_H

#include <linux/if_tun.h>
#include <sys/queue.h>

#include "net/netloop.h"
#include "net/tun/tun.h"

/* Flags that TUNSETIFF sets anew on an interface that is there. */
#define TUN_FEATURES (IFF_NO_PI | IFF_ONE_QUEUE)

struct tun_file;

struct tun {
	struct ifnet *ifp;
	struct tun_file *file; /* NULL: it is persistent, and nobody has it open */
	struct tun_about about;
	int sndbuf;
	int header; /* bytes of the virtio header that there would be */
};

struct tun_file {
	struct netwatch watch;
	LIST_ENTRY(tun_file) all;
	uint64_t cookie;  /* of the program's end */
	struct tun *tun;  /* NULL: none yet, or it is gone */
	int wanted_index; /* of the interface that it will make */
	bool ended;       /* its interface is gone */
};
LIST_HEAD(tun_file_list, tun_file);

extern struct tun_file_list tun_files;

/* --- tun.c --- */
/* A new interface: down, and the file's.  EEXIST, EINVAL, ENOMEM. */
int tun_new(struct tun_file *f, const char *name, unsigned flags);
/* The interface that is of this kind (IFF_TUN, IFF_TAP), or NULL. */
struct tun *tun_of(const struct ifnet *, unsigned kind);
void tun_attach(struct tun *t, struct tun_file *f);
void tun_detach(struct tun_file *f);

/* --- tun_file.c --- */
/* A packet for the program.  ENOBUFS. */
int tun_give(struct tun_file *f, const uint8_t *frame, size_t len);
/* Its interface is gone: the program reads no more. */
void tun_end(struct tun_file *f);
struct tun_file *tun_file_by_cookie(uint64_t cookie);

#endif
