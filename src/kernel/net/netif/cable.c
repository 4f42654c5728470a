/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/netif/cable.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/ifnet_io.h"
#include "net/netloop.h"

#define FRAMES_MAX 1000 /* on a cable: as many as Linux lets wait */
#define AT_ONCE    256  /* of them in a turn */

struct cable_frame {
	STAILQ_ENTRY(cable_frame) link;
	size_t len;
	uint8_t bytes[];
};

static LIST_HEAD(, cable) cables = LIST_HEAD_INITIALIZER(cables);

static struct cable_frame *
take(struct cable *c)
{
	struct cable_frame *f = STAILQ_FIRST(&c->frames);

	if (f != NULL) {
		STAILQ_REMOVE_HEAD(&c->frames, link);
		c->n--;
	}
	return f;
}

static int
take_turn(struct netturn *t)
{
	struct cable_frame *f;
	struct cable *c;

	(void)t;
	LIST_FOREACH (c, &cables, all) {
		for (int i = 0; i < AT_ONCE && (f = take(c)) != NULL; i++) {
			ifnet_input(c->to, f->bytes, f->len);
			free(f);
			netloop_again(); /* the stack's turn may be over */
		}
	}
	return -1;
}

static struct netturn turn = {.fn = take_turn};

void
cable_init(struct cable *c, struct ifnet *to)
{
	static bool started;

	*c = (struct cable){.to = to};
	STAILQ_INIT(&c->frames);
	LIST_INSERT_HEAD(&cables, c, all);
	if (!started)
		netloop_add_turn(&turn);
	started = true;
}

void
cable_fini(struct cable *c)
{
	struct cable_frame *f;

	while ((f = take(c)) != NULL)
		free(f);
	LIST_REMOVE(c, all);
}

int
cable_put(struct cable *c, const void *frame, size_t len)
{
	struct cable_frame *f = c->n < FRAMES_MAX ? malloc(sizeof *f + len) : NULL;

	if (f == NULL)
		return ENOBUFS;
	f->len = len;
	memcpy(f->bytes, frame, len);
	STAILQ_INSERT_TAIL(&c->frames, f, link);
	c->n++;
	netloop_again();
	return 0;
}
