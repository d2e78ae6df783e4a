/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many routes with one call.
 */
#ifndef RTMCTL_BATCH_H
#define RTMCTL_BATCH_H

#include "common.h"
#include "parse.h"
#include "session.h"

struct batch;

/* Called for each item once it is decided; @item->status says how. */
typedef void (*batch_fn)(struct batch *b, const struct rtm_route_item *item, uint32_t index);

/**
 * struct batch - routes that wait to be sent
 * @cmd: RTM_IOC_ADD_ROUTES or RTM_IOC_DELETE_ROUTES
 * @session: whose routes
 * @wait: how long to wait for a lock
 * @done: called for each item
 * @ctx: for @done
 * @items: the routes
 * @n: their number
 * @room: most of them
 */
struct batch {
	unsigned int cmd;
	struct session *session;
	const struct wait_sel *wait;
	batch_fn done;
	void *ctx;
	struct rtm_route_item *items;
	uint32_t n;
	uint32_t room;
};

void batch_init(struct batch *b, uint32_t room);
void batch_free(struct batch *b);
int batch_send(struct batch *b);

#endif /* RTMCTL_BATCH_H */
