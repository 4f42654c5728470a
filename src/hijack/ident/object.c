/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers of host objects.  Memfds are known by their device, which the kernel told when we
 * connected.  What looks like a file of a host store is asked about, once for each device.
 */
#include "ident/object.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/sysmacros.h>

#include "client/client.h"
#include "dcache/object.h"
#include "process/process.h"
#include "syscall/calls.h"

#define STORES 64

/* Devices that were asked about: dev << 32 | number of the store.  A device without a driver has a
 * number below 2^32. */
static _Atomic(uint64_t) stores[STORES];
static _Atomic(pid_t) stores_server; /* who told */

static _Atomic(uint64_t) *
slot(dev_t dev)
{
	return &stores[minor(dev) % STORES];
}

static void
learn(dev_t dev, uint64_t store)
{
	pid_t server = client_server()->host_pid;

	if (atomic_exchange(&stores_server, server) != server)
		for (size_t i = 0; i < STORES; i++)
			atomic_store(&stores[i], 0);
	atomic_store(slot(dev), (uint64_t)dev << 32 | store);
}

static uint64_t
ask(dev_t dev)
{
	int64_t store;

	process_start();
	if (client_connect() != 0 || call_deleg_store(dev, &store) != 0)
		return 0;
	learn(dev, (uint64_t)store);
	return (uint64_t)store;
}

/* What was learnt of the device; 0: nothing. */
static uint64_t
recall(dev_t dev)
{
	uint64_t word = atomic_load(slot(dev));

	return word >> 32 == dev && atomic_load(&stores_server) == client_server()->host_pid ? word
											     : 0;
}

/* The store with this device; 0: it is none. */
static uint64_t
store_of(dev_t dev)
{
	uint64_t word = recall(dev);

	return word != 0 ? (uint32_t)word : ask(dev);
}

/* FIFOs and devices are in a store or none of the rump kernel's. */
static bool
looks_stored(const struct stat *st)
{
	return (S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode)) &&
	       (st->st_mode & OBJECT_STORED_MODE) != 0 && major(st->st_dev) == 0;
}

uint64_t
object_of(const struct stat *st)
{
	uint64_t dev = client_server()->file_dev, store;

	/* An unlinked file on a device without a driver is a memfd or like one. */
	if (dev == 0 && S_ISREG(st->st_mode) && st->st_nlink == 0 && major(st->st_dev) == 0) {
		process_start();
		if (client_connect() == 0)
			dev = client_server()->file_dev;
	}
	if (dev != 0 && st->st_dev == dev && S_ISREG(st->st_mode))
		return st->st_ino;
	if (!looks_stored(st))
		return 0;
	store = store_of(st->st_dev);
	return store == 0 ? 0 : object_number(store, st->st_ino);
}

bool
object_is(const struct stat *st, uint64_t number)
{
	uint64_t store = object_store(number);

	if (store != 0 && looks_stored(st) && object_number(store, st->st_ino) == number &&
	    recall(st->st_dev) == 0)
		learn(st->st_dev, store);
	return object_of(st) == number;
}

void
object_seen(const struct stat *st)
{
	if (looks_stored(st) && (uint32_t)atomic_load(slot(st->st_dev)) == 0)
		atomic_store(slot(st->st_dev), 0);
}
